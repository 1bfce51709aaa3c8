import type { Augmentation } from './augmentation.ts';

/** How bytes and pixels become the numbers that a network sees and says. */
export interface Scaling {
  /** The network's input is the grey value divided by this. */
  readonly imageDivisor: number;
  /** A coordinate in pixels is the network's output times `labelScale` plus `labelOffset`. */
  readonly labelScale: number;
  readonly labelOffset: number;
  /** What is then done to the network's input; default nothing. */
  readonly standardisation?: Standardisation;
}

/**
 * Centring and scaling of pictures, after their grey values have become [0, 1]: first each picture by its
 * own pixels, then all alike.
 */
export interface Standardisation {
  /** Whether each picture's own mean is taken off. */
  readonly samplewiseCenter: boolean;
  /** Whether each picture is divided by its own standard deviation plus 1e-6. */
  readonly samplewiseDeviation: boolean;
  /** Taken off every pixel; 0 changes nothing. */
  readonly mean: number;
  /** Every pixel is divided by this; 1 changes nothing. */
  readonly deviation: number;
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

/**
 * The centring and scaling that an augmentation asks for, as Keras's `ImageDataGenerator` measures and
 * applies it, with its 1e-6 beside every standard deviation.
 *
 * @param images grey values of shape (rows, pixels)
 * @param trainRows the rows whose pixels are measured
 * @param rows of all images
 * @returns undefined where nothing is asked for
 * @example
 * standardisationOf({ featurewise_center: true }, dataset.images, split.train, dataset.rows);
 */
export function standardisationOf(
  augmentation: Augmentation,
  images: Uint8Array,
  trainRows: Uint32Array,
  rows: number,
): Standardisation | undefined {
  const {
    featurewise_center: center = false,
    featurewise_std_normalization: deviation = false,
    samplewise_center: samplewiseCenter = false,
    samplewise_std_normalization: samplewiseDeviation = false,
  } = augmentation;
  if (!(center || deviation || samplewiseCenter || samplewiseDeviation)) return undefined;
  const measured =
    center || deviation ? measurePixels(images, trainRows, images.length / rows) : undefined;
  return {
    samplewiseCenter,
    samplewiseDeviation,
    mean: measured && center ? measured.mean : 0,
    deviation: measured && deviation ? measured.deviation + 1e-6 : 1,
  };
}

/**
 * Mean and standard deviation of pixels in [0, 1], from whole numbers, so that no order of summing
 * changes a bit.
 */
function measurePixels(
  images: Uint8Array,
  rows: Uint32Array,
  pixels: number,
): { mean: number; deviation: number } {
  const counts = new Float64Array(WHITE + 1);
  for (const row of rows) {
    for (let i = row * pixels; i < (row + 1) * pixels; i++) counts[images[i]!]!++;
  }
  let count = 0n;
  let sum = 0n;
  let squares = 0n;
  counts.forEach((times, grey) => {
    count += BigInt(times);
    sum += BigInt(times * grey);
    squares += BigInt(times * grey * grey);
  });
  const variance = Number(count * squares - sum * sum) / (Number(count) * Number(count));
  return {
    mean: Number(sum) / Number(count) / WHITE,
    deviation: Math.sqrt(variance) / WHITE,
  };
}
