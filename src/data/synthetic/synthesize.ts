import { InputError } from '../../errors.ts';
import { randomStream } from '../../random.ts';
import type { Dataset } from '../dataset.ts';
import { type Channels, imageSize } from '../image-format.ts';
import { keypointSchema } from '../schema.ts';
import { drawFace } from './face.ts';
import { KEYPOINT_NAMES } from './landmarks.ts';
import { missingPoints } from './missing.ts';
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
}: SynthesizeOptions): Dataset {
  requireWhole('rows', rows, 1, 2 ** 24);
  requireWhole('seed', seed, 0, 2 ** 32 - 1);
  requireWhole('side', side, 16, 1024);
  const points = KEYPOINT_NAMES.length;
  const schema = keypointSchema(KEYPOINT_NAMES, side, channels);
  const images = new Uint8Array(rows * imageSize(schema));
  const labels = new Float32Array(rows * points * 2);
  for (let row = 0; row < rows; row++) {
    const { image, keypoints } = drawFace(seed, row, side);
    const picture =
      channels === 1 ? image : toned(image, randomStream(seed, `synthetic tone ${row}`));
    images.set(picture, row * imageSize(schema));
    labels.set(keypoints.flat(), row * points * 2);
    if (!missing) continue;
    const random = randomStream(seed, `synthetic missing ${row}`);
    for (const point of missingPoints(random, KEYPOINT_NAMES)) {
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
