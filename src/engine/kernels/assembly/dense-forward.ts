import { LINE_BYTES } from './dense-strips';
import { multiplyAdd } from './simd';
import { Step } from './step';
import { claim } from './team';

/** Strips that are gone through before a tile's sums go back to memory: about a thousand inputs. */
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

/**
 * output[row][o] = bias[o] + Σ over inputs of input[row][i] * weights[o][i]
 *
 * Dot products of lines that both lie in order, whose lanes are added up at the end. The tile is four rows
 * by two outputs: eight accumulators, six loads for eight multiply-adds.
 */
export function denseForward(a: DenseForwardArguments, step: Step): void {
  const panels = (a.outputs + a.panel - 1) / a.panel;
  for (let panel = claim(panels); panel >= 0; panel = claim(panels)) {
    const first = panel * a.panel;
    const last = min(a.outputs, first + a.panel);
    for (let strip = 0; strip < a.strips; strip += DEPTH) {
      const end = min(a.strips, strip + DEPTH);
      for (let row = 0; row < step.rows; row += 4) {
        for (let output = first; output < last; output += 2) forwardTile(a, row, output, strip, end);
      }
    }
  }
}

function forwardTile(a: DenseForwardArguments, row: i32, output: i32, from: i32, to: i32): void {
  const inputStep = <usize>a.inputStripBytes - LINE_BYTES;
  const weightStep = <usize>a.weightStripBytes - LINE_BYTES;
  let x = a.input + <usize>from * <usize>a.inputStripBytes + <usize>row * LINE_BYTES;
  let w = a.weights + <usize>from * <usize>a.weightStripBytes + <usize>output * LINE_BYTES;
  let a00 = f32x4.splat(0), a01 = f32x4.splat(0), a10 = f32x4.splat(0), a11 = f32x4.splat(0);
  let a20 = f32x4.splat(0), a21 = f32x4.splat(0), a30 = f32x4.splat(0), a31 = f32x4.splat(0);
  for (let strip = from; strip < to; strip++) {
    const end = x + LINE_BYTES;
    while (x < end) {
      const u = v128.load(w);
      const v = v128.load(w, LINE_BYTES);
      const r0 = v128.load(x);
      a00 = multiplyAdd(r0, u, a00);
      a01 = multiplyAdd(r0, v, a01);
      const r1 = v128.load(x, LINE_BYTES);
      a10 = multiplyAdd(r1, u, a10);
      a11 = multiplyAdd(r1, v, a11);
      const r2 = v128.load(x, 2 * LINE_BYTES);
      a20 = multiplyAdd(r2, u, a20);
      a21 = multiplyAdd(r2, v, a21);
      const r3 = v128.load(x, 3 * LINE_BYTES);
      a30 = multiplyAdd(r3, u, a30);
      a31 = multiplyAdd(r3, v, a31);
      x += 16;
      w += 16;
    }
    x += inputStep;
    w += weightStep;
  }
  const outputBytes = <usize>a.outputs << 2;
  const target = a.output + <usize>row * outputBytes + (<usize>output << 2);
  const bias = a.bias + (<usize>output << 2);
  const start = from == 0;
  const finish = to == a.strips && a.relu != 0;
  putPairs(target, target + outputBytes, sumPairs(a00, a01, a10, a11), bias, start, finish);
  putPairs(target + 2 * outputBytes, target + 3 * outputBytes, sumPairs(a20, a21, a30, a31), bias, start, finish);
}

/** The sums of the lanes of four vectors, each in the order of `sumLanes`. */
// @ts-ignore: decorator
@inline
function sumPairs(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 2, 4, 6), v128.shuffle<f32>(c, d, 1, 3, 5, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/** Adds the sums of two outputs in two rows to what stands there, or to the biases where they are the first. */
// @ts-ignore: decorator
@inline
function putPairs(t0: usize, t1: usize, sums: v128, bias: usize, start: bool, relu: bool): void {
  const before = v128.load64_lane(start ? bias : t1, v128.load64_zero(start ? bias : t0), 1);
  let y = f32x4.add(sums, before);
  // As in the convolution, NaN passes.
  if (relu) y = v128.andnot(y, f32x4.lt(y, f32x4.splat(0)));
  v128.store64_lane(t0, y, 0);
  v128.store64_lane(t1, y, 1);
}
