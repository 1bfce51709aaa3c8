import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { examples, fileName, forceOption } from './options.ts';
import { type FigureFlags, themeOption, writeFigure } from './plot/figure.ts';

interface CompareFlags extends Omit<FigureFlags, 'out'> {
  readonly out?: string;
  readonly with?: 'published';
}

/** `fiducial compare`: runs beside each other, or beside what others have published. */
export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('runs beside each other, or beside the published learning curves')
    .argument('<runs...>', 'folders of runs')
    .addOption(
      new Option('--with <what>', "the tutorials' curves of the same recipes").choices([
        'published',
      ]),
    )
    .option(
      '--out <file>',
      "the figure, .svg or .png (default: compare.svg in the first run's folder)",
      fileName('.svg', '.png'),
    )
    .addOption(themeOption())
    .addOption(forceOption())
    .addHelpText(
      'after',
      examples(
        'fiducial compare runs/net2 --with published',
        'fiducial compare runs/net1 runs/net2 --out both.png',
      ),
    )
    .action(compareRuns);
}

async function compareRuns(runs: readonly string[], flags: CompareFlags): Promise<void> {
  const [{ readRecipe }, { readCurves, commonSide }, { learningCurves }, { publishedFor }, text] =
    await Promise.all([
      import('../node/run-folder.ts'),
      import('./run-curves.ts'),
      import('../plot/learning-curves.ts'),
      import('./published-runs.ts'),
      import('./comparison-text.ts'),
    ]);
  const recipes = await Promise.all(runs.map(async (run) => (await readRecipe(run)).name));
  const ours = await readCurves(runs);
  const side = commonSide(ours);
  const published = flags.with ? publishedFor(recipes) : undefined;
  const curves = [...ours, ...(published?.curves ?? [])];
  const figure = learningCurves(curves, {
    title: `Learning curves: ${curves.map(({ name }) => name).join(', ')}`,
    side,
    theme: flags.theme,
    ...(published ? { note: published.note } : {}),
  });
  process.stdout.write(text.comparisonTable(curves, side));
  for (const [i, run] of ours.entries()) {
    const other = published?.curves.find(({ recipe }) => recipe === recipes[i]);
    if (other) process.stdout.write(text.commonEpochs(run, other));
  }
  process.stdout.write('\n');
  // What stands in a run's own folder follows from the run and may be drawn again.
  const out = flags.out ?? join(runs[0]!, 'compare.svg');
  await writeFigure({ ...flags, out, force: flags.force || !flags.out }, figure);
}
