import { isRandom } from '../data/augmentation.ts';
import type { Engine } from '../engine/engine.ts';
import { layerInfos } from '../nn/network.ts';
import type { RemeasuredTraining } from '../node/run-facts.ts';
import { measureRows } from '../predict/measure-rows.ts';
import type { Training } from '../train/training.ts';

/**
 * Measures the kept model on the training rows and the table's labels, without dropout and augmentation,
 * where the training losses of the history were measured with these or by what teachers say: only then
 * do both sides compare.
 *
 * @param isTaught whether teachers had a say in the labels
 * @returns undefined where the history has that already, or the rows have no label
 */
export async function remeasuredTraining(
  training: Training,
  engine: Engine,
  isTaught: boolean,
): Promise<RemeasuredTraining | undefined> {
  const { recipe, data } = training;
  const hasDropout = layerInfos(training.network).some(({ spec }) => spec.type === 'dropout');
  if (!hasDropout && !isRandom(recipe.augmentation) && !isTaught) return undefined;
  const model = await training.model();
  const { dataset, split } = data;
  const { rmse } = (await measureRows(model, dataset, split.train, { engine })).errors;
  if (Number.isNaN(rmse)) return undefined;
  return { loss: (rmse / model.scaling.labelScale) ** 2, rmse };
}
