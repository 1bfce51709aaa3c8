import { forwardGreyRows } from './convolution-forward-grey';
import { multiplyAdd } from './simd';
import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class PackConvolutionArguments {
  /** [filter][y][x * channels + channel], rows padded to a multiple of four floats. */
  weights: usize;
  /** [block of 8 filters][y][x * channels + channel][8]. */
  packed: usize;
  filters: i32;
  kernel: i32;
  /** kernel * channels. */
  run: i32;
  paddedRun: i32;
}

/** Lays convolution weights out in blocks of eight filters, so that the forward kernel reads them in order. */
export function packConvolution(a: PackConvolutionArguments): void {
  const blocks = (a.filters + 7) >> 3;
  for (let block = claim(blocks); block >= 0; block = claim(blocks)) {
    let target = a.packed + (<usize>(block * a.kernel * a.run) << 5);
    const first = block << 3;
    for (let y = 0; y < a.kernel; y++) {
      for (let k = 0; k < a.run; k++) {
        for (let i = 0; i < 8; i++) {
          const filter = first + i;
          const index = (filter * a.kernel + y) * a.paddedRun + k;
          store<f32>(target, filter < a.filters ? load<f32>(a.weights + (<usize>index << 2)) : 0);
          target += 4;
        }
      }
    }
  }
}

@unmanaged
export class ConvolutionForwardArguments {
  input: MapLayout;
  output: MapLayout;
  /**
   * One byte an output value, for the way back: which of the four positions of its window won
   * (0 … 3, row by row; 0 without pooling), or 255 where ReLU silenced it.
   */
  codes: usize;
  packed: usize;
  bias: usize;
  kernel: i32;
  /** 1 or 2. */
  stride: i32;
  relu: i32;
  pool: i32;
  /** Output rows of one item of work, so that a single image is shared by all threads. */
  itemRows: i32;
}

/**
 * Convolution, bias, ReLU and 2 x 2 max-pooling.
 *
 * The tile is four positions by eight filters: eight accumulators, which with two weight vectors and
 * four broadcast inputs fit the sixteen vector registers. With pooling the four positions are one
 * window, so the map before pooling never exists in memory.
 */
export function convolutionForward(a: ConvolutionForwardArguments, step: Step, scratch: usize): void {
  const strips = (a.output.height + a.itemRows - 1) / a.itemRows;
  const items = step.rows * strips;
  const grey = a.input.channels == 1 && a.kernel == 3 && a.stride == 1 && a.pool != 0 && (a.output.channels & 3) == 0;
  for (let item = claim(items); item >= 0; item = claim(items)) {
    const from = (item % strips) * a.itemRows;
    const to = min(a.output.height, from + a.itemRows);
    if (grey) forwardGreyRows(a, item / strips, from, to);
    else forwardRows(a, item / strips, from, to, scratch);
  }
}

function forwardRows(a: ConvolutionForwardArguments, image: i32, from: i32, to: i32, scratch: usize): void {
  const input = a.input;
  const output = a.output;
  const filters = output.channels;
  const pixel = <usize>input.channels << 2;
  const rowBytes = <usize>input.rowBytes;
  const kernel = a.kernel;
  const run = <usize>kernel * pixel;
  const blockBytes = <usize>kernel * run * 8;
  const pool = a.pool != 0;
  const relu = a.relu != 0;
  const source = input.origin + <usize>image * <usize>input.imageBytes;
  const lastX = <usize>(output.width - 1);
  const outputPixel = <usize>filters << 2;
  const advance = pool ? 1 : 4;
  // From one position to the next, and to the one below.
  const right = <usize>a.stride * pixel;
  const below = <usize>a.stride * rowBytes;

  for (let oy = from; oy < to; oy++) {
    const sourceRow = source + <usize>(pool ? oy << 1 : oy) * below;
    const targetRow = output.row(image, oy);
    const codeRow = a.codes + <usize>((image * output.height + oy) * output.width) * <usize>filters;
    for (let filter = 0, block = a.packed; filter < filters; filter += 8, block += blockBytes) {
      const bias0 = v128.load(a.bias + (<usize>filter << 2));
      const bias1 = v128.load(a.bias + (<usize>filter << 2), 16);
      for (let ox = 0; ox < output.width; ox += advance) {
        let p0: usize, p1: usize, p2: usize, p3: usize;
        if (pool) {
          p0 = sourceRow + (<usize>ox << 1) * right;
          p1 = p0 + right;
          p2 = p0 + below;
          p3 = p2 + right;
        } else {
          // At the right edge the last position is computed again rather than one outside the map.
          p0 = sourceRow + <usize>ox * right;
          p1 = sourceRow + min(<usize>ox + 1, lastX) * right;
          p2 = sourceRow + min(<usize>ox + 2, lastX) * right;
          p3 = sourceRow + min(<usize>ox + 3, lastX) * right;
        }
        let a00 = bias0, a01 = bias1, a10 = bias0, a11 = bias1;
        let a20 = bias0, a21 = bias1, a30 = bias0, a31 = bias1;
        let w = block;
        for (let ky = 0; ky < kernel; ky++) {
          for (let k: usize = 0; k < run; k += 4) {
            const w0 = v128.load(w);
            const w1 = v128.load(w, 16);
            w += 32;
            const x0 = v128.load32_splat(p0 + k);
            a00 = multiplyAdd(x0, w0, a00);
            a01 = multiplyAdd(x0, w1, a01);
            const x1 = v128.load32_splat(p1 + k);
            a10 = multiplyAdd(x1, w0, a10);
            a11 = multiplyAdd(x1, w1, a11);
            const x2 = v128.load32_splat(p2 + k);
            a20 = multiplyAdd(x2, w0, a20);
            a21 = multiplyAdd(x2, w1, a21);
            const x3 = v128.load32_splat(p3 + k);
            a30 = multiplyAdd(x3, w0, a30);
            a31 = multiplyAdd(x3, w1, a31);
          }
          p0 += rowBytes;
          p1 += rowBytes;
          p2 += rowBytes;
          p3 += rowBytes;
        }
        if (pool) {
          const target = targetRow + <usize>ox * outputPixel + (<usize>filter << 2);
          const code = codeRow + <usize>(ox * filters + filter);
          putWindow(target, code, a00, a01, a10, a11, a20, a21, a30, a31, relu, filters - filter, scratch);
        } else {
          const positions = min(4, output.width - ox);
          const target = targetRow + <usize>ox * outputPixel + (<usize>filter << 2);
          const code = codeRow + <usize>(ox * filters + filter);
          const rest = filters - filter;
          putPosition(target, code, a00, a01, relu, rest, scratch);
          if (positions > 1) putPosition(target + outputPixel, code + filters, a10, a11, relu, rest, scratch);
          if (positions > 2) putPosition(target + 2 * outputPixel, code + 2 * filters, a20, a21, relu, rest, scratch);
          if (positions > 3) putPosition(target + 3 * outputPixel, code + 3 * filters, a30, a31, relu, rest, scratch);
        }
      }
    }
  }
}

/** Writes the largest of four positions, with its code, for eight filters or what there is of them. */
// @ts-ignore: decorator
@inline
export function putWindow(
  target: usize, code: usize, a00: v128, a01: v128, a10: v128, a11: v128, a20: v128, a21: v128, a30: v128, a31: v128,
  relu: bool, filters: i32, scratch: usize,
): void {
  let c0 = i32x4.splat(0), c1 = i32x4.splat(0);
  // Strictly greater: the first of equals keeps its place.
  let g0 = f32x4.gt(a10, a00), g1 = f32x4.gt(a11, a01);
  a00 = v128.bitselect(a10, a00, g0);
  a01 = v128.bitselect(a11, a01, g1);
  c0 = v128.bitselect(i32x4.splat(1), c0, g0);
  c1 = v128.bitselect(i32x4.splat(1), c1, g1);
  g0 = f32x4.gt(a20, a00), g1 = f32x4.gt(a21, a01);
  a00 = v128.bitselect(a20, a00, g0);
  a01 = v128.bitselect(a21, a01, g1);
  c0 = v128.bitselect(i32x4.splat(2), c0, g0);
  c1 = v128.bitselect(i32x4.splat(2), c1, g1);
  g0 = f32x4.gt(a30, a00), g1 = f32x4.gt(a31, a01);
  a00 = v128.bitselect(a30, a00, g0);
  a01 = v128.bitselect(a31, a01, g1);
  c0 = v128.bitselect(i32x4.splat(3), c0, g0);
  c1 = v128.bitselect(i32x4.splat(3), c1, g1);
  if (relu) {
    const zero = f32x4.splat(0);
    c0 = v128.or(c0, f32x4.le(a00, zero));
    c1 = v128.or(c1, f32x4.le(a01, zero));
    a00 = f32x4.pmax(a00, zero);
    a01 = f32x4.pmax(a01, zero);
  }
  if (filters >= 8) put(target, code, a00, a01, c0, c1);
  else putPart(target, code, a00, a01, c0, c1, filters, scratch);
}

/** Writes one position without pooling. */
export function putPosition(
  target: usize, code: usize, a0: v128, a1: v128, relu: bool, filters: i32, scratch: usize,
): void {
  let c0 = i32x4.splat(0), c1 = i32x4.splat(0);
  if (relu) {
    const zero = f32x4.splat(0);
    c0 = f32x4.le(a0, zero);
    c1 = f32x4.le(a1, zero);
    a0 = f32x4.pmax(a0, zero);
    a1 = f32x4.pmax(a1, zero);
  }
  if (filters >= 8) put(target, code, a0, a1, c0, c1);
  else putPart(target, code, a0, a1, c0, c1, filters, scratch);
}

// @ts-ignore: decorator
@inline
function put(target: usize, code: usize, a0: v128, a1: v128, c0: v128, c1: v128): void {
  v128.store(target, a0);
  v128.store(target, a1, 16);
  const narrow = i16x8.narrow_i32x4_s(c0, c1);
  v128.store64_lane(code, i8x16.narrow_i16x8_s(narrow, narrow), 0);
}

/** Writes fewer than eight filters. */
function putPart(
  target: usize, code: usize, a0: v128, a1: v128, c0: v128, c1: v128, filters: i32, scratch: usize,
): void {
  put(scratch, scratch + 32, a0, a1, c0, c1);
  for (let i = 0; i < filters; i++) {
    store<f32>(target + (<usize>i << 2), load<f32>(scratch + (<usize>i << 2)));
    store<u8>(code + i, load<u8>(scratch + 32 + i));
  }
}
