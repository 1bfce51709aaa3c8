import { allRows } from '../data/select.ts';
import { CompiledNetwork } from '../engine/compiled-network.ts';
import { Engine, type EngineOptions } from '../engine/engine.ts';
import type { Model } from '../model/model-file.ts';
import { meanSquaredError } from '../nn/loss.ts';
import { sgd } from '../nn/rule.ts';

/** Pictures that go through the network together. */
const BATCH = 64;

export interface PredictOptions extends EngineOptions {
  /** An engine to use and to leave open; default: one of its own. */
  readonly engine?: Engine | undefined;
}

/**
 * The keypoints that a model finds in pictures.
 *
 * @param model as `fit` saved it
 * @param images bytes of shape (rows, channels, side, side), the model's own format
 * @param options threads and build of the engine
 * @returns coordinates of shape (rows, points, 2), x before y, in pixels, not clipped to the picture
 * @example
 * const coordinates = await predictKeypoints(model, dataset.images);
 */
export async function predictKeypoints(
  model: Model,
  images: Uint8Array,
  options: PredictOptions = {},
): Promise<Float32Array> {
  const { network, parameters, scaling } = model;
  const engine = options.engine ?? (await Engine.start(options));
  try {
    const compiled = await CompiledNetwork.create(engine, network, {
      batch: BATCH,
      loss: meanSquaredError(),
      rule: sgd(),
      seed: 0,
      standardisation: scaling.standardisation,
    });
    await compiled.setParameters(parameters);
    const data = await compiled.load(images);
    const outputs = await compiled.predict(data, allRows(data));
    return outputs.map((value) => value * scaling.labelScale + scaling.labelOffset);
  } finally {
    if (!options.engine) await engine.close();
  }
}
