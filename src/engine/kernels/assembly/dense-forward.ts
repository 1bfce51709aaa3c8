import { STRIP } from '../dense-constants';
import { LINE_BYTES } from './dense-strips';
import { Step } from './step';
import { claim } from './team';
import { addWeightedSum32, addWeightedSum48, ENTRY_BYTES, putEntry } from './weighted-sum';

/** Strips whose sums are added up apart, about a thousand inputs: small sums lose less to rounding. */
const DEPTH: i32 = 21;

@unmanaged
export class DenseForwardArguments {
  /** Strips of rows. */
  input: usize;
  inputStripBytes: i32;
  /** Strips of outputs. */
  weights: usize;
  weightStripBytes: i32;
  strips: i32;
  bias: usize;
  /** [row][output], rows padded to a multiple of four. */
  output: usize;
  outputs: i32;
  relu: i32;
  /** Outputs of one item of work, a multiple of four. */
  panel: i32;
}

/** Parts of the scratch memory, in order: ends of the rows' lists, the lists, a tile of weights, sums. */
// @ts-ignore: decorator
@inline
function listsOf(rows: i32, scratch: usize): usize {
  return scratch + (<usize>rows << 2);
}

// @ts-ignore: decorator
@inline
function tileOf(rows: i32, scratch: usize): usize {
  return listsOf(rows, scratch) + <usize>(rows * (STRIP + 1)) * ENTRY_BYTES;
}

// @ts-ignore: decorator
@inline
function sumsOf(rows: i32, scratch: usize): usize {
  return tileOf(rows, scratch) + <usize>STRIP * LINE_BYTES;
}

/** Outputs of a tile: 48, or 32 where 48 would be too many. */
// @ts-ignore: decorator
@inline
function tileWidth(rest: i32): i32 {
  return rest > 64 || (rest > 32 && rest <= 48) ? 48 : 32;
}

/**
 * output[row][o] = bias[o] + Σ over inputs of input[row][i] * weights[o][i]
 *
 * The inputs behind ReLU, pooling and dropout are zero in large part, so the sum goes over lists of the
 * others, a strip of 48 at a time: for 48 outputs at once in twelve accumulators, from the strip's weights
 * turned to [input][output], which serve all rows while they are in the first cache.
 */
export function denseForward(a: DenseForwardArguments, step: Step, scratch: usize): void {
  const rows = step.rows;
  const panels = (a.outputs + a.panel - 1) / a.panel;
  for (let panel = claim(panels); panel >= 0; panel = claim(panels)) {
    const first = panel * a.panel;
    const last = min(a.outputs, first + a.panel);
    for (let strip = 0; strip < a.strips; strip++) {
      if (strip % DEPTH == 0) memory.fill(sumsOf(rows, scratch), 0, <usize>((last - first + 31) * rows) << 2);
      listInputs(a.input + <usize>strip * <usize>a.inputStripBytes, rows, scratch);
      addStrip(a, strip, rows, first, last, scratch);
      if (strip % DEPTH == DEPTH - 1 || strip == a.strips - 1) {
        putSums(a, rows, first, last, strip < DEPTH, strip == a.strips - 1, sumsOf(rows, scratch));
      }
    }
  }
}

/** Lists what is not zero in each row of a strip. */
function listInputs(x: usize, rows: i32, scratch: usize): void {
  let list = listsOf(rows, scratch);
  for (let row = 0; row < rows; row++) {
    let entry = list;
    for (let i = 0; i < STRIP; i++) {
      const value = load<f32>(x);
      // A zero is written, too, and then overwritten: there is no branch to guess.
      putEntry(entry, i * <i32>LINE_BYTES, value);
      entry += value != 0 ? ENTRY_BYTES : 0;
      x += 4;
    }
    store<usize>(scratch + (<usize>row << 2), entry);
    list += <usize>(STRIP + 1) * ENTRY_BYTES;
  }
}

/** Adds a strip's share of the sums of some outputs, tile by tile: [tile][row][outputs of the tile]. */
function addStrip(a: DenseForwardArguments, strip: i32, rows: i32, first: i32, last: i32, scratch: usize): void {
  const weights = a.weights + <usize>strip * <usize>a.weightStripBytes;
  const tile = tileOf(rows, scratch);
  let sums = sumsOf(rows, scratch);
  for (let output = first, width = 0; output < last; output += width) {
    width = tileWidth(last - output);
    turn(weights + <usize>output * LINE_BYTES, min(width, last - output), tile);
    let list = listsOf(rows, scratch);
    for (let row = 0; row < rows; row++) {
      const end = load<usize>(scratch + (<usize>row << 2));
      if (width == 48) addWeightedSum48(sums, tile, list, end);
      else addWeightedSum32(sums, tile, list, end);
      list += <usize>(STRIP + 1) * ENTRY_BYTES;
      sums += <usize>width << 2;
    }
  }
}

/** Turns `outputs` lines (a multiple of four) of 48 inputs into 48 lines of outputs. */
function turn(source: usize, outputs: i32, target: usize): void {
  for (let output = 0; output < outputs; output += 4) {
    let to = target + (<usize>output << 2);
    for (let i = 0; i < STRIP; i += 4) {
      const r0 = v128.load(source), r1 = v128.load(source, LINE_BYTES);
      const r2 = v128.load(source, 2 * LINE_BYTES), r3 = v128.load(source, 3 * LINE_BYTES);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
      v128.store(to, v128.shuffle<f64>(low01, low23, 1, 3), LINE_BYTES);
      v128.store(to, v128.shuffle<f64>(high01, high23, 0, 2), 2 * LINE_BYTES);
      v128.store(to, v128.shuffle<f64>(high01, high23, 1, 3), 3 * LINE_BYTES);
      source += 16;
      to += 4 * LINE_BYTES;
    }
    source += 3 * LINE_BYTES;
  }
}

/** Adds the sums of some strips to the output, or to the biases where they are the first. */
function putSums(
  a: DenseForwardArguments, rows: i32, first: i32, last: i32, start: bool, finish: bool, sums: usize,
): void {
  const rowBytes = <usize>a.outputs << 2;
  const relu = finish && a.relu != 0;
  for (let output = first, width = 0; output < last; output += width) {
    width = tileWidth(last - output);
    const count = min(width, last - output);
    for (let row = 0; row < rows; row++) {
      const target = a.output + <usize>row * rowBytes + (<usize>output << 2);
      const before = start ? a.bias + (<usize>output << 2) : target;
      for (let i: usize = 0; i < <usize>count << 2; i += 16) {
        let y = f32x4.add(v128.load(before + i), v128.load(sums + i));
        // As in the convolution, NaN passes.
        if (relu) y = v128.andnot(y, f32x4.lt(y, f32x4.splat(0)));
        v128.store(target + i, y);
      }
      sums += <usize>width << 2;
    }
  }
}
