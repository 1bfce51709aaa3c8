import { multiplyAdd, sumLanes } from './simd';
import { Step } from './step';
import { claim } from './team';
import { RuleArguments, updateRun } from './update';

/** Inputs that are gone through before a tile's sums go back to memory: what fits the caches. */
const DEPTH: i32 = 1024;

@unmanaged
export class DenseForwardArguments {
  /** [row][input], rows padded to a multiple of four with zeros; so are all matrices here. */
  input: usize;
  output: usize;
  /** [output][input]. */
  weights: usize;
  bias: usize;
  inputs: i32;
  outputs: i32;
  relu: i32;
  /** Outputs of one item of work, a multiple of four. */
  panel: i32;
}

/**
 * output = input * weightsᵀ + bias: dot products of rows that both lie in order, in tiles of four rows
 * by two outputs, whose lanes are added up at the end.
 */
export function denseForward(a: DenseForwardArguments, step: Step): void {
  const panels = (a.outputs + a.panel - 1) / a.panel;
  for (let panel = claim(panels); panel >= 0; panel = claim(panels)) {
    const first = panel * a.panel;
    const last = min(a.outputs, first + a.panel);
    for (let depth = 0; depth < a.inputs; depth += DEPTH) {
      const end = min(a.inputs, depth + DEPTH);
      for (let output = first; output < last; output += 2) {
        for (let row = 0; row < step.rows; row += 4) forwardTile(a, row, output, depth, end);
      }
    }
  }
}

function forwardTile(a: DenseForwardArguments, row: i32, output: i32, from: i32, to: i32): void {
  const rowBytes = <usize>a.inputs << 2;
  const outputBytes = <usize>a.outputs << 2;
  let x0 = a.input + <usize>row * rowBytes + (<usize>from << 2);
  let x1 = x0 + rowBytes;
  let x2 = x1 + rowBytes;
  let x3 = x2 + rowBytes;
  let w0 = a.weights + <usize>output * rowBytes + (<usize>from << 2);
  let w1 = w0 + rowBytes;
  const end = x0 + (<usize>(to - from) << 2);
  let a00 = f32x4.splat(0), a01 = f32x4.splat(0), a10 = f32x4.splat(0), a11 = f32x4.splat(0);
  let a20 = f32x4.splat(0), a21 = f32x4.splat(0), a30 = f32x4.splat(0), a31 = f32x4.splat(0);
  while (x0 < end) {
    const u = v128.load(w0);
    const v = v128.load(w1);
    const r0 = v128.load(x0);
    a00 = multiplyAdd(r0, u, a00);
    a01 = multiplyAdd(r0, v, a01);
    const r1 = v128.load(x1);
    a10 = multiplyAdd(r1, u, a10);
    a11 = multiplyAdd(r1, v, a11);
    const r2 = v128.load(x2);
    a20 = multiplyAdd(r2, u, a20);
    a21 = multiplyAdd(r2, v, a21);
    const r3 = v128.load(x3);
    a30 = multiplyAdd(r3, u, a30);
    a31 = multiplyAdd(r3, v, a31);
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
    w0 += 16;
    w1 += 16;
  }
  const target = a.output + <usize>row * outputBytes + (<usize>output << 2);
  const finish = to == a.inputs && a.relu != 0;
  const b0 = load<f32>(a.bias + (<usize>output << 2));
  const b1 = load<f32>(a.bias + (<usize>output << 2), 4);
  const start = from == 0;
  put(target, sumLanes(a00), sumLanes(a01), b0, b1, start, finish);
  put(target + outputBytes, sumLanes(a10), sumLanes(a11), b0, b1, start, finish);
  put(target + 2 * outputBytes, sumLanes(a20), sumLanes(a21), b0, b1, start, finish);
  put(target + 3 * outputBytes, sumLanes(a30), sumLanes(a31), b0, b1, start, finish);
}

// @ts-ignore: decorator
@inline
function put(target: usize, s0: f32, s1: f32, b0: f32, b1: f32, start: bool, relu: bool): void {
  let y0 = s0 + (start ? b0 : load<f32>(target));
  let y1 = s1 + (start ? b1 : load<f32>(target, 4));
  if (relu) {
    // As in the convolution, NaN passes.
    if (y0 < 0) y0 = 0;
    if (y1 < 0) y1 = 0;
  }
  store<f32>(target, y0);
  store<f32>(target, y1, 4);
}

@unmanaged
export class PackGradientArguments {
  /** [row][output]. */
  gradient: usize;
  /** The layer's own output where ReLU followed, whose zeros silence the gradient; else 0. */
  output: usize;
  /** [4 rows][output][4]: what the input gradient reads. */
  byRows: usize;
  /** [4 outputs][row][4]: what the weight gradient reads. Like the biases' gradient 0 in a frozen layer. */
  byOutputs: usize;
  biasGradient: usize;
  outputs: i32;
  /** Factor of a dropout behind the ReLU, else 1. */
  scale: f32;
}

/** Lays the output's gradient out for both products of the way back, and sums it up for the biases. */
export function packGradient(a: PackGradientArguments, step: Step): void {
  const blocks = a.outputs >> 2;
  const rows = step.rows;
  const rowBytes = <usize>a.outputs << 2;
  const learns = a.biasGradient != 0;
  for (let block = claim(blocks); block >= 0; block = claim(blocks)) {
    const source = a.gradient + (<usize>block << 4);
    const byOutputs = a.byOutputs + (<usize>(block * rows) << 4);
    let total = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      let g = f32x4.mul(v128.load(source + <usize>row * rowBytes), f32x4.splat(a.scale));
      if (a.output) {
        const y = v128.load(a.output + (<usize>block << 4) + <usize>row * rowBytes);
        g = v128.and(g, f32x4.gt(y, f32x4.splat(0)));
      }
      if (learns) v128.store(byOutputs + (<usize>row << 4), g);
      total = f32x4.add(total, g);
      let target = a.byRows + (<usize>((row >> 2) * a.outputs + (block << 2)) << 4) + (<usize>(row & 3) << 2);
      store<f32>(target, f32x4.extract_lane(g, 0));
      store<f32>(target, f32x4.extract_lane(g, 1), 16);
      store<f32>(target, f32x4.extract_lane(g, 2), 32);
      store<f32>(target, f32x4.extract_lane(g, 3), 48);
    }
    if (learns) v128.store(a.biasGradient + (<usize>block << 4), total);
  }
}

/** Inputs of one item of the way back. */
const BLOCK: i32 = 64;

@unmanaged
export class DenseBackwardArguments {
  input: usize;
  /** [row][input], or 0 where it is not wanted. */
  inputGradient: usize;
  weights: usize;
  byRows: usize;
  byOutputs: usize;
  /** Where the weights' gradient goes, or 0 to apply it on the spot by the rule. */
  gradient: usize;
  inputs: i32;
  outputs: i32;
  /** 0 in a frozen layer, whose weights have no gradient. */
  rule: RuleArguments;
  /** State of the rule, each like the weights, or 0. */
  state1: usize;
  state2: usize;
}

/**
 * Both gradients of a dense layer, a block of inputs at a time, so that a weight is read from far away
 * once: first the input's gradient from the old weights, then the weights' gradient and their update.
 */
export function denseBackward(a: DenseBackwardArguments, step: Step, scratch: usize): void {
  const blocks = (a.inputs + BLOCK - 1) / BLOCK;
  for (let block = claim(blocks); block >= 0; block = claim(blocks)) {
    const first = block * BLOCK;
    const width = min(BLOCK, a.inputs - first);
    if (a.inputGradient) {
      packStrips(a.weights, a.inputs, a.outputs, first, width, scratch);
      inputGradientBlock(a, step.rows, first, width, scratch);
    }
    if (changetype<usize>(a.rule) != 0) {
      packStrips(a.input, a.inputs, step.rows, first, width, scratch);
      weightGradientBlock(a, step, first, width, scratch);
    }
  }
}

/** Copies `width` columns of a matrix as strips of eight columns, [strip][row][8]; zeros fill the last one. */
function packStrips(matrix: usize, columns: i32, rows: i32, first: i32, width: i32, target: usize): void {
  const rowBytes = <usize>columns << 2;
  const stripBytes = <usize>rows << 5;
  for (let row = 0; row < rows; row++) {
    let source = matrix + <usize>row * rowBytes + (<usize>first << 2);
    let to = target + (<usize>row << 5);
    for (let column = 0; column < width; column += 8) {
      v128.store(to, v128.load(source));
      v128.store(to, width - column > 4 ? v128.load(source, 16) : f32x4.splat(0), 16);
      source += 32;
      to += stripBytes;
    }
  }
}

function inputGradientBlock(a: DenseBackwardArguments, rows: i32, first: i32, width: i32, strips: usize): void {
  const rowBytes = <usize>a.inputs << 2;
  const stripBytes = <usize>a.outputs << 5;
  for (let column = 0; column < width; column += 8) {
    const strip = strips + <usize>(column >> 3) * stripBytes;
    for (let row = 0; row < rows; row += 4) {
      const g = a.byRows + (<usize>(row * a.outputs) << 2);
      const target = a.inputGradient + <usize>row * rowBytes + (<usize>(first + column) << 2);
      outerProductTile(g, strip, a.outputs, target, rowBytes, width - column > 4);
    }
  }
}

function weightGradientBlock(a: DenseBackwardArguments, step: Step, first: i32, width: i32, scratch: usize): void {
  const rows = step.rows;
  const stripBytes = <usize>rows << 5;
  // Four outputs by `width` inputs, behind the strips.
  const gradients = scratch + <usize>(BLOCK >> 3) * stripBytes;
  for (let output = 0; output < a.outputs; output += 4) {
    const g = a.byOutputs + (<usize>(output * rows) << 2);
    for (let column = 0; column < width; column += 8) {
      const strip = scratch + <usize>(column >> 3) * stripBytes;
      outerProductTile(g, strip, rows, gradients + (<usize>column << 2), BLOCK * 4, true);
    }
    for (let i = 0; i < 4; i++) {
      const offset = <usize>((output + i) * a.inputs + first) << 2;
      const from = gradients + <usize>(i * BLOCK << 2);
      if (a.gradient) memory.copy(a.gradient + offset, from, <usize>width << 2);
      else updateRun(a.rule, step, a.weights + offset, from, a.state1 + offset, a.state2 + offset, width);
    }
  }
}

/**
 * The sum of `count` outer products of four values and eight, [n][4] and [n][8]: four lines of eight,
 * of which only the first four values are written where `both` is false.
 */
function outerProductTile(g: usize, x: usize, count: i32, target: usize, lineBytes: usize, both: bool): void {
  let a00 = f32x4.splat(0), a01 = f32x4.splat(0), a10 = f32x4.splat(0), a11 = f32x4.splat(0);
  let a20 = f32x4.splat(0), a21 = f32x4.splat(0), a30 = f32x4.splat(0), a31 = f32x4.splat(0);
  const end = g + (<usize>count << 4);
  while (g < end) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const g0 = v128.load32_splat(g);
    a00 = multiplyAdd(g0, x0, a00);
    a01 = multiplyAdd(g0, x1, a01);
    const g1 = v128.load32_splat(g, 4);
    a10 = multiplyAdd(g1, x0, a10);
    a11 = multiplyAdd(g1, x1, a11);
    const g2 = v128.load32_splat(g, 8);
    a20 = multiplyAdd(g2, x0, a20);
    a21 = multiplyAdd(g2, x1, a21);
    const g3 = v128.load32_splat(g, 12);
    a30 = multiplyAdd(g3, x0, a30);
    a31 = multiplyAdd(g3, x1, a31);
    g += 16;
    x += 32;
  }
  putLine(target, a00, a01, both);
  putLine(target + lineBytes, a10, a11, both);
  putLine(target + 2 * lineBytes, a20, a21, both);
  putLine(target + 3 * lineBytes, a30, a31, both);
}

// @ts-ignore: decorator
@inline
function putLine(target: usize, a0: v128, a1: v128, both: bool): void {
  v128.store(target, a0);
  if (both) v128.store(target, a1, 16);
}
