import type { Dataset } from '../data/dataset.ts';
import { narrowPoints } from '../data/select.ts';
import { inOwnConvention, splitAs } from '../data/split-conventions.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import {
  type CrossValidationPlan,
  checkCrossValidation,
  createCrossValidation,
  foldRuns,
  isCrossValidation,
  readCrossValidation,
  writeCrossValidation,
} from '../node/cross-validation-folder.ts';
import { readModel } from '../node/run-folder.ts';
import { crossValidationHtml } from '../plot/cross-validation-report.ts';
import { measureOutOfFold, type OutOfFold } from '../predict/out-of-fold.ts';
import { predictionTable } from '../predict/prediction-table.ts';
import { foldRecipes, selectionNote, tableFold } from '../train/cross-validation.ts';
import type { Recipe } from '../train/recipe.ts';
import { trainingData } from '../train/training-data.ts';
import { crossValidationText } from './cross-validation-text.ts';
import { type PredictorFlags, predictorOptions } from './ensemble-options.ts';
import { readFitTable, type TableFlags } from './fit-table.ts';
import type { CardFlags } from './options.ts';
import { printJson, shellLine } from './output.ts';
import {
  changed,
  chooseRecipe,
  type RecipeFlags,
  readPretrained,
  settingsOf,
} from './recipe-options.ts';
import { checkBeginnings, goingOn, jobsOf, type Task, trainAll, unfinished } from './train-team.ts';

export interface CrossValidateFlags
  extends Omit<RecipeFlags, 'pretrained'>,
    TableFlags,
    PredictorFlags,
    CardFlags {
  readonly data?: string;
  readonly folds?: number;
  readonly out?: string;
  readonly until?: number;
  readonly jobs?: number;
  readonly pretrain?: string;
  readonly force: boolean;
  readonly json?: true;
}

/**
 * Trains a recipe once for each fold, each into a run of its own, and measures each model on the rows
 * that it has not seen.
 *
 * @param name of a recipe as `fit` takes it; or the folder of a cross-validation that goes on
 */
export async function crossValidate(name: string, flags: CrossValidateFlags): Promise<void> {
  const jobs = jobsOf(flags);
  const { plan, out, settings, pretrained } = flags.resume
    ? await begun(name, flags)
    : await chosen(name, flags);
  const table = await readFitTable({ ...plan, ...given(flags) }, undefined);
  const { dataName, dataset, groups, corrections } = table;
  const recipe = await changed(plan.recipe, table.settings);
  const recipes = foldRecipes(recipe, plan.folds, plan.together);
  await checkBeginnings(recipes, { dataset, groups }, { dataName, pretrained });
  const tasks: Task[] = [];
  for (const [i, run] of foldRuns(out, plan.folds).entries()) {
    const task = { ...run, recipe: recipes[i]!, resume: false };
    tasks.push(flags.resume ? await goingOn(task, settings) : task);
  }
  const left = await unfinished(tasks, { dataset, groups }, flags);
  if (!flags.resume) await createCrossValidation(out, { ...plan, recipe });
  const { failed, isEnded } = await trainAll(left, dataset, {
    jobs: Math.min(jobs, Math.max(1, left.length)),
    flags,
    run: {
      ...{ groups, corrections, pretrained, dataName },
      ...{ licence: flags.licence, notes: flags.notes },
    },
  });
  const goOn = shellLine('cross-validate', out, '--resume');
  if (failed.length > 0) {
    throw new InputError(
      `not trained to the end: ${failed.join(', ')}`,
      `Begin again (--force) with other values, the same for each fold, such as --set learningRate=0.001.`,
    );
  }
  if (isEnded) {
    if (!flags.json) process.stdout.write(`To go on: ${goOn}\n`);
    return;
  }
  const result = await measure(tasks, dataset, { groups, flags });
  await tell({ ...plan, recipe }, result, { table: dataset, out, flags });
}

interface Begun {
  readonly plan: CrossValidationPlan;
  readonly out: string;
  /** What the command line changes in runs that go on. */
  readonly settings: readonly string[];
  /** What all folds begin with. */
  readonly pretrained: Model | undefined;
}

async function chosen(name: string, flags: CrossValidateFlags): Promise<Begun> {
  const { folds = 5, data, groups, corrections, pretrain } = flags;
  const pretrained = await readPretrained(pretrain);
  const recipe = await chooseRecipe(name, { ...flags, pretrained });
  const out = flags.out ?? `runs/${recipe.name}-folds`;
  await checkCrossValidation(out, flags.force);
  const together = groups === undefined ? 'similar' : 'group';
  return {
    plan: { recipe, folds, together, data: data!, groups, corrections, pretrain },
    out,
    settings: [],
    pretrained,
  };
}

async function begun(name: string, flags: CrossValidateFlags): Promise<Begun> {
  const isFolder = await isCrossValidation(name);
  const out = flags.out ?? (isFolder ? name : `runs/${name}-folds`);
  const plan = await readCrossValidation(out);
  const asked = isFolder ? plan.recipe : await chooseRecipe(name, { set: [], resume: true });
  if (asked.name !== plan.recipe.name) {
    throw new InputError(
      `${out}: cross-validates ${plan.recipe.name}, not ${asked.name}`,
      'Choose another folder with --out.',
    );
  }
  if (flags.folds !== undefined && flags.folds !== plan.folds) {
    throw new InputError(
      `--folds ${flags.folds}: this cross-validation has begun with ${plan.folds}`,
      'Leave it out, or choose another folder with --out.',
    );
  }
  if (flags.groups !== undefined && plan.together === 'similar') {
    throw new InputError(
      `--groups ${flags.groups}: this cross-validation has begun without groups`,
      'Leave it out, or choose another folder with --out.',
    );
  }
  const settings = settingsOf(plan.recipe, { ...flags, groups: undefined, resume: true });
  const pretrained = await readPretrained(plan.pretrain);
  const recipe = await changed(plan.recipe, settings);
  return { plan: { ...plan, recipe }, out, settings, pretrained };
}

/** Files that are named now stand in for those that were named when it began. */
const given = ({ data, groups, corrections, mirror }: CrossValidateFlags): TableFlags =>
  Object.fromEntries(
    Object.entries({ data, groups, corrections, mirror }).filter(([, name]) => name !== undefined),
  );

interface Measured extends OutOfFold {
  /** The table with the models' points. */
  readonly dataset: Dataset;
  /** Rows that each fold's run has learnt from. */
  readonly trainRows: readonly number[];
}

async function measure(
  tasks: readonly Task[],
  table: Dataset,
  { groups, flags }: { readonly groups: Uint32Array | undefined; readonly flags: PredictorFlags },
): Promise<Measured> {
  const models = await Promise.all(tasks.map(({ path }) => readModel(path)));
  const { schema } = models[0]!;
  const dataset = narrowPoints(splitAs(schema, table), schema.points);
  const folds = tasks.map(({ recipe }) => tableFold(recipe, table, groups));
  const found = await measureOutOfFold(models, dataset, folds, predictorOptions(flags));
  const trainRows = tasks.map(
    ({ recipe }: { readonly recipe: Recipe }) =>
      trainingData(recipe, table, groups).split.train.length,
  );
  return { ...found, dataset, trainRows };
}

async function tell(
  plan: CrossValidationPlan,
  result: Measured,
  { table, out, flags }: { table: Dataset; out: string; flags: CrossValidateFlags },
): Promise<void> {
  const { predicted, dataset, folds, pooled, trainRows } = result;
  const note = selectionNote(plan.recipe);
  const rowNumbers = Array.from({ length: dataset.rows }, (_, row) => `${row + 1}`);
  const results = {
    pooled: flat(pooled),
    folds: folds.map((fold, i) => ({ fold: i + 1, trainRows: trainRows[i]!, ...flat(fold) })),
  };
  await writeCrossValidation(out, plan, {
    outOfFold: predictionTable(
      { ...inOwnConvention(dataset.schema, predicted, table), imageIds: rowNumbers },
      'Row',
    ),
    html: crossValidationHtml({ plan, ...result, note }),
    results,
  });
  if (flags.json) printJson({ event: 'results', out, ...results });
  else process.stdout.write(crossValidationText(result, { out, note }));
}

/** As `evaluate --json` tells it. */
const flat = ({ rows, errors, meanFace }: OutOfFold['pooled']) => ({
  rows,
  meanFace: meanFace.rmse,
  ...errors,
});
