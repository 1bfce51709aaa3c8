import { isRandom } from '../data/augmentation.ts';
import type { Engine } from '../engine/engine.ts';
import { layerInfos } from '../nn/network.ts';
import type { RemeasuredTraining } from '../node/run-facts.ts';
import { measureRows } from '../predict/measure-rows.ts';
import type { Training } from '../train/training.ts';

/**
 * Measures the kept model on the training rows without dropout and augmentation, for the training
 * losses of the history were measured with them: only then do both sides compare.
 *
 * @returns undefined where the history has that already
 */
export async function remeasuredTraining(
  training: Training,
  engine: Engine,
): Promise<RemeasuredTraining | undefined> {
  const { recipe, data } = training;
  const hasDropout = layerInfos(training.network).some(({ spec }) => spec.type === 'dropout');
  if (!hasDropout && !isRandom(recipe.augmentation)) return undefined;
  const model = await training.model();
  const { dataset, split } = data;
  const { rmse } = (await measureRows(model, dataset, split.train, { engine })).errors;
  return { loss: (rmse / model.scaling.labelScale) ** 2, rmse };
}
