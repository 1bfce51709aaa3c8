import { InputError } from '../../errors.ts';
import { randomStream } from '../../random.ts';
import type { Dataset } from '../dataset.ts';
import { type Channels, imageSize } from '../image-format.ts';
import { keypointSchema } from '../schema.ts';
import { drawFace } from './face.ts';
import { KEYPOINT_NAMES } from './landmarks.ts';
import { ALWAYS_LABELLED, missingPoints } from './missing.ts';
import { toned } from './tone.ts';

/** Which faces are drawn. */
export interface SynthesizeOptions {
  /** How many faces. */
  readonly rows: number;
  /** A whole number in [0, 2^32); a face depends on it and on its own row alone. */
  readonly seed: number;
  /** Width and height of the pictures in pixels, 16 or more. Default 96, as Kaggle's. */
  readonly side?: number;
  /** 1 for grey pictures; 3 for the same toned in red, green and blue, as old photographs are. Default 1. */
  readonly channels?: Channels;
  /** Whether labels are missing as in Kaggle's table: 30 % of the rows are complete. Default true. */
  readonly missing?: boolean;
  /**
   * 2: rows with nothing but eye centres, nose tip and bottom lip have these as other people mark them,
   * as in Kaggle's table; how, is told at `secondConvention`. Default 1.
   */
  readonly conventions?: 1 | 2;
}

/**
 * Faces drawn by code, with the keypoints exactly where they were drawn: Kaggle's 15 points in Kaggle's
 * order. The same seed gives the same bytes on every machine.
 *
 * @throws InputError for an option out of its range
 * @example
 * const faces = synthesize({ rows: 2000, seed: 42 });
 * faces.images.length; // 2000 * 96 * 96
 */
export function synthesize({
  rows,
  seed,
  side = 96,
  channels = 1,
  missing = true,
  conventions = 1,
}: SynthesizeOptions): Dataset {
  requireWhole('rows', rows, 1, 2 ** 24);
  requireWhole('seed', seed, 0, 2 ** 32 - 1);
  requireWhole('side', side, 16, 1024);
  if (conventions === 2 && !missing) {
    throw new InputError(
      'conventions is 2, but no label is missing, so no row is of the second convention',
      'Leave out missing: false, or give one convention.',
    );
  }
  const points = KEYPOINT_NAMES.length;
  const schema = keypointSchema(KEYPOINT_NAMES, side, channels);
  const images = new Uint8Array(rows * imageSize(schema));
  const labels = new Float32Array(rows * points * 2);
  for (let row = 0; row < rows; row++) {
    const { image, keypoints, otherwise } = drawFace(seed, row, side);
    const picture =
      channels === 1 ? image : toned(image, randomStream(seed, `synthetic tone ${row}`));
    images.set(picture, row * imageSize(schema));
    const random = randomStream(seed, `synthetic missing ${row}`);
    const gaps = missing ? missingPoints(random, KEYPOINT_NAMES) : [];
    const isOther = conventions === 2 && gaps.length === points - ALWAYS_LABELLED.length;
    labels.set((isOther ? otherwise : keypoints).flat(), row * points * 2);
    for (const point of gaps) {
      const start = (row * points + point) * 2;
      labels.fill(Number.NaN, start, start + 2);
    }
  }
  return { schema, rows, images, labels, columns: {} };
}

function requireWhole(option: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new InputError(
    `${option} is ${value}, expected a whole number from ${low} to ${high}`,
    `Give another value for ${option}.`,
  );
}
