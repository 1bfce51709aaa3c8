import { type Dataset, imageOf } from './dataset.ts';

/** Pictures are looked at with at most so many pixels a side. */
const MOST_PIXELS = 32;
/** Edges are counted in so many blocks a side; cells of four blocks overlap by two. */
const BLOCKS = 8;
const CELLS = 4;
const DIRECTIONS = 8;
/** What a block counts in the cell in whose line it stands, from the first to the last. */
const WEIGHTS = [1, 3, 3, 1] as const;

/** How many numbers describe a picture. */
export const SHAPE_SIZE = CELLS * CELLS * DIRECTIONS;

/**
 * What the pictures of a dataset show, in a few numbers each: how much of all edges goes in each of
 * eight directions, in each of 4 x 4 cells that overlap. A picture that is moved, turned or lit a little
 * differently stays close to itself.
 *
 * Histograms of oriented gradients (Dalal and Triggs, 2005) of the grey picture at 32 x 32 pixels. Square
 * roots of the shares are compared, not the shares (Hellinger's distance; Arandjelovic and Zisserman,
 * 2012). Sums, products and square roots alone, so every machine finds the same.
 *
 * @returns shape (rows, `SHAPE_SIZE`); every row has the length 1, or 0 where a picture has no edge
 */
export function pictureShapes(dataset: Dataset): Float32Array {
  const shapes = new Float32Array(dataset.rows * SHAPE_SIZE);
  const reduce = reducer(dataset.schema.side);
  for (let row = 0; row < dataset.rows; row++) {
    const { grey, size } = reduce(imageOf(dataset, row));
    const shape = shapes.subarray(row * SHAPE_SIZE, (row + 1) * SHAPE_SIZE);
    pool(edgesOf(grey, size), shape);
    let total = 0;
    for (let i = 0; i < SHAPE_SIZE; i++) total += shape[i]!;
    if (total === 0) continue;
    for (let i = 0; i < SHAPE_SIZE; i++) shape[i] = Math.sqrt(shape[i]! / total);
  }
  return shapes;
}

/** Makes pictures of a side small and grey: means over blocks of pixels and all channels. */
function reducer(side: number) {
  const size = Math.min(side, MOST_PIXELS);
  const grey = new Float64Array(size * size);
  const target = Uint32Array.from({ length: side }, (_, i) => Math.floor((i * size) / side));
  const counts = new Uint32Array(size);
  for (const place of target) counts[place]!++;
  return (image: Uint8Array): { readonly grey: Float64Array; readonly size: number } => {
    grey.fill(0);
    for (let line = 0; line < image.length / side; line++) {
      const to = target[line % side]! * size;
      for (let x = 0; x < side; x++) grey[to + target[x]!]! += image[line * side + x]!;
    }
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) grey[y * size + x]! /= counts[y]! * counts[x]!;
    }
    return { grey, size };
  };
}

/**
 * Edges by block and direction. Directions go round in eighths; an edge between two of them is the sum
 * of one along each.
 */
function edgesOf(grey: Float64Array, size: number): Float64Array {
  const edges = new Float64Array(BLOCKS * BLOCKS * DIRECTIONS);
  const blockOf = (place: number): number => Math.floor((place * BLOCKS) / size);
  for (let y = 1; y < size - 1; y++) {
    const line = blockOf(y) * BLOCKS;
    for (let x = 1; x < size - 1; x++) {
      const at = y * size + x;
      const dx = grey[at + 1]! - grey[at - 1]!;
      const dy = grey[at + size]! - grey[at - size]!;
      const width = Math.abs(dx);
      const height = Math.abs(dy);
      const both = Math.min(width, height);
      const axis = width > height ? (dx < 0 ? 4 : 0) : dy < 0 ? 6 : 2;
      const diagonal = dx < 0 ? (dy < 0 ? 5 : 3) : dy < 0 ? 7 : 1;
      const block = (line + blockOf(x)) * DIRECTIONS;
      edges[block + axis]! += Math.max(width, height) - both;
      edges[block + diagonal]! += both * Math.SQRT2;
    }
  }
  return edges;
}

/** Adds the blocks to the cells that they are part of. */
function pool(edges: Float64Array, shape: Float32Array): void {
  for (let cell = 0; cell < CELLS * CELLS; cell++) {
    const top = 2 * Math.floor(cell / CELLS) - 1;
    const left = 2 * (cell % CELLS) - 1;
    for (let i = 0; i < WEIGHTS.length ** 2; i++) {
      const y = top + (i >> 2);
      const x = left + (i & 3);
      if (y < 0 || x < 0 || y >= BLOCKS || x >= BLOCKS) continue;
      const weight = WEIGHTS[i >> 2]! * WEIGHTS[i & 3]!;
      const block = (y * BLOCKS + x) * DIRECTIONS;
      for (let direction = 0; direction < DIRECTIONS; direction++) {
        shape[cell * DIRECTIONS + direction]! += weight * edges[block + direction]!;
      }
    }
  }
}
