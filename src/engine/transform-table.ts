import type { RowTransform, Tone } from '../data/row-transform.ts';

/** Size of a record of the kernels' `RowTransform`. */
export const TRANSFORM_BYTES = 80;

/** Leaves every pixel as it is. */
const NEUTRAL: Tone = { contrast: 1, brightness: 1, gamma: 1 };
/** How small a side of a picture may become. */
const SMALLEST = 1e-3;
/** How far it may be moved, in half sides. */
const FARTHEST = 1e3;

/**
 * The transforms of a batch as the kernels read them (`assembly/transform.ts`).
 *
 * @throws RangeError for another number of transforms than rows, a number that is not finite, and a
 *   picture that shrinks to nothing or lies out of sight: the kernels could not trace a pixel back
 */
export function encodeTransforms(transforms: readonly RowTransform[], rows: number): Float64Array {
  if (transforms.length !== rows) {
    throw new RangeError(`${transforms.length} transforms for a batch of ${rows} rows`);
  }
  return Float64Array.from(
    transforms.flatMap((transform, row) => {
      const { matrix, shift, channelShift, tone = NEUTRAL } = transform;
      const tones = [tone.contrast, tone.brightness, tone.gamma];
      const words = [...matrix, ...shift, channelShift, ...tones];
      // The shortest vector that a unit vector can become is at least as long as this.
      const shortest = Math.abs(determinant(transform)) / Math.max(...matrix.map(Math.abs));
      const far = Math.max(...shift.map(Math.abs)) > FARTHEST;
      if (!words.every(Number.isFinite) || !(shortest >= SMALLEST) || far) {
        throw new RangeError(`row ${row} of a batch: no picture can be seen through [${words}]`);
      }
      return words;
    }),
  );
}

/** Whether a transform changes left and right. */
export const mirrors = (transform: RowTransform): boolean => determinant(transform) < 0;

const determinant = ({ matrix: [xx, xy, yx, yy] }: RowTransform): number => xx * yy - xy * yx;
