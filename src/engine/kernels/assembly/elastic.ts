import { CELLS } from '../augmentation-constants';
import { threefry4 } from './threefry';

/**
 * How a picture is bent: at a place q of the bent picture is seen what was at q + d(q). The displacement
 * d is a uniform cubic B-spline over knots, four cells across and down, so it is smooth, and nowhere
 * longer than the knots are. Coordinates are those of labels, from -1 to 1; outside, d stays as it is at
 * the edge.
 *
 * A bend lies in a thread's own memory: the knots line by line, x before y, then a line of them for
 * `bentLine`, a `Place`, and eight random words.
 */

/** Knots of a line, and lines. */
export const KNOTS: i32 = CELLS + 3;
const LINE_BYTES: usize = <usize>KNOTS * 16;
const LINE_AT: usize = <usize>KNOTS * LINE_BYTES;
const PLACE_AT: usize = LINE_AT + LINE_BYTES;
const WORDS_AT: usize = PLACE_AT + 16;

/** Where the search for a settled place ends, less than a thousandth of a pixel. */
const CLOSE: f64 = 1e-6;
const MOST_ROUNDS: i32 = 100;

@unmanaged
export class Place {
  x: f64;
  y: f64;
}

/** Draws the knots, each coordinate evenly from -2 * share to 2 * share: that share of the side. */
export function drawBend(bend: usize, share: f64, key: u32): void {
  const words = bend + WORDS_AT;
  const count = 2 * KNOTS * KNOTS;
  for (let first = 0; first < count; first += 8) {
    threefry4(key, 0, first >> 1, words);
    for (let i = first; i < min(first + 8, count); i++) {
      const word = <f64>load<i32>(words + (<usize>(i - first) << 2));
      store<f64>(bend + (<usize>i << 3), 2 * share * (word / 2147483648));
    }
  }
}

/** The spline's knots along a line of the picture, x before y: the values of the knots at its height. */
export function bentLine(bend: usize, y: f64): usize {
  const line = bend + LINE_AT;
  const along = fromEdge(y);
  const cell = cellOf(along);
  const t = along - <f64>cell;
  for (let at: usize = 0; at < LINE_BYTES; at += 8) {
    const knots = bend + <usize>cell * LINE_BYTES + at;
    store<f64>(line + at, spline(knots, LINE_BYTES, t));
  }
  return line;
}

/**
 * Where the bent picture shows what would be at a place: the q with q + d(q) = place. The displacement
 * changes less than the place does, so repeating q = place - d(q) comes closer and closer.
 */
export function settle(bend: usize, x: f64, y: f64): Place {
  const q = changetype<Place>(bend + PLACE_AT);
  q.x = x;
  q.y = y;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const line = bentLine(bend, q.y);
    const along = fromEdge(q.x);
    const cell = cellOf(along);
    const knots = line + (<usize>cell << 4);
    const nextX = x - spline(knots, 16, along - <f64>cell);
    const nextY = y - spline(knots + 8, 16, along - <f64>cell);
    const change = max(abs(nextX - q.x), abs(nextY - q.y));
    q.x = nextX;
    q.y = nextY;
    // Also where a coordinate is missing.
    if (!(change > CLOSE)) break;
  }
  return q;
}

/** A coordinate in cells from the picture's left or upper edge. */
// @ts-ignore: decorator
@inline
function fromEdge(coordinate: f64): f64 {
  return min(max(0.5 * (coordinate + 1) * CELLS, 0), CELLS);
}

// @ts-ignore: decorator
@inline
function cellOf(along: f64): i32 {
  return min(<i32>along, CELLS - 1);
}

/** The uniform cubic B-spline of four knots, t between the second and the third. */
// @ts-ignore: decorator
@inline
function spline(knots: usize, stride: usize, t: f64): f64 {
  const p0 = load<f64>(knots), p1 = load<f64>(knots + stride);
  const p2 = load<f64>(knots + 2 * stride), p3 = load<f64>(knots + 3 * stride);
  return cubic0(p0, p1, p2) + t * (cubic1(p0, p2) + t * (cubic2(p0, p1, p2) + t * cubic3(p0, p1, p2, p3)));
}

// Coefficients of that cubic, by powers of t.

const SIXTH: f64 = 1 / 6.0;

// @ts-ignore: decorator
@inline
export function cubic0(p0: f64, p1: f64, p2: f64): f64 {
  return (p0 + 4 * p1 + p2) * SIXTH;
}

// @ts-ignore: decorator
@inline
export function cubic1(p0: f64, p2: f64): f64 {
  return 0.5 * (p2 - p0);
}

// @ts-ignore: decorator
@inline
export function cubic2(p0: f64, p1: f64, p2: f64): f64 {
  return 0.5 * (p0 - 2 * p1 + p2);
}

// @ts-ignore: decorator
@inline
export function cubic3(p0: f64, p1: f64, p2: f64, p3: f64): f64 {
  return (p3 - p0 + 3 * (p1 - p2)) * SIXTH;
}
