import type { Elastic } from '../../data/row-transform.ts';
import { threefry2x32 } from '../../random.ts';
import type { Place } from './transform.ts';

const CELLS = 4;
const KNOTS = CELLS + 3;

/**
 * By how much a bent picture is displaced at a place: the uniform cubic B-spline over 7 x 7 knots, of
 * which those in the middle stand on the corners of 4 x 4 cells. Coordinates are those of labels.
 */
export function displacement({ share, key }: Elastic, [x, y]: Place): Place {
  const knot = (line: number, column: number, axis: number): number => {
    const i = 2 * (line * KNOTS + column) + axis;
    const word = threefry2x32([key, 0], [i >> 1, 0])[i & 1]! | 0;
    return (2 * share * word) / 2 ** 31;
  };
  const along = (coordinate: number): number =>
    Math.min(Math.max(((coordinate + 1) / 2) * CELLS, 0), CELLS);
  const sum = (axis: number): number => {
    let total = 0;
    for (let line = 0; line < KNOTS; line++) {
      for (let column = 0; column < KNOTS; column++) {
        // The knot in the corner of the first cell is the second one.
        const weight = bump(along(x) - (column - 1)) * bump(along(y) - (line - 1));
        if (weight > 0) total += weight * knot(line, column, axis);
      }
    }
    return total;
  };
  return [sum(0), sum(1)];
}

/** The cubic B-spline around 0. */
function bump(distance: number): number {
  const far = Math.abs(distance);
  if (far >= 2) return 0;
  return far >= 1 ? (2 - far) ** 3 / 6 : (4 - 6 * far ** 2 + 3 * far ** 3) / 6;
}

/** The q with q + displacement(q) = place, by fixed-point iteration. */
export function settled(elastic: Elastic, [x, y]: Place): Place {
  let q: Place = [x, y];
  for (let round = 0; round < 60; round++) {
    const [dx, dy] = displacement(elastic, q);
    q = [x - dx, y - dy];
  }
  return q;
}
