import { CHUNK } from '../dense-constants';
import { LINE_BYTES } from './dense-strips';
import { Step } from './step';
import { claim } from './team';
import { ENTRY_BYTES, putEntry } from './weighted-sum';

/**
 * What is not zero in the output's gradient, a matrix of rows and outputs, listed for each of its lines:
 * the outputs of a row, or the rows of an output. An entry's place is that of a line of a strip.
 *
 * Places are cut into chunks of nearly equal size, and each line has a list for every chunk, so
 * [chunk][line]: what the lists of a chunk point to, 27 KB of a strip at most, stays in the fastest cache
 * while all lines pass. A list is a word that tells where its entries end, one unused, and the entries.
 */
const HEAD_BYTES: usize = 8;

export function chunksOf(places: i32): i32 {
  return (places + CHUNK - 1) / CHUNK;
}

/** Places of every chunk but the last one, which may have fewer. */
export function chunkSize(places: i32): i32 {
  const chunks = chunksOf(places);
  return (places + chunks - 1) / chunks;
}

/** Bytes from one list to the next. */
export function listBytes(places: i32): usize {
  return HEAD_BYTES + <usize>chunkSize(places) * ENTRY_BYTES;
}

// @ts-ignore: decorator
@inline
export function firstEntry(list: usize): usize {
  return list + HEAD_BYTES;
}

// @ts-ignore: decorator
@inline
export function endOfEntries(list: usize): usize {
  return load<usize>(list);
}

@unmanaged
export class ListGradientArguments {
  /** [row][output]. */
  gradient: usize;
  /** The layer's own output where ReLU followed, whose zeros silence the gradient; else 0. */
  output: usize;
  /** For the input's gradient; 0 where that is not wanted. */
  byRows: usize;
  /** For the weights' gradient; like the biases' 0 in a frozen layer. */
  byOutputs: usize;
  biasGradient: usize;
  outputs: i32;
  /** Factor of a dropout behind the ReLU, else 1. */
  scale: f32;
}

/** Lines of one item of work. */
const LINES: i32 = 8;

/** Lists the output's gradient for both products of the way back, and sums it up for the biases. */
export function listGradient(a: ListGradientArguments, step: Step): void {
  const rowItems = a.byRows ? (step.rows + LINES - 1) / LINES : 0;
  const items = rowItems + (a.byOutputs ? (a.outputs + LINES - 1) / LINES : 0);
  for (let item = claim(items); item >= 0; item = claim(items)) {
    if (item < rowItems) listRows(a, item * LINES, step.rows);
    else listOutputs(a, (item - rowItems) * LINES, step.rows);
  }
}

function listRows(a: ListGradientArguments, first: i32, rows: i32): void {
  const bytes = listBytes(a.outputs);
  for (let row = first; row < min(rows, first + LINES); row++) {
    const offset = <usize>(row * a.outputs) << 2;
    listLine(a, offset, 4, a.outputs, a.byRows + <usize>row * bytes, <usize>rows * bytes);
  }
}

function listOutputs(a: ListGradientArguments, first: i32, rows: i32): void {
  const bytes = listBytes(rows);
  for (let output = first; output < min(a.outputs, first + LINES); output++) {
    const offset = <usize>output << 2;
    const list = a.byOutputs + <usize>output * bytes;
    const total = listLine(a, offset, <usize>a.outputs << 2, rows, list, <usize>a.outputs * bytes);
    store<f32>(a.biasGradient + offset, total);
  }
}

/**
 * Lists the `places` gradients of a line, which stand `stride` bytes apart from `offset` on, and returns
 * their sum. The lists of its chunks are `chunkBytes` apart.
 */
function listLine(
  a: ListGradientArguments, offset: usize, stride: usize, places: i32, list: usize, chunkBytes: usize,
): f32 {
  const size = chunkSize(places);
  let total: f32 = 0;
  for (let first = 0; first < places; first += size) {
    let entry = firstEntry(list);
    for (let place = first; place < min(places, first + size); place++) {
      let g = load<f32>(a.gradient + offset) * a.scale;
      if (a.output) g = load<f32>(a.output + offset) > 0 ? g : 0;
      total += g;
      // Written in any case, and overwritten after a zero: a branch would often be mispredicted.
      putEntry(entry, place * <i32>LINE_BYTES, g);
      entry += g != 0 ? ENTRY_BYTES : 0;
      offset += stride;
    }
    store<usize>(list, entry);
    list += chunkBytes;
  }
  return total;
}
