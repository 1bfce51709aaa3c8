import { basename } from 'node:path';
import type { Command } from 'commander';
import { examples } from '../options.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

/** `fiducial plot curves`: learning curves of one run or several. */
export function addCurves(plot: Command): void {
  const command = plot
    .command('curves')
    .description('learning curves of one run, or of several on top of each other')
    .argument('<runs...>', 'folders of runs')
    .option('--title <text>', 'title of the figure');
  addFigureOptions(command)
    .addHelpText(
      'after',
      examples(
        'fiducial plot curves runs/net2 --out net2.svg',
        'fiducial plot curves runs/net1 runs/net2 --out both.png',
      ),
    )
    .action(async (runs: readonly string[], flags: FigureFlags & { readonly title?: string }) => {
      const [{ readHistory }, { learningCurves }] = await Promise.all([
        import('../../node/run-folder.ts'),
        import('../../plot/learning-curves.ts'),
      ]);
      const curves = [];
      for (const run of runs) curves.push({ name: basename(run), history: await readHistory(run) });
      const title = flags.title ?? `Learning curves: ${curves.map(({ name }) => name).join(', ')}`;
      await writeFigure(flags, learningCurves(curves, { title, theme: flags.theme }));
    });
}
