import type { Square } from '../picture/box.ts';

/** A face may look so much larger or smaller than usual before nothing that was found is believed. */
const MOST_ZOOM = 2;
/** Likewise how far off it may stand, in sides of the square. */
const MOST_SHIFT = 1;

/**
 * The square in which a face would stand as faces usually do, judged by the points found in another
 * one: the scale and shift, without a turn, that bring the usual places of the points closest to where
 * they were found, by least squares.
 *
 * @param square that was looked at, in the picture's pixels
 * @param found coordinates of shape (points, 2), in pixels of the crop
 * @param usual the same of the mean face; points that are missing (`NaN`) do not count
 * @param side of the crop, in pixels
 * @example
 * reframe({ x: 0, y: 0, side: 96 }, shifted, mean, 96); // { x: 5, y: 0, side: 96 }: all lie 5 pixels right
 */
export function reframe(
  square: Square,
  found: Float32Array,
  usual: Float32Array,
  side: number,
): Square {
  const known: number[] = [];
  for (let point = 0; point < usual.length / 2; point++) {
    if (!Number.isNaN(usual[2 * point]! + usual[2 * point + 1]!)) known.push(point);
  }
  const mean = (values: Float32Array, axis: 0 | 1): number =>
    known.reduce((sum, point) => sum + values[2 * point + axis]!, 0) / known.length;
  const centres = [mean(usual, 0), mean(usual, 1), mean(found, 0), mean(found, 1)] as const;
  const [usualX, usualY, foundX, foundY] = centres;
  let products = 0;
  let squares = 0;
  for (const point of known) {
    const [dx, dy] = [usual[2 * point]! - usualX, usual[2 * point + 1]! - usualY];
    products += dx * (found[2 * point]! - foundX) + dy * (found[2 * point + 1]! - foundY);
    squares += dx * dx + dy * dy;
  }
  // A single point tells nothing about the size.
  const ratio = squares > 0 ? products / squares : 1;
  const scale = within(ratio, 1 / MOST_ZOOM, MOST_ZOOM);
  const shift = (pixels: number): number =>
    within(pixels / side, -MOST_SHIFT, MOST_SHIFT) * square.side;
  return {
    x: square.x + shift(foundX - scale * usualX),
    y: square.y + shift(foundY - scale * usualY),
    side: square.side * scale,
  };
}

const within = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), high);
