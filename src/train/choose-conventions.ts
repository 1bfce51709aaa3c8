import { compareConventions } from '../data/compare-conventions.ts';
import { fewPoints } from '../data/conventions.ts';
import type { Dataset } from '../data/dataset.ts';
import type { KeypointSchema } from '../data/schema.ts';
import { splitConventions } from '../data/split-conventions.ts';
import { InputError } from '../errors.ts';
import type { Recipe } from './recipe.ts';

/**
 * Divides rows with few labels from those with many where the recipe says so: with `two` always, with
 * `auto` where the labels show that they are marked differently.
 *
 * @param groups the group of every row, for the comparison
 * @throws InputError where `two` is asked for and the recipe learns from complete rows or chosen points
 *   alone, or the table has no two patterns of labels
 */
export function chooseConventions(
  { conventions, rows, points }: Recipe,
  dataset: Dataset,
  groups: ArrayLike<number> | undefined,
): Dataset {
  if (conventions === 'one' || dataset.schema.conventionPairs) return dataset;
  const isAsked = conventions === 'two';
  const few = rows === 'all' && points === 'all' ? fewPoints(dataset) : undefined;
  if (few && (isAsked || compareConventions(dataset, groups)?.differ)) {
    return splitConventions(dataset, few);
  }
  if (!isAsked) return dataset;
  throw new InputError(
    rows === 'all' && points === 'all'
      ? 'conventions is two, but the table has no rows with few labels beside rows with many'
      : `conventions is two, but the recipe does not learn ${rows === 'all' ? 'all points' : 'from all rows'}`,
    'Learn one convention (--set conventions=one), or both from all rows and points: --set rows=all --set points=all --set loss=maskedMeanSquaredError.',
  );
}

/** What a recipe that could learn two conventions came to, if it could. */
export function conventionNote(
  { conventions }: Recipe,
  { points, conventionPairs }: KeypointSchema,
): string | undefined {
  if (conventions === 'one') return undefined;
  if (!conventionPairs) {
    return 'One convention is learnt: no rows with few labels are marked differently from those with many.';
  }
  const names = conventionPairs.map(([many]) => points[many]!).join(', ');
  return `Two conventions are learnt: rows with nothing but ${names} have these as points of their own.`;
}
