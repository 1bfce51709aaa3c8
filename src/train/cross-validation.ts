import type { Dataset } from '../data/dataset.ts';
import { allRows } from '../data/select.ts';
import { type SplitRows, splitRows } from '../data/split.ts';
import type { Recipe } from './recipe.ts';
import { groupsFor } from './training-data.ts';

/**
 * A recipe as it is trained for each fold of a cross-validation: like the recipe, but for the rows that
 * are held out.
 *
 * @param together what stays in one fold: the groups that are given, or pictures that look alike
 * @example
 * foldRecipes(net2, 5, 'similar')[0].split; // { type: 'fold', fold: 1, folds: 5, together: 'similar' }
 */
export const foldRecipes = (
  recipe: Recipe,
  folds: number,
  together: 'group' | 'similar',
): Recipe[] =>
  Array.from({ length: folds }, (_, i) => ({
    ...recipe,
    name: `${recipe.name}/fold${i + 1}`,
    split: { type: 'fold', fold: i + 1, folds, together },
  }));

/** The rows of a whole table that a fold's recipe is kept from, and all others. */
export const tableFold = (
  { split, seed }: Recipe,
  table: Dataset,
  groups: ArrayLike<number> | undefined,
): SplitRows => splitRows(allRows(table), split, { seed, groups: groupsFor(split, table, groups) });

/**
 * What is good to know of errors that a recipe had a part in: where it chooses its epoch by the rows that
 * are held out, these are not quite unseen.
 */
export const selectionNote = ({ keep, patience }: Recipe): string | undefined =>
  keep === 'best' || patience !== null
    ? 'Each fold chooses its epoch by the rows held out, so these errors are a little smaller than on new pictures; --set keep=last --set patience=null chooses none.'
    : undefined;
