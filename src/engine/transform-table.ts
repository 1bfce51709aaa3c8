import type { CutoutBox, RowTransform, Tone } from '../data/row-transform.ts';
import { MOST_BOXES } from './kernels/augmentation-constants.ts';

/** Size of a record of the kernels' `RowTransform` with its boxes. */
export const TRANSFORM_BYTES = 8 * (14 + 5 * MOST_BOXES);

/** Leaves every pixel as it is. */
const NEUTRAL: Tone = { contrast: 1, brightness: 1, gamma: 1 };
/** Cuts nothing out. */
const EMPTY: CutoutBox = { left: 0, top: 0, right: 0, bottom: 0, grey: 0 };
/** What the kernels read as the picture's mean. */
const MEAN = -1;
/** How small a side of a picture may become. */
const SMALLEST = 1e-3;
/** How far it may be moved, in half sides. */
const FARTHEST = 1e3;
/** How far it may be bent, as a share of the side: from somewhat more on, it could be folded. */
const MOST_ELASTIC = 1 / 16;

/**
 * The transforms of a batch as the kernels read them (`assembly/transform.ts`).
 *
 * @throws RangeError for another number of transforms than rows, a number that is not finite, a picture
 *   that shrinks to nothing or lies out of sight: the kernels could not trace a pixel back; for one that
 *   is bent too far, and for too many boxes
 */
export function encodeTransforms(transforms: readonly RowTransform[], rows: number): Float64Array {
  if (transforms.length !== rows) {
    throw new RangeError(`${transforms.length} transforms for a batch of ${rows} rows`);
  }
  return Float64Array.from(
    transforms.flatMap((transform, row) => {
      const words = [...seeing(transform), ...boxWords(transform.boxes ?? [])];
      // The shortest vector that a unit vector can become is at least as long as this.
      const shortest =
        Math.abs(determinant(transform)) / Math.max(...transform.matrix.map(Math.abs));
      const far = Math.max(...transform.shift.map(Math.abs)) > FARTHEST;
      const folded = (transform.elastic?.share ?? 0) > MOST_ELASTIC;
      const boxes = (transform.boxes?.length ?? 0) > MOST_BOXES;
      if (!words.every(Number.isFinite) || !(shortest >= SMALLEST) || far || folded || boxes) {
        throw new RangeError(`row ${row} of a batch: no picture can be seen through [${words}]`);
      }
      return words;
    }),
  );
}

function seeing({ matrix, shift, channelShift, tone, noise, elastic }: RowTransform): number[] {
  const { contrast, brightness, gamma } = tone ?? NEUTRAL;
  return [
    ...[...matrix, ...shift, channelShift, contrast, brightness, gamma],
    ...[noise?.deviation ?? 0, noise?.key ?? 0, elastic?.share ?? 0, elastic?.key ?? 0],
  ];
}

const boxWords = (boxes: readonly CutoutBox[]): number[] =>
  Array.from({ length: MOST_BOXES }, (_, i) => boxes[i] ?? EMPTY).flatMap(
    ({ left, top, right, bottom, grey }) => [
      ...[left, top, right, bottom],
      grey === 'mean' ? MEAN : grey,
    ],
  );

/** Whether a transform changes left and right. */
export const mirrors = (transform: RowTransform): boolean => determinant(transform) < 0;

const determinant = ({ matrix: [xx, xy, yx, yy] }: RowTransform): number => xx * yy - xy * yx;
