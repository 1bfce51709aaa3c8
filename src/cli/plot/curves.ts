import type { Command } from 'commander';
import { examples } from '../options.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

interface CurvesFlags extends FigureFlags {
  readonly title?: string;
  readonly specialists?: true;
}

/** `fiducial plot curves`: learning curves of one run or several. */
export function addCurves(plot: Command): void {
  const command = plot
    .command('curves')
    .description('learning curves of one run, or of several on top of each other')
    .argument('<runs...>', 'folders of runs, or of several nets')
    .option('--specialists', 'stretch all runs to one width and draw their weighted mean')
    .option('--title <text>', 'title of the figure');
  addFigureOptions(command)
    .addHelpText(
      'after',
      examples(
        'fiducial plot curves runs/net2 --out net2.svg',
        'fiducial plot curves runs/net1 runs/net2 --out both.png',
        'fiducial plot curves --specialists runs/specialists --out specialists.svg',
      ),
    )
    .action(async (paths: readonly string[], flags: CurvesFlags) => {
      const { trainedRuns } = await import('../../node/team-folder.ts');
      const runs = (await Promise.all(paths.map(trainedRuns))).flat().map(({ path }) => path);
      const { theme, title } = flags;
      const svg = flags.specialists
        ? await specialists(runs, { theme, title: title ?? 'Learning curves of specialists' })
        : await overlaid(runs, { theme, title });
      await writeFigure(flags, svg);
    });
}

async function overlaid(
  runs: readonly string[],
  { title, theme }: { title: string | undefined; theme: FigureFlags['theme'] },
): Promise<string> {
  const [{ readCurves, commonSide, lossLabel }, { learningCurves }] = await Promise.all([
    import('../run-curves.ts'),
    import('../../plot/learning-curves.ts'),
  ]);
  const curves = await readCurves(runs);
  return learningCurves(curves, {
    title: title ?? `Learning curves: ${curves.map(({ name }) => name).join(', ')}`,
    side: commonSide(curves),
    lossLabel: lossLabel(curves),
    theme,
  });
}

async function specialists(
  runs: readonly string[],
  options: { title: string; theme: FigureFlags['theme'] },
): Promise<string> {
  const [{ readCurves }, { readModel }, { specialistCurves }, { InputError }] = await Promise.all([
    import('../run-curves.ts'),
    import('../../node/run-folder.ts'),
    import('../../plot/specialist-curves.ts'),
    import('../../errors.ts'),
  ]);
  const models = await Promise.all(runs.map(readModel));
  const sides = [...new Set(models.map(({ schema }) => schema.side))];
  if (sides.length > 1) {
    throw new InputError(
      `the runs were made on images of ${sides.join(' and ')} pixels, so they share no axis`,
      'Give runs on images of one size.',
    );
  }
  const curves = (await readCurves(runs)).map((curve, i) => {
    const { schema, training } = models[i]!;
    return { ...curve, values: Number(training.validRows) * 2 * schema.points.length };
  });
  return specialistCurves(curves, { ...options, side: sides[0]! });
}
