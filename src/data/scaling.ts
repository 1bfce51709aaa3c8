import type { Augmentation } from './augmentation.ts';
import type { Dataset } from './dataset.ts';
import { imageSize } from './image-format.ts';
import { type KeypointSchema, labelShift } from './schema.ts';

/** How bytes and pixels become the numbers that a network sees and says. */
export interface Scaling {
  /** The network's input is a byte of the image divided by this. */
  readonly imageDivisor: number;
  /**
   * A coordinate in pixels is the network's output times `labelScale` plus `labelOffset`; x also plus how far the
   * schema's `mirrorAxis` lies to the right of the middle.
   */
  readonly labelScale: number;
  readonly labelOffset: number;
  /** What is then done to the network's input; default nothing. */
  readonly standardisation?: Standardisation;
}

/**
 * Centring and scaling of pictures, after their bytes have become [0, 1]: first each picture by its own
 * values, those of all channels together; then all pictures alike, each channel on its own.
 */
export interface Standardisation {
  /** Whether each picture's own mean is taken off. */
  readonly samplewiseCenter: boolean;
  /** Whether each picture is divided by its own standard deviation plus 1e-6. */
  readonly samplewiseDeviation: boolean;
  /** Per channel what is taken off its pixels; 0 changes nothing. */
  readonly mean: readonly number[];
  /** Per channel what its pixels are divided by; 1 changes nothing. */
  readonly deviation: readonly number[];
}

const WHITE = 255;

/**
 * Images in [0, 1] and coordinates in [-1, 1]: p pixels become (p - side / 2) / (side / 2).
 *
 * @param side width and height of the images, in pixels
 * @param standardisation of the images, default none
 * @example
 * standardScaling(96); // { imageDivisor: 255, labelScale: 48, labelOffset: 48 }
 */
export const standardScaling = (side: number, standardisation?: Standardisation): Scaling => ({
  imageDivisor: WHITE,
  labelScale: side / 2,
  labelOffset: side / 2,
  ...(standardisation && { standardisation }),
});

/** What is added to x and y of a network's output times `labelScale`, in pixels. */
export function labelOffsets({ labelOffset }: Scaling, schema: KeypointSchema): [number, number] {
  return [labelOffset + labelShift(schema), labelOffset];
}

/**
 * Labels as a network learns them: shape (rows, 2 * points), scaled to [-1, 1] with 0 on the axis about which they
 * are mirrored, `NaN` where missing.
 */
export function scaledLabels({ labels, schema }: Pick<Dataset, 'labels' | 'schema'>): Float32Array {
  const scaling = standardScaling(schema.side);
  const offsets = labelOffsets(scaling, schema);
  return labels.map((pixels, i) => (pixels - offsets[i % 2]!) / scaling.labelScale);
}

/**
 * What a network says, in pixels.
 *
 * @param outputs of shape (rows, points, 2)
 * @example
 * inPixels(Float32Array.of(0, -0.5), standardScaling(96), keypointSchema(['nose'], 96)); // [48, 24]
 */
export function inPixels(
  outputs: Float32Array,
  scaling: Scaling,
  schema: KeypointSchema,
): Float32Array {
  const offsets = labelOffsets(scaling, schema);
  return outputs.map((value, i) => value * scaling.labelScale + offsets[i % 2]!);
}

/**
 * The centring and scaling that an augmentation asks for, as Keras's `ImageDataGenerator` measures and
 * applies it, with its 1e-6 beside every standard deviation.
 *
 * @param dataset whose images are measured
 * @param trainRows its rows that count
 * @returns undefined where nothing is asked for
 * @example
 * standardisationOf({ featurewise_center: true }, dataset, split.train);
 */
export function standardisationOf(
  augmentation: Augmentation,
  dataset: Pick<Dataset, 'schema' | 'images'>,
  trainRows: Uint32Array,
): Standardisation | undefined {
  const {
    featurewise_center: center = false,
    featurewise_std_normalization: deviation = false,
    samplewise_center: samplewiseCenter = false,
    samplewise_std_normalization: samplewiseDeviation = false,
  } = augmentation;
  if (!(center || deviation || samplewiseCenter || samplewiseDeviation)) return undefined;
  const channels = Array.from({ length: dataset.schema.channels }, (_, channel) =>
    center || deviation ? measurePixels(dataset, trainRows, channel) : { mean: 0, deviation: 1 },
  );
  return {
    samplewiseCenter,
    samplewiseDeviation,
    mean: channels.map((measured) => (center ? measured.mean : 0)),
    deviation: channels.map((measured) => (deviation ? measured.deviation + 1e-6 : 1)),
  };
}

/**
 * Mean and standard deviation of a channel's pixels in [0, 1], from whole numbers, so that no order of
 * summing changes a bit.
 */
function measurePixels(
  { schema, images }: Pick<Dataset, 'schema' | 'images'>,
  rows: Uint32Array,
  channel: number,
): { mean: number; deviation: number } {
  const pixels = schema.side ** 2;
  const counts = new Float64Array(WHITE + 1);
  for (const row of rows) {
    const first = row * imageSize(schema) + channel * pixels;
    for (let i = first; i < first + pixels; i++) counts[images[i]!]!++;
  }
  let count = 0n;
  let sum = 0n;
  let squares = 0n;
  counts.forEach((times, value) => {
    count += BigInt(times);
    sum += BigInt(times * value);
    squares += BigInt(times * value * value);
  });
  const variance = Number(count * squares - sum * sum) / (Number(count) * Number(count));
  return {
    mean: Number(sum) / Number(count) / WHITE,
    deviation: Math.sqrt(variance) / WHITE,
  };
}
