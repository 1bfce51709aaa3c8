import type { Model } from '../model/model-file.ts';
import { Predictor, type PredictorOptions } from './predictor.ts';

/**
 * The keypoints that a model finds in pictures of its own size; for photographs see `load`.
 *
 * @param models one as `fit` saved it, or several: the points of all, and the mean where two find the
 *   same one
 * @param images values of shape (rows, channels, side, side), as `Dataset.images` has them
 * @param options threads and build of the engine; `flip`: also look at each picture in a mirror;
 *   `shift`: also moved by so many pixels (default 0)
 * @returns coordinates of shape (rows, points, 2), x before y, in pixels, not clipped to the picture
 * @throws InputError where several models do not fit together
 * @example
 * const coordinates = await predictKeypoints(model, dataset.images);
 */
export async function predictKeypoints(
  models: Model | readonly Model[],
  images: Uint8Array,
  options: PredictorOptions = {},
): Promise<Float32Array> {
  const predictor = await Predictor.create([models].flat(), options);
  try {
    return await predictor.predict(images);
  } finally {
    await predictor.close();
  }
}
