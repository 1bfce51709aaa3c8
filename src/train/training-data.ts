import { counted } from '../counted.ts';
import { isMirroring } from '../data/augmentation.ts';
import type { Dataset } from '../data/dataset.ts';
import { withMirrorPairs } from '../data/mirror-pairs.ts';
import { similarGroups } from '../data/near-duplicates.ts';
import type { KeypointSchema } from '../data/schema.ts';
import { allRows, completeRows, narrowPoints, selectRows } from '../data/select.ts';
import { keptTogether, type Split, type SplitRows, splitRows } from '../data/split.ts';
import { InputError } from '../errors.ts';
import { chooseConventions } from './choose-conventions.ts';
import type { Recipe } from './recipe.ts';

/** What a recipe takes from a table. */
export interface TrainingData {
  /** All of it, as it was given. */
  readonly table: Dataset;
  /** Only the recipe's points, those of a second convention behind them; rows that the recipe leaves out are still there. */
  readonly dataset: Dataset;
  /** Rows to train on and to validate on. */
  readonly split: SplitRows;
  /** Per row of `dataset` its row of the table, from 0. */
  readonly tableRows: Uint32Array;
}

/**
 * Chooses a recipe's points and rows, and divides them into training and validation.
 *
 * @param groups the group of every row, for a split by group
 * @throws InputError where no row is left, a point is unknown or groups are missing or those
 *   of other rows
 * @example
 * trainingData(recipes.net1, dataset).split.valid.length; // 428 of Kaggle's 2140 complete rows
 */
export function trainingData(
  recipe: Recipe,
  dataset: Dataset,
  groups?: ArrayLike<number>,
): TrainingData {
  const schema = mirroredSchema(recipe, dataset.schema);
  const { dataset: chosen, tableRows } = choosePoints(recipe, { ...dataset, schema });
  if (chosen.schema.points.length === 0) {
    throw new InputError(
      'the table has no keypoint, so there is nothing to learn',
      'Give a table with columns such as nose_tip_x and nose_tip_y.',
    );
  }
  const rows = recipe.rows === 'complete' ? completeRows(chosen) : allRows(chosen);
  if (rows.length === 0) {
    throw new InputError(
      `none of the ${dataset.rows} rows has a label for every keypoint, and recipe ${recipe.name} needs such rows`,
      'Choose keypoints that stand together (--points), or learn from all rows: --set rows=all --set loss=maskedMeanSquaredError.',
    );
  }
  if (groups && groups.length !== dataset.rows) {
    throw new InputError(
      `groups of ${counted(groups.length, 'row')}, but the table has ${dataset.rows}`,
      'Give the groups of this very table.',
    );
  }
  const together = groupsFor(recipe.split, dataset, groups);
  const split = splitTableRows(recipe, dataset, { rows, tableRows, groups: together });
  // Conventions are chosen where all points are, so the rows are still those of the table.
  const divided = chooseConventions(recipe, chosen, together);
  return { table: dataset, dataset: divided, split, tableRows };
}

/** The groups that a split keeps on one side: those that were given, or those found in the pictures. */
export const groupsFor = (
  split: Split,
  dataset: Dataset,
  given: ArrayLike<number> | undefined,
): ArrayLike<number> | undefined =>
  keptTogether(split) === 'similar' ? similarGroups(dataset) : given;

interface ChosenRows {
  /** Indices into the dataset of the recipe's points. */
  readonly rows: Uint32Array;
  readonly tableRows: Uint32Array;
  /** Of every row of the table. */
  readonly groups: ArrayLike<number> | undefined;
}

/** Folds divide the whole table, so that they are the same for every recipe; others the chosen rows. */
function splitTableRows(
  { name, split, seed }: Recipe,
  table: Dataset,
  { rows, tableRows, groups }: ChosenRows,
): SplitRows {
  if (split.type !== 'fold') {
    const own = groups && tableRows.map((row) => groups[row]!);
    return splitRows(rows, split, { seed, groups: own });
  }
  const held = new Set(splitRows(allRows(table), split, { seed, groups }).valid);
  const train = rows.filter((row) => !held.has(tableRows[row]!));
  const valid = rows.filter((row) => held.has(tableRows[row]!));
  if (train.length > 0 && valid.length > 0) return { train, valid };
  throw new InputError(
    `fold ${split.fold} of ${split.folds}: recipe ${name} learns from ${counted(rows.length, 'row')}, and ${valid.length === 0 ? 'none' : 'all'} of them are in this fold`,
    'Choose fewer folds, another --seed, or learn from all rows: --set rows=all --set loss=maskedMeanSquaredError.',
  );
}

/**
 * Refuses rows that lack a label where the loss needs them all, and rows without any label: the loss
 * would be `NaN`.
 *
 * @param isTaught whether a teacher finds what the rows to train on lack
 * @throws InputError says how many there are
 */
export function requireLabels(
  { name, loss }: Recipe,
  { dataset, split }: TrainingData,
  isTaught = false,
): void {
  const train = isTaught ? [] : [...split.train];
  requireSomeLabel(train, dataset, 'to train on');
  requireSomeLabel([...split.valid], dataset, 'to validate on');
  if (loss.type !== 'meanSquaredError') return;
  const complete = new Set(completeRows(dataset));
  const rows = [...train, ...split.valid];
  const lacking = rows.filter((row) => !complete.has(row)).length;
  if (lacking === 0) return;
  throw new InputError(
    `recipe ${name} learns by the mean squared error, but ${lacking} of its ${rows.length} rows lack a label`,
    'Leave missing labels out of the loss: --set loss=maskedMeanSquaredError; or take complete rows alone: --set rows=complete.',
  );
}

/**
 * The schema of a table with the pairs that a recipe gives.
 *
 * @throws InputError where a pair is none of the table's points
 */
export const mirroredSchema = ({ mirrorPairs }: Recipe, schema: KeypointSchema): KeypointSchema =>
  mirrorPairs === 'names' ? schema : withMirrorPairs(schema, mirrorPairs, 'mirrorPairs');

/** Rows that lack one of the recipe's own points are of no use to it. */
function choosePoints(
  recipe: Recipe,
  dataset: Dataset,
): Pick<TrainingData, 'dataset' | 'tableRows'> {
  const { points } = recipe;
  if (points === 'all') return { dataset, tableRows: allRows(dataset) };
  const narrowed = narrowPoints(dataset, points);
  requireMirrorPartners(recipe, dataset.schema, narrowed.schema);
  const tableRows = completeRows(narrowed);
  return { dataset: selectRows(narrowed, tableRows), tableRows };
}

/**
 * Refuses points without those that they become in a mirror, where pictures are mirrored: the left eye
 * of a mirrored face would be taken for the right one.
 *
 * @throws InputError names both points
 */
export function requireMirrorPartners(
  { augmentation }: Recipe,
  whole: KeypointSchema,
  own: KeypointSchema,
): void {
  if (!isMirroring(augmentation)) return;
  for (const pair of whole.mirrorPairs) {
    const names = pair.map((point) => whole.points[point]!);
    const present = names.filter((name) => own.points.includes(name));
    if (present.length !== 1) continue;
    const missing = names.find((name) => !present.includes(name));
    throw new InputError(
      `${present[0]} is learnt without ${missing}, but pictures are mirrored`,
      `Choose ${missing} too, or train without flips: --set augmentation={}.`,
    );
  }
}

/** Refuses rows of which a masked loss leaves out every one. */
function requireSomeLabel(
  rows: readonly number[],
  { schema, labels }: Dataset,
  purpose: string,
): void {
  const width = 2 * schema.points.length;
  const isBare = (row: number): boolean =>
    labels.subarray(row * width, (row + 1) * width).every(Number.isNaN);
  if (rows.length === 0 || !rows.every(isBare)) return;
  throw new InputError(
    `none of the ${counted(rows.length, 'row')} ${purpose} has a label`,
    'Give a table with coordinates in columns such as nose_tip_x and nose_tip_y, or divide it in another way (--seed, --set split.fraction=0).',
  );
}

/** What is good to know of a mirror in which every keypoint keeps its name, if anything. */
export function mirrorNote(
  { augmentation }: Recipe,
  { points, mirrorPairs }: KeypointSchema,
): string | undefined {
  if (!isMirroring(augmentation) || mirrorPairs.length > 0 || points.length === 1) return undefined;
  return `Pictures are mirrored, and none of the ${points.length} keypoints changes its name with another: neither left and right in their names nor the recipe's mirrorPairs say so.`;
}
