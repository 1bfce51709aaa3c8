import type { EpochRecord } from './epoch.ts';
import type { Recipe } from './recipe.ts';

/**
 * Whether early stopping ends a training after an epoch: the best one is longer ago than the recipe's
 * patience (as in both tutorials, strictly).
 *
 * @param best the epoch with the smallest validation loss so far
 * @param epoch the last one that is finished
 */
export const stopsEarly = (
  { patience }: Pick<Recipe, 'patience'>,
  best: EpochRecord | undefined,
  epoch: number,
): boolean => patience !== null && best !== undefined && best.epoch + patience < epoch;
