import { isRandom } from '../data/augmentation.ts';
import { imageSize } from '../data/image-format.ts';
import { mirrorImage, mirrorLabels } from '../data/mirror.ts';
import { scaledLabels } from '../data/scaling.ts';
import { allRows, selectRows } from '../data/select.ts';
import { CompiledNetwork } from '../engine/compiled-network.ts';
import type { Engine } from '../engine/engine.ts';
import type { Parameters } from '../nn/initialise.ts';
import { meanSquaredError } from '../nn/loss.ts';
import type { NetworkSpec } from '../nn/network.ts';
import { sgd } from '../nn/rule.ts';
import type { LearnerOptions } from './learner.ts';

/** What frozen layers make of the pictures. */
export interface FrozenFeatures {
  /** Their output of shape (pictures, channels, height, width): training, validation, mirrored training rows. */
  readonly values: Float32Array;
  /** Scaled labels of the same pictures. */
  readonly labels: Float32Array;
  /** Per row of the dataset its place among the pictures. */
  readonly plain: Uint32Array;
  /** Per training row the place of its mirrored copy. */
  readonly mirrored: Uint32Array;
}

/** Sends every picture through the frozen layers once; the engine's memory is given back. */
export async function frozenFeatures(
  engine: Engine,
  prefix: NetworkSpec,
  parameters: Parameters,
  { recipe, data: { dataset, split }, scaling, learning }: LearnerOptions,
): Promise<FrozenFeatures> {
  const size = imageSize(dataset.schema);
  const { train, valid } = split;
  const rows = Uint32Array.from([...train, ...valid]);
  const copies = isRandom(recipe.augmentation) ? train.length : 0;
  const used = selectRows(dataset, rows);
  const images = new Uint8Array((rows.length + copies) * size);
  images.set(used.images);
  for (let i = 0; i < copies; i++) {
    const image = used.images.subarray(i * size, (i + 1) * size);
    images.set(mirrorImage(image, dataset.schema.side), (rows.length + i) * size);
  }
  const scaled = scaledLabels(used);
  const values = 2 * dataset.schema.points.length;
  const labels = new Float32Array((rows.length + copies) * values);
  labels.set(scaled);
  // Scaled coordinates are counted from the axis, so a mirror changes their sign: a picture of side 0.
  const around = { ...dataset.schema, side: 0, mirrorAxis: 0 };
  labels.set(mirrorLabels(scaled.subarray(0, copies * values), around), scaled.length);

  const base = engine.nextAddress;
  const compiled = await CompiledNetwork.create(engine, prefix, {
    batch: recipe.batch,
    loss: meanSquaredError(),
    rule: sgd(),
    seed: 0,
    layers: learning,
    standardisation: scaling.standardisation,
  });
  await compiled.setParameters(parameters);
  const loaded = await compiled.load(images);
  const features = await compiled.predict(loaded, allRows(loaded));
  await engine.release(base);

  const plain = new Uint32Array(dataset.rows);
  const mirrored = new Uint32Array(dataset.rows);
  rows.forEach((row, place) => {
    plain[row] = place;
    if (place < copies) mirrored[row] = rows.length + place;
  });
  return { values: features, labels, plain, mirrored };
}
