import { power } from '../nn/arithmetic.ts';
import type { Dataset } from './dataset.ts';
import { duplicateImages } from './duplicates.ts';
import { pictureShapes, SHAPE_SIZE } from './picture-shape.ts';

/** Two pictures are near-duplicates where they are so many standard deviations more alike than others. */
const DEVIATIONS = 6;
/** How alike pictures are is measured on the pairs of so many rows. */
const SAMPLE = 400;
/** Pictures are compared where at most so many of their hashes' 64 bits differ. */
const MOST_BITS = 24;

/**
 * Groups of rows whose pictures show nearly the same: copies, the same photograph cut out or toned in
 * another way, frames of one film. A picture that is alike two others brings them together.
 *
 * What is alike depends on the table: a picture's shape (`pictureShapes`) less the mean of all is
 * compared with the others' by the cosine of the angle between them, whose inverse hyperbolic tangent
 * is about normally distributed (Fisher, 1915) with a mean of 0. Pairs that are 6 standard deviations
 * from it belong together. So a table of faces that were all drawn alike asks for more likeness.
 *
 * @returns groups of two or more row indices from 0, each in ascending order, ordered by first row
 * @example
 * nearDuplicates(dataset); // [[12, 840], [100, 101, 102]]
 */
export function nearDuplicates(dataset: Dataset): number[][] {
  const members = new Map<number, number[]>();
  similarGroups(dataset).forEach((group, row) => {
    const others = members.get(group);
    if (others) others.push(row);
    else members.set(group, [row]);
  });
  return [...members.values()].filter((group) => group.length > 1);
}

const known = new WeakMap<Uint8Array, Uint32Array>();

/**
 * The group of every row, such that near-duplicates are in one group: what keeps them on one side of a
 * split. Found once for the pictures of a dataset.
 *
 * @returns per row the first row of its group
 * @example
 * splitRows(allRows(dataset), split, { groups: similarGroups(dataset) });
 */
export function similarGroups(dataset: Dataset): Uint32Array {
  const found = known.get(dataset.images) ?? findGroups(dataset);
  known.set(dataset.images, found);
  return found;
}

function findGroups(dataset: Dataset): Uint32Array {
  const { rows } = dataset;
  const parents = Uint32Array.from({ length: rows }, (_, row) => row);
  const rootOf = (row: number): number => {
    let root = row;
    while (parents[root] !== root) root = parents[root]!;
    parents[row] = root;
    return root;
  };
  const join = (a: number, b: number): void => {
    const [first, second] = [rootOf(a), rootOf(b)];
    parents[Math.max(first, second)] = Math.min(first, second);
  };
  const copies = new Set<number>();
  for (const [first, ...others] of duplicateImages(dataset)) {
    for (const row of others) {
      join(first!, row);
      copies.add(row);
    }
  }
  const shapes = differences(pictureShapes(dataset), rows);
  const least = hyperbolicTangent(DEVIATIONS * deviation(shapes, rows));
  const hashes = hashesOf(shapes, rows);
  for (let a = 1; a < rows; a++) {
    if (copies.has(a)) continue;
    const [first, second] = [hashes[2 * a]!, hashes[2 * a + 1]!];
    for (let b = 0; b < a; b++) {
      const different = ones(first ^ hashes[2 * b]!) + ones(second ^ hashes[2 * b + 1]!);
      if (different <= MOST_BITS && likeness(shapes, a, b) > least) join(a, b);
    }
  }
  return parents.map((_, row) => rootOf(row));
}

/** What sets each picture apart from the mean of all, of length 1; in place. */
function differences(shapes: Float32Array, rows: number): Float32Array {
  const mean = new Float64Array(SHAPE_SIZE);
  for (let i = 0; i < shapes.length; i++) mean[i % SHAPE_SIZE]! += shapes[i]! / rows;
  for (let start = 0; start < shapes.length; start += SHAPE_SIZE) {
    let squares = 0;
    for (let i = 0; i < SHAPE_SIZE; i++) {
      shapes[start + i]! -= mean[i]!;
      squares += shapes[start + i]! ** 2;
    }
    const length = Math.sqrt(squares) || 1;
    for (let i = 0; i < SHAPE_SIZE; i++) shapes[start + i]! /= length;
  }
  return shapes;
}

/** The root mean square of the cosines between pairs of pictures, of some rows spread over all. */
function deviation(shapes: Float32Array, rows: number): number {
  const count = Math.min(rows, SAMPLE);
  const startOf = (i: number): number => Math.floor((i * rows) / count) * SHAPE_SIZE;
  let squares = 0;
  for (let a = 1; a < count; a++) {
    for (let b = 0; b < a; b++) {
      let cosine = 0;
      const from = startOf(a);
      const to = startOf(b);
      for (let i = 0; i < SHAPE_SIZE; i++) cosine += shapes[from + i]! * shapes[to + i]!;
      squares += cosine * cosine;
    }
  }
  return Math.sqrt(squares / Math.max(1, (count * (count - 1)) / 2));
}

/** Two words for each picture: whether every other number is larger than the mean's. */
function hashesOf(shapes: Float32Array, rows: number): Int32Array {
  const hashes = new Int32Array(2 * rows);
  for (let i = 0; i < shapes.length; i += 2) {
    if (shapes[i]! > 0) hashes[Math.floor(i / 64)]! |= 1 << ((i / 2) % 32);
  }
  return hashes;
}

/** Bits of a word that are set (Warren, Hacker's Delight, 5-1). */
function ones(word: number): number {
  let counts = word - ((word >>> 1) & 0x55555555);
  counts = (counts & 0x33333333) + ((counts >>> 2) & 0x33333333);
  return Math.imul((counts + (counts >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Made of products alone: a split must not depend on the machine. */
function hyperbolicTangent(z: number): number {
  const odds = power(1 + (2 * z) / 4096, 4096);
  return (odds - 1) / (odds + 1);
}

/** The cosine of the angle between two pictures. */
function likeness(shapes: Float32Array, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < SHAPE_SIZE; i++)
    sum += shapes[a * SHAPE_SIZE + i]! * shapes[b * SHAPE_SIZE + i]!;
  return sum;
}
