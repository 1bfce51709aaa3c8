import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../errors.ts';
import type { VariantFlags } from './compare-variants.ts';
import { addEngineOptions } from './engine-options.ts';
import {
  collect,
  correctionsOption,
  examples,
  fileName,
  forceOption,
  mirrorOption,
  pointsOption,
  wholeNumber,
} from './options.ts';
import { type FigureFlags, themeOption, writeFigure } from './plot/figure.ts';

interface CompareFlags extends Omit<FigureFlags, 'out'> {
  readonly out?: string;
  readonly with?: 'published';
}

type Flags = CompareFlags & Omit<VariantFlags, 'data'> & { readonly data?: string };

/**
 * `fiducial compare`: runs beside each other or beside what others have published; or, with `--data`,
 * variants of a recipe, which it trains first.
 */
export function setUp(command: Command): void {
  command
    .argument('<runs...>', 'folders of runs; with --data: the recipe whose variants are trained')
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
    .addOption(
      new Option('--data <table>', 'train variants of a recipe on this table').conflicts('with'),
    )
    .option('--vary <key=a,b,c>', 'a variant for each value')
    .option('--set <changes>', 'a variant with these changes; may be repeated', collect, [])
    .option('--runs <folder>', 'where the variants go (default: runs/compare-<recipe>)')
    .option('--epochs <count>', 'of every variant', wholeNumber(1))
    .option('--seed <number>', 'of every variant', wholeNumber(0, 2 ** 32 - 1))
    .option('--batch <rows>', 'of every variant', wholeNumber(1, 4096))
    .addOption(pointsOption('every variant learns these alone'))
    .addOption(correctionsOption())
    .addOption(mirrorOption());
  addEngineOptions(command)
    .addOption(themeOption())
    .addOption(forceOption())
    .addHelpText(
      'after',
      '\nVariants are trained from the same seed: the same first weights, the same rows. One that\n' +
        'changes the rule alone has the rate that is usual for it; table and figure say which.\n' +
        examples(
          'fiducial compare runs/net2 --with published',
          'fiducial compare runs/net1 runs/net2 --out both.png',
          'fiducial compare net1 --data training.zip --vary rule=sgd,nesterov,adam --epochs 50',
          'fiducial compare net1 --data training.zip --set rule=sgd --set "rule=adam learningRate=0.01"',
        ),
    )
    .action(compare);
}

async function compare(names: readonly string[], flags: Flags): Promise<void> {
  const { data, ...others } = flags;
  if (data !== undefined && names.length === 1) {
    const { compareVariants } = await import('./compare-variants.ts');
    await compareVariants(names[0]!, { ...others, data });
  } else if (data !== undefined) {
    throw new InputError(
      `${names.length} recipes are given: ${names.join(', ')}`,
      'Variants are those of one recipe; compare finished runs without --data.',
    );
  } else if (flags.vary !== undefined || flags.set.length > 0) {
    throw new InputError(
      '--vary and --set make variants of a recipe, which must be trained',
      'Say on what: --data training.zip.',
    );
  } else {
    await compareRuns(names, flags);
  }
}

async function compareRuns(runs: readonly string[], flags: CompareFlags): Promise<void> {
  const [
    { readRecipe },
    { readCurves, commonSide, lossLabel },
    { learningCurves },
    { publishedFor },
    text,
  ] = await Promise.all([
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
    lossLabel: lossLabel(ours),
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
