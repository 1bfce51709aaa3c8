import { join } from 'node:path';
import { Engine } from '../engine/engine.ts';
import { InputError } from '../errors.ts';
import { isSquaredError } from '../nn/loss.ts';
import { scheduleText } from '../nn/schedule.ts';
import { readCorrectedTable } from '../node/read-corrections.ts';
import { RunFolder, readHistory } from '../node/run-folder.ts';
import { type Curve, learningCurves } from '../plot/learning-curves.ts';
import { SERIES_COLOURS } from '../plot/theme.ts';
import type { EpochRecord } from '../train/epoch.ts';
import { networkFor, type Recipe } from '../train/recipe.ts';
import { trainingData } from '../train/training-data.ts';
import { type Variant, variantsOf } from '../train/variants.ts';
import { type EngineFlags, engineOptions } from './engine-options.ts';
import { mirrorSetting } from './fit-table.ts';
import { type FigureFlags, writeFigure } from './plot/figure.ts';
import { changed, chooseRecipe, type RecipeFlags } from './recipe-options.ts';
import { lossLabel } from './run-curves.ts';
import { runTraining } from './run-training.ts';
import { textTable } from './text-table.ts';

export interface VariantFlags extends RecipeFlags, EngineFlags, Omit<FigureFlags, 'out'> {
  readonly data: string;
  readonly vary?: string;
  readonly mirror?: string;
  readonly corrections?: string;
  readonly runs?: string;
  readonly out?: string;
}

interface Trained {
  readonly variant: Variant;
  readonly history: readonly EpochRecord[];
  readonly best: EpochRecord | undefined;
}

const write = (text: string): void => void process.stdout.write(text);

/**
 * Trains variants of a recipe one after the other from the same seed, so from the same first weights
 * on the same rows, and shows their learning curves in one figure. A variant that diverges is kept as
 * far as it came.
 *
 * @throws InputError where the variants do not fit the table or begin with another model's weights
 */
export async function compareVariants(name: string, flags: VariantFlags): Promise<void> {
  const { set, vary, mirror, ...ofRecipe } = flags;
  const recipe = await chooseRecipe(name, { ...ofRecipe, set: [] });
  const asked = variantsOf(recipe, { vary, set });
  if (asked.length > SERIES_COLOURS.length) {
    throw new InputError(
      `${asked.length} variants, but a figure has ${SERIES_COLOURS.length} colours that can be told apart`,
      'Compare fewer at once.',
    );
  }
  const runs = flags.runs ?? `runs/compare-${recipe.name}`;
  const out = flags.out ?? join(runs, 'compare.svg');
  const places = asked.map((variant) => join(runs, folderName(variant.name)));
  for (const place of places) await RunFolder.check(place, flags.force);
  const { dataset, corrections } = await readCorrectedTable(flags.data, flags.corrections);
  const pairs = mirror === undefined ? [] : [await mirrorSetting(mirror, dataset)];
  const variants: Variant[] = [];
  for (const variant of asked) {
    const own = await changed(variant.recipe, pairs);
    requireDrawnWeights(own);
    networkFor(own, trainingData(own, dataset).dataset.schema);
    variants.push({ ...variant, recipe: own });
  }

  const trained: Trained[] = [];
  for (const [i, variant] of variants.entries()) {
    write(`${i + 1}/${variants.length}  ${variant.name} …\n`);
    let best: EpochRecord | undefined;
    try {
      best = await runTraining(variant.recipe, dataset, {
        out: places[i]!,
        force: flags.force,
        dataName: flags.data,
        corrections,
        engine: await Engine.start(engineOptions(flags)),
        show: 'quiet',
      });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      process.stderr.write(`${variant.name}: ${error.message}\n`);
    }
    // A run that diverged in its first epoch has no history.
    const history = await readHistory(places[i]!).catch(() => []);
    trained.push({ variant, history, best });
    if (process.exitCode) break;
  }
  write(`\n${variantsTable(trained)}\n`);
  const curves: Curve[] = trained.map(({ variant, history }) => ({ name: variant.name, history }));
  const losses = variants.map((variant) => variant.recipe);
  const figure = learningCurves(curves, {
    title: `Variants of ${recipe.name}`,
    side: losses.every(({ loss }) => isSquaredError(loss)) ? dataset.schema.side : undefined,
    lossLabel: lossLabel(losses),
    note: `The same first weights and rows (seed ${recipe.seed}). ${ratesNote(trained)}`.trim(),
    theme: flags.theme,
  });
  await writeFigure({ ...flags, out, force: flags.force || !flags.out }, figure);
}

function requireDrawnWeights({ name, pretrained }: Recipe): void {
  if (!pretrained) return;
  throw new InputError(
    `variants begin with drawn weights, and recipe ${name} with those of a trained ${pretrained.recipe}`,
    'Train it more than once with fit --pretrain, then compare the runs: fiducial compare runs/a runs/b.',
  );
}

function variantsTable(trained: readonly Trained[]): string {
  const rows = trained.map(({ variant: { name, recipe }, history, best }) => [
    name,
    recipe.rule.type,
    scheduleText(recipe.learningRate),
    best ? `${best.epoch} of ${recipe.epochs}` : '-',
    best ? pixels(best.validRmse) : '-',
    history.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1),
  ]);
  const header = ['variant', 'rule', 'rate', 'best epoch', 'valid RMSE (px)', 'seconds'];
  return `${textTable(header, rows).join('\n')}\n`;
}

const pixels = (error: number): string => (error < 1e6 ? error.toFixed(3) : error.toExponential(3));

/** Said where the names do not say it. */
function ratesNote(trained: readonly Trained[]): string {
  const rates = trained.map(({ variant: { name, recipe } }) => {
    const said = name.includes('learningRate=') || Number(name) === recipe.learningRate;
    return { name, rate: scheduleText(recipe.learningRate), said };
  });
  if (new Set(rates.map(({ rate }) => rate)).size === 1) return `Learning rate ${rates[0]!.rate}.`;
  const unsaid = rates.filter(({ said }) => !said).map(({ name, rate }) => `${name} ${rate}`);
  return unsaid.length > 0 ? `Learning rates: ${unsaid.join(', ')}.` : '';
}

/** Letters, digits and what no file system minds. */
const folderName = (name: string): string => name.replace(/[^\w.=+-]+/g, '_');
