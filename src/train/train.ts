import type { Dataset } from '../data/dataset.ts';
import type { Epoch } from './epoch.ts';
import type { Recipe } from './recipe.ts';
import { Training, type TrainOptions } from './training.ts';
import { trainingData } from './training-data.ts';

/**
 * Trains a network and yields after every epoch.
 *
 * The same recipe on the same data gives the same numbers on any number of threads; with the build
 * `plain` also on any machine and in any browser.
 *
 * @param recipe what to train and how
 * @param dataset pictures and keypoints
 * @param options those of `Training.start`, and `groups`: the group of every row, for a split by group
 * @throws InputError where the recipe does not fit the data, and where the loss stops being a number
 * @example
 * for await (const epoch of train(net2, dataset)) {
 *   console.log(epoch.epoch, epoch.validRmse);
 *   if (epoch.validRmse < 2) break;
 * }
 */
export async function* train(
  recipe: Recipe,
  dataset: Dataset,
  { groups, ...options }: TrainOptions & { readonly groups?: ArrayLike<number> | undefined } = {},
): AsyncGenerator<Epoch, void> {
  const training = await Training.start(recipe, trainingData(recipe, dataset, groups), options);
  try {
    yield* training.epochs();
  } finally {
    await training.close();
  }
}
