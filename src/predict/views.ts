import { mirrorImage, mirrorLabels } from '../data/mirror.ts';
import type { KeypointSchema } from '../data/schema.ts';

/** How often and how each picture is looked at; the mean is taken of what is found. */
export interface ViewOptions {
  /** Whether each picture is also looked at in a mirror; default false. It takes twice the time. */
  readonly flip?: boolean | undefined;
  /**
   * How many pixels each picture is also moved by, up or down and to either side at once; default 0: not at
   * all. It takes five times the time. A network whose maps are halved again and again answers a little
   * differently wherever in its coarse last maps a point lies; the mean of several places is steadier.
   */
  readonly shift?: number | undefined;
}

/** Pictures as a network is shown them, and the way back from what it finds in them. */
export interface View {
  /** Bytes of shape (rows, channels, side, side). */
  readonly images: Uint8Array;
  /** Coordinates (rows, points, 2) in the pictures as they were, of those that a model found in these. */
  readonly back: (found: Float32Array, schema: KeypointSchema) => Float32Array;
}

/** Down to the right, to the left, and up. */
const DIAGONALS: readonly (readonly [number, number])[] = [
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

/**
 * The ways to look at pictures, one after another, so that only one of them takes memory; the first is the
 * pictures as they are.
 *
 * @param images bytes of shape (rows, channels, side, side)
 * @param side width and height in pixels
 * @example
 * for (const { images, back } of viewsOf(pictures, 96, { flip: true })) add(back(find(images), schema));
 */
export function* viewsOf(
  images: Uint8Array,
  side: number,
  { flip = false, shift = 0 }: ViewOptions,
): Generator<View> {
  for (const [x, y] of [[0, 0] as const, ...(shift ? DIAGONALS : [])]) {
    const [dx, dy] = [x * shift, y * shift];
    const moved = shiftImages(images, side, dx, dy);
    yield { images: moved, back: (found) => shiftLabels(found, -dx, -dy) };
    if (!flip) continue;
    yield {
      images: mirrorImage(moved, side),
      back: (found, schema) => shiftLabels(mirrorLabels(found, schema), -dx, -dy),
    };
  }
}

/** Pictures moved by whole pixels, to the right and down; what comes in is the edge once more. */
function shiftImages(images: Uint8Array, side: number, dx: number, dy: number): Uint8Array {
  if (dx === 0 && dy === 0) return images;
  const last = side - 1;
  const from = (to: number, move: number): number => Math.min(last, Math.max(0, to - move));
  const columns = Int32Array.from({ length: side }, (_, x) => from(x, dx));
  const moved = new Uint8Array(images.length);
  for (let plane = 0; plane < images.length; plane += side * side) {
    for (let y = 0; y < side; y++) {
      const source = plane + from(y, dy) * side;
      const target = plane + y * side;
      for (let x = 0; x < side; x++) moved[target + x] = images[source + columns[x]!]!;
    }
  }
  return moved;
}

const shiftLabels = (labels: Float32Array, dx: number, dy: number): Float32Array =>
  dx === 0 && dy === 0 ? labels : labels.map((value, i) => value + (i % 2 === 0 ? dx : dy));
