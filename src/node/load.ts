import { Detector } from '../predict/detector.ts';
import type { PredictorOptions } from '../predict/predictor.ts';
import { readModel } from './run-folder.ts';
import { shippedModel } from './shipped-model.ts';
import { trainedRuns } from './team-folder.ts';

/**
 * Makes a detector of models on the disk, or of the one that comes with this package.
 *
 * @param paths folders of runs or of several nets, and model files: what several find alike is averaged;
 *   default: the model of this package, for Kaggle's 15 keypoints of a face
 * @param options `threads` (default: all processors), `build` (default: that of the training), `flip`
 *   (also look at each face in a mirror, in twice the time; default false), `shift` (also look at it moved by
 *   so many pixels of the network's picture, in five times the time; default 0)
 * @throws InputError where there is no such model, one was damaged, or the models do not fit together
 * @example
 * const detector = await load();
 * const { nose_tip } = await detector.predict(await readPicture('me.jpg'));
 * await detector.close();
 */
export async function load(
  paths: string | readonly string[] = shippedModel(),
  options: PredictorOptions = {},
): Promise<Detector> {
  const runs = await Promise.all([paths].flat().map(trainedRuns));
  const models = await Promise.all(runs.flat().map((run) => readModel(run.path)));
  return Detector.create(models, options);
}
