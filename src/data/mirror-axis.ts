import type { Dataset } from './dataset.ts';
import { imageSize } from './image-format.ts';
import { allRows } from './select.ts';

/** Fewer rows with both points of a pair tell too little; more tell nothing new. */
const LEAST_ROWS = 200;
const MOST_ROWS = 4000;
/**
 * Rows are looked at in so many parts, each of neighbours in the table: where those show the same people, or were
 * marked by the same hand, parts differ by all that is chance.
 */
const PARTS = 4;
/** A shorter distance is taken for chance, in pixels, and so is one of fewer standard errors of the parts' mean. */
const LEAST_DISTANCE = 0.2;
const LEAST_ERRORS = 3;
/** In which steps the axis of the pictures is looked for beside the labels', in pixels. */
const STEP = 0.05;
/** And how far: 3 pixels, more only where pictures are larger than 96. */
const farthest = (side: number): number => Math.max(3, side / 32);

/** Pictures on top of each other. */
interface Stack {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/**
 * The x about which labels are mirrored when their pictures are: the middle of the picture, or beside it where
 * labels lie beside what they mark, all of them by the same distance. People and programs that mark points do so by
 * half a pixel and more, for they count from a pixel's edge or its middle, or cut pictures out by whole pixels. A
 * network that sees every other picture in a mirror then learns points that lie between those of either.
 *
 * All pictures are laid on top of each other with the middle between two points that mirror each other in one place,
 * and level. Their mean is a face, whose own axis is where it looks most like its mirror image. Of pictures in colour
 * the first plane is looked at.
 *
 * @param rows that may be looked at; default all
 * @returns in pixels; undefined where the labels lie about the axis of the pictures, as far as can be told: from
 *   200 rows that have both points of a pair
 * @example
 * findMirrorAxis(dataset); // 48.7: mirrored, 30 becomes 67.4
 */
export function findMirrorAxis(
  dataset: Dataset,
  rows: Uint32Array = allRows(dataset),
): number | undefined {
  const { side } = dataset.schema;
  const pair = bestPair(dataset, rows);
  if (!pair) return undefined;
  const distances = Array.from({ length: PARTS }, (_, part) => {
    const [first, end] = [part, part + 1].map((i) => Math.floor((i * pair.rows.length) / PARTS));
    return distanceOfAxis(stack(dataset, pair.points, pair.rows.slice(first, end)), side);
  });
  // The best place is no place where the search ends: the pictures have no axis, or one farther away.
  if (distances.some((distance) => !(Math.abs(distance) < farthest(side)))) return undefined;
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / PARTS;
  const squares = distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (PARTS * (PARTS - 1)));
  const isChance = Math.abs(mean) < Math.max(LEAST_DISTANCE, LEAST_ERRORS * standardError);
  return isChance ? undefined : side / 2 - mean;
}

/** The pair of which most rows have both points. */
function bestPair({ schema, labels }: Dataset, rows: Uint32Array) {
  const width = 2 * schema.points.length;
  const pairs = schema.mirrorPairs.map((points) => ({
    points,
    rows: [...rows].filter((row) =>
      points.every((point) =>
        [0, 1].every((axis) => !Number.isNaN(labels[row * width + 2 * point + axis]!)),
      ),
    ),
  }));
  const best = pairs.sort((a, b) => b.rows.length - a.rows.length)[0];
  if (!best || best.rows.length < LEAST_ROWS) return undefined;
  const every = Math.ceil(best.rows.length / MOST_ROWS);
  return { points: best.points, rows: best.rows.filter((_, i) => i % every === 0) };
}

/** Pictures of the same mean and deviation, moved and turned so that the points' middle is in the middle. */
function stack(
  { schema, labels, images }: Dataset,
  [a, b]: readonly [number, number],
  rows: readonly number[],
): Stack {
  const { side, points } = schema;
  const pixels = side * side;
  const sums = new Float64Array(pixels);
  const counts = new Float64Array(pixels);
  for (const row of rows) {
    const image = images.subarray(row * imageSize(schema), row * imageSize(schema) + pixels);
    const { mean, deviation } = moments(image);
    if (deviation === 0) continue;
    const at = (point: number, axis: number): number =>
      labels[2 * (row * points.length + point) + axis]!;
    const [dx, dy] = [at(b, 0) - at(a, 0), at(b, 1) - at(a, 1)];
    const length = Math.sqrt(dx * dx + dy * dy) * (dx < 0 ? -1 : 1);
    if (length === 0) continue;
    const [cos, sin] = [dx / length, dy / length];
    // Centres of pixels lie between whole numbers.
    const middleX = (at(a, 0) + at(b, 0)) / 2 - 0.5;
    const middleY = (at(a, 1) + at(b, 1)) / 2 - 0.5;
    for (let place = 0; place < pixels; place++) {
      const u = (place % side) - (side - 1) / 2;
      const v = Math.floor(place / side) - (side - 1) / 2;
      const x = middleX + cos * u - sin * v;
      const y = middleY + sin * u + cos * v;
      const [left, top] = [Math.floor(x), Math.floor(y)];
      if (left < 0 || top < 0 || left > side - 2 || top > side - 2) continue;
      const corner = top * side + left;
      const upper = between(image[corner]!, image[corner + 1]!, x - left);
      const lower = between(image[corner + side]!, image[corner + side + 1]!, x - left);
      sums[place]! += (between(upper, lower, y - top) - mean) / deviation;
      counts[place]!++;
    }
  }
  return { sums, counts };
}

/** How far to the right of its middle a stack of pictures is most like its mirror image; `NaN` for a blank one. */
function distanceOfAxis({ sums, counts }: Stack, side: number): number {
  const most = counts.reduce((max, count) => Math.max(max, count), 0);
  // Edges, not shades: the light may come from one side.
  const edges = new Float64Array(sums.length).fill(Number.NaN);
  const mean = (place: number): number => sums[place]! / counts[place]!;
  for (let place = 1; place < sums.length - 1; place++) {
    const isSeen = [place - 1, place + 1].every((beside) => counts[beside]! >= most / 2);
    const x = place % side;
    if (isSeen && x > 0 && x < side - 1) edges[place] = mean(place + 1) - mean(place - 1);
  }
  let [best, distance] = [Number.NEGATIVE_INFINITY, Number.NaN];
  const steps = Math.round(farthest(side) / STEP);
  for (let step = -steps; step <= steps; step++) {
    const likeness = mirrorLikeness(edges, side, step * STEP);
    if (likeness > best) [best, distance] = [likeness, step * STEP];
  }
  return distance;
}

/** The cosine of the angle between edges and their mirror image about an axis. */
function mirrorLikeness(edges: Float64Array, side: number, axis: number): number {
  let [products, own, mirrored] = [0, 0, 0];
  for (let place = 0; place < edges.length; place++) {
    const x = place % side;
    const beyond = side - 1 + 2 * axis - x;
    const left = Math.floor(beyond);
    if (left < 0 || left > side - 2) continue;
    const row = place - x;
    const edge = edges[place]!;
    // What rises to the right falls to the right in a mirror.
    const other = -between(edges[row + left]!, edges[row + left + 1]!, beyond - left);
    if (Number.isNaN(edge) || Number.isNaN(other)) continue;
    products += edge * other;
    own += edge * edge;
    mirrored += other * other;
  }
  return products / Math.sqrt(own * mirrored);
}

const between = (a: number, b: number, share: number): number => a + (b - a) * share;

function moments(values: Uint8Array): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) };
}
