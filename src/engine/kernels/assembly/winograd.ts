import { putPosition, putWindow } from './convolution-forward';
import { multiplyAdd } from './simd';
import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class PackWinogradArguments {
  /** [filter][y][x * channels + channel], rows padded to a multiple of four floats. */
  weights: usize;
  /** [block of 8 filters][component][channel][8]. */
  packed: usize;
  filters: i32;
  /** 2 or 3. */
  kernel: i32;
  channels: i32;
  paddedRun: i32;
  /** For the gradient of the input: filters and channels change places, and each filter is turned by 180°. */
  turned: i32;
}

/**
 * Transforms the weights for `winogradForward`: U = G g Gᵀ with
 *
 *   kernel 2: G = [1 0; 1 1; 0 1]      kernel 3: G = [1 0 0; ½ ½ ½; ½ -½ ½; 0 0 1]
 */
export function packWinograd(a: PackWinogradArguments, scratch: usize): void {
  const kernel = a.kernel;
  const side = kernel + 1;
  const components = side * side;
  const blocks = (a.filters + 7) >> 3;
  for (let block = claim(blocks); block >= 0; block = claim(blocks)) {
    const target = a.packed + (<usize>(block * components * a.channels) << 5);
    for (let i = 0; i < 8; i++) {
      const filter = (block << 3) + i;
      for (let channel = 0; channel < a.channels; channel++) {
        // Along y first: `side` rows of `kernel` values.
        for (let x = 0; x < kernel; x++) {
          let at = a.weights, row = <usize>a.paddedRun << 2;
          if (a.turned) {
            at += <usize>((channel * kernel + kernel - 1) * a.paddedRun + (kernel - 1 - x) * a.filters + filter) << 2;
            row = 0 - row;
          } else at += <usize>(filter * kernel * a.paddedRun + x * a.channels + channel) << 2;
          const known = filter < a.filters;
          const g0: f32 = known ? load<f32>(at) : 0;
          const g1: f32 = known ? load<f32>(at + row) : 0;
          const g2: f32 = known && kernel == 3 ? load<f32>(at + 2 * row) : 0;
          spread(kernel, g0, g1, g2, scratch + (<usize>x << 2), <usize>kernel << 2);
        }
        for (let y = 0; y < side; y++) {
          const row = scratch + (<usize>(y * kernel) << 2);
          const to = target + (<usize>((y * side * a.channels + channel) * 8 + i) << 2);
          const g2: f32 = kernel == 3 ? load<f32>(row, 8) : 0;
          spread(kernel, load<f32>(row), load<f32>(row, 4), g2, to, <usize>a.channels << 5);
        }
      }
    }
  }
}

/** G times a column of two or three values. */
function spread(kernel: i32, g0: f32, g1: f32, g2: f32, target: usize, stride: usize): void {
  store<f32>(target, g0);
  if (kernel == 2) {
    store<f32>(target + stride, g0 + g1);
    store<f32>(target + 2 * stride, g1);
  } else {
    store<f32>(target + stride, (g0 + g2 + g1) * 0.5);
    store<f32>(target + 2 * stride, (g0 + g2 - g1) * 0.5);
    store<f32>(target + 3 * stride, g2);
  }
}

@unmanaged
export class WinogradForwardArguments {
  input: MapLayout;
  output: MapLayout;
  /** As of `ConvolutionForwardArguments`; 0: none are written. */
  codes: usize;
  packed: usize;
  bias: usize;
  kernel: i32;
  relu: i32;
  /** Without pooling the output's height and width are even. */
  pool: i32;
  /** Rows of tiles whose transformed inputs stand in the scratch memory together. */
  stripHeight: i32;

  /** Tiles down or along the output. */
  // @ts-ignore: decorator
  @inline
  tiles(length: i32): i32 {
    return this.pool ? length : length >> 1;
  }
}

/**
 * Convolution with kernels of 2 x 2 or 3 x 3, bias, ReLU and 2 x 2 max-pooling by Winograd's minimal
 * filtering (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2015):
 *
 *   Y = Aᵀ [ Σ over channels of (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * One tile of outputs, 2 x 2, is one pooling window, where there is pooling. It takes 9 multiply-adds a channel
 * instead of 16 (kernel 2), or 16 instead of 36 (kernel 3). With the sums over channels of each component apart, they
 * are products of matrices: four tiles by eight filters at a time, as in the direct method.
 */
export function winogradForward(a: WinogradForwardArguments, step: Step, scratch: usize): void {
  const height = a.tiles(a.output.height);
  const strips = (height + a.stripHeight - 1) / a.stripHeight;
  const items = step.rows * strips;
  for (let item = claim(items); item >= 0; item = claim(items)) {
    const image = item / strips;
    const from = (item % strips) * a.stripHeight;
    const to = min(height, from + a.stripHeight);
    transformStrip(a.input, a.kernel, a.tiles(a.output.width), image, from, to, scratch);
    multiplyStrip(a, image, from, to, scratch);
  }
}

/** Bytes of four transformed tiles. */
// @ts-ignore: decorator
@inline
export function quadBytes(kernel: i32, channels: i32): usize {
  return <usize>((kernel + 1) * (kernel + 1) * channels) << 4;
}

/** Where a tile of the strip stands: [four tiles][component][tile of four][channel]. */
// @ts-ignore: decorator
@inline
export function tilePlace(tile: i32, quad: usize, pixel: usize): usize {
  return <usize>(tile >> 2) * quad + <usize>(tile & 3) * pixel;
}

/** Bᵀ d B for every tile of some rows of tiles, `width` in each. */
export function transformStrip(
  input: MapLayout, kernel: i32, width: i32, image: i32, from: i32, to: i32, target: usize,
): void {
  const pixel = <usize>input.channels << 2;
  const row = <usize>input.rowBytes;
  const quad = quadBytes(kernel, input.channels);
  const source = input.origin + <usize>image * <usize>input.imageBytes;
  let tile = 0;
  for (let y = from; y < to; y++) {
    let corner = source + <usize>(y << 1) * row;
    for (let x = 0; x < width; x++) {
      const v = target + tilePlace(tile, quad, pixel);
      if (kernel == 2) transformTile2(corner, row, pixel, v);
      else transformTile3(corner, row, pixel, v);
      corner += 2 * pixel;
      tile++;
    }
  }
}

/** With kernel 2, along a line: d0 - d1, d1, d1 - d2. */
function transformTile2(d: usize, row: usize, pixel: usize, v: usize): void {
  for (const end = d + pixel; d < end; d += 16, v += 16) {
    const low = d + row;
    const d0 = v128.load(low), d1 = v128.load(low + pixel), d2 = v128.load(low + 2 * pixel);
    let e0 = f32x4.sub(v128.load(d), d0);
    let e1 = f32x4.sub(v128.load(d + pixel), d1);
    let e2 = f32x4.sub(v128.load(d + 2 * pixel), d2);
    putLine2(v, pixel, e0, e1, e2);
    putLine2(v + 12 * pixel, pixel, d0, d1, d2);
    const last = low + row;
    e0 = f32x4.sub(d0, v128.load(last));
    e1 = f32x4.sub(d1, v128.load(last + pixel));
    e2 = f32x4.sub(d2, v128.load(last + 2 * pixel));
    putLine2(v + 24 * pixel, pixel, e0, e1, e2);
  }
}

// @ts-ignore: decorator
@inline
function putLine2(v: usize, pixel: usize, d0: v128, d1: v128, d2: v128): void {
  v128.store(v, f32x4.sub(d0, d1));
  v128.store(v + 4 * pixel, d1);
  v128.store(v + 8 * pixel, f32x4.sub(d1, d2));
}

/** With kernel 3, along a line: d0 - d2, d1 + d2, d2 - d1, d1 - d3. */
function transformTile3(d: usize, row: usize, pixel: usize, v: usize): void {
  for (const end = d + pixel; d < end; d += 16, v += 16) {
    const d1 = d + row, d2 = d1 + row, d3 = d2 + row;
    lineOfDifferences(d, d2, pixel, v);
    lineOfSums(d1, d2, pixel, v + 16 * pixel);
    lineOfDifferences(d2, d1, pixel, v + 32 * pixel);
    lineOfDifferences(d1, d3, pixel, v + 48 * pixel);
  }
}

function lineOfDifferences(a: usize, b: usize, pixel: usize, v: usize): void {
  putLine3(
    v, pixel,
    f32x4.sub(v128.load(a), v128.load(b)),
    f32x4.sub(v128.load(a + pixel), v128.load(b + pixel)),
    f32x4.sub(v128.load(a + 2 * pixel), v128.load(b + 2 * pixel)),
    f32x4.sub(v128.load(a + 3 * pixel), v128.load(b + 3 * pixel)),
  );
}

function lineOfSums(a: usize, b: usize, pixel: usize, v: usize): void {
  putLine3(
    v, pixel,
    f32x4.add(v128.load(a), v128.load(b)),
    f32x4.add(v128.load(a + pixel), v128.load(b + pixel)),
    f32x4.add(v128.load(a + 2 * pixel), v128.load(b + 2 * pixel)),
    f32x4.add(v128.load(a + 3 * pixel), v128.load(b + 3 * pixel)),
  );
}

// @ts-ignore: decorator
@inline
function putLine3(v: usize, pixel: usize, d0: v128, d1: v128, d2: v128, d3: v128): void {
  v128.store(v, f32x4.sub(d0, d2));
  v128.store(v + 4 * pixel, f32x4.add(d1, d2));
  v128.store(v + 8 * pixel, f32x4.sub(d2, d1));
  v128.store(v + 12 * pixel, f32x4.sub(d1, d3));
}

/** Products, sums over channels and the way back to outputs, for the tiles of some rows of tiles. */
function multiplyStrip(a: WinogradForwardArguments, image: i32, from: i32, to: i32, scratch: usize): void {
  const output = a.output;
  const filters = output.channels;
  const width = a.tiles(output.width);
  const components = (a.kernel + 1) * (a.kernel + 1);
  const quad = quadBytes(a.kernel, a.input.channels);
  const tiles = (to - from) * width;
  const quads = (tiles + 3) >> 2;
  const blockBytes = <usize>(components * a.input.channels) << 5;
  const sums = scratch + <usize>quads * quad;
  // From one tile to the next, in pixels.
  const side: i32 = a.pool ? 1 : 2;
  const firstRow = from * side;
  const codes = a.codes + <usize>((image * output.height + firstRow) * output.width) * <usize>filters;
  const targets = output.row(image, firstRow);
  for (let filter = 0, block = a.packed; filter < filters; filter += 8, block += blockBytes) {
    const bias0 = v128.load(a.bias + (<usize>filter << 2));
    const bias1 = v128.load(a.bias + (<usize>filter << 2), 16);
    let x = 0;
    let row = targets + (<usize>filter << 2);
    let codeRow = codes + <usize>filter;
    for (let first = 0; first < tiles; first += 4) {
      multiplyQuad(scratch + <usize>(first >> 2) * quad, block, components, <usize>a.input.channels << 2, sums);
      const count = min(4, tiles - first);
      for (let i = 0; i < count; i++) {
        const m = sums + (<usize>i << 5);
        const pixel = <usize>(x * side * filters);
        if (a.kernel == 2) tile2(a, m, row + (pixel << 2), codeRow + pixel, bias0, bias1, filters - filter, scratch);
        else tile3(a, m, row + (pixel << 2), codeRow + pixel, bias0, bias1, filters - filter, scratch);
        if (++x == width) {
          x = 0;
          row += <usize>(side * output.rowBytes);
          codeRow += <usize>(side * output.width * filters);
        }
      }
    }
  }
}

/** Sums over channels of four tiles by eight filters, for each component: [component][tile][8]. */
function multiplyQuad(x: usize, w: usize, components: i32, pixel: usize, target: usize): void {
  for (let component = 0; component < components; component++) {
    let a00 = f32x4.splat(0), a01 = f32x4.splat(0), a10 = f32x4.splat(0), a11 = f32x4.splat(0);
    let a20 = f32x4.splat(0), a21 = f32x4.splat(0), a30 = f32x4.splat(0), a31 = f32x4.splat(0);
    const end = x + pixel;
    while (x < end) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const x0 = v128.load32_splat(x);
      a00 = multiplyAdd(x0, w0, a00);
      a01 = multiplyAdd(x0, w1, a01);
      const x1 = v128.load32_splat(x + pixel);
      a10 = multiplyAdd(x1, w0, a10);
      a11 = multiplyAdd(x1, w1, a11);
      const x2 = v128.load32_splat(x + 2 * pixel);
      a20 = multiplyAdd(x2, w0, a20);
      a21 = multiplyAdd(x2, w1, a21);
      const x3 = v128.load32_splat(x + 3 * pixel);
      a30 = multiplyAdd(x3, w0, a30);
      a31 = multiplyAdd(x3, w1, a31);
      w += 32;
      x += 4;
    }
    x += 3 * pixel;
    v128.store(target, a00);
    v128.store(target, a01, 16);
    v128.store(target, a10, 32);
    v128.store(target, a11, 48);
    v128.store(target, a20, 64);
    v128.store(target, a21, 80);
    v128.store(target, a30, 96);
    v128.store(target, a31, 112);
    target += 128;
  }
}

/** Aᵀ m A of a tile with kernel 2, eight filters: along a line m0 + m1, m1 - m2. */
function tile2(
  a: WinogradForwardArguments, m: usize, target: usize, code: usize, bias0: v128, bias1: v128, filters: i32, scratch: usize,
): void {
  let u0 = f32x4.add(v128.load(m), v128.load(m, 384));
  let u1 = f32x4.add(v128.load(m, 128), v128.load(m, 512));
  let u2 = f32x4.add(v128.load(m, 256), v128.load(m, 640));
  const a00 = f32x4.add(f32x4.add(u0, u1), bias0), a10 = f32x4.add(f32x4.sub(u1, u2), bias0);
  u0 = f32x4.sub(v128.load(m, 384), v128.load(m, 768));
  u1 = f32x4.sub(v128.load(m, 512), v128.load(m, 896));
  u2 = f32x4.sub(v128.load(m, 640), v128.load(m, 1024));
  const a20 = f32x4.add(f32x4.add(u0, u1), bias0), a30 = f32x4.add(f32x4.sub(u1, u2), bias0);
  u0 = f32x4.add(v128.load(m, 16), v128.load(m, 400));
  u1 = f32x4.add(v128.load(m, 144), v128.load(m, 528));
  u2 = f32x4.add(v128.load(m, 272), v128.load(m, 656));
  const a01 = f32x4.add(f32x4.add(u0, u1), bias1), a11 = f32x4.add(f32x4.sub(u1, u2), bias1);
  u0 = f32x4.sub(v128.load(m, 400), v128.load(m, 784));
  u1 = f32x4.sub(v128.load(m, 528), v128.load(m, 912));
  u2 = f32x4.sub(v128.load(m, 656), v128.load(m, 1040));
  const a21 = f32x4.add(f32x4.add(u0, u1), bias1), a31 = f32x4.add(f32x4.sub(u1, u2), bias1);
  putTile(a, target, code, a00, a01, a10, a11, a20, a21, a30, a31, filters, scratch);
}

/** The same with kernel 3: along a line m0 + m1 + m2, m1 - m2 - m3. */
function tile3(
  a: WinogradForwardArguments, m: usize, target: usize, code: usize, bias0: v128, bias1: v128, filters: i32, scratch: usize,
): void {
  const a00 = upper3(upperOf(m, 0), upperOf(m, 128), upperOf(m, 256), bias0);
  const a10 = lower3(upperOf(m, 128), upperOf(m, 256), upperOf(m, 384), bias0);
  const a20 = upper3(lowerOf(m, 0), lowerOf(m, 128), lowerOf(m, 256), bias0);
  const a30 = lower3(lowerOf(m, 128), lowerOf(m, 256), lowerOf(m, 384), bias0);
  m += 16;
  const a01 = upper3(upperOf(m, 0), upperOf(m, 128), upperOf(m, 256), bias1);
  const a11 = lower3(upperOf(m, 128), upperOf(m, 256), upperOf(m, 384), bias1);
  const a21 = upper3(lowerOf(m, 0), lowerOf(m, 128), lowerOf(m, 256), bias1);
  const a31 = lower3(lowerOf(m, 128), lowerOf(m, 256), lowerOf(m, 384), bias1);
  putTile(a, target, code, a00, a01, a10, a11, a20, a21, a30, a31, filters, scratch);
}

/** Writes of a tile the largest position, or all four. */
// @ts-ignore: decorator
@inline
function putTile(
  a: WinogradForwardArguments, target: usize, code: usize,
  a00: v128, a01: v128, a10: v128, a11: v128, a20: v128, a21: v128, a30: v128, a31: v128,
  filters: i32, scratch: usize,
): void {
  if (a.pool) putWindow(target, code, a00, a01, a10, a11, a20, a21, a30, a31, a.relu != 0, filters, scratch);
  else putPositions(a, target, code, a00, a01, a10, a11, a20, a21, a30, a31, filters, scratch);
}

/** Not in line: it is four times the code. */
function putPositions(
  a: WinogradForwardArguments, target: usize, code: usize,
  a00: v128, a01: v128, a10: v128, a11: v128, a20: v128, a21: v128, a30: v128, a31: v128,
  filters: i32, scratch: usize,
): void {
  const output = a.output;
  const right = <usize>output.channels;
  const below = target + <usize>output.rowBytes;
  if (!a.codes) {
    putValues(target, a00, a01, filters, scratch);
    putValues(target + (right << 2), a10, a11, filters, scratch);
    putValues(below, a20, a21, filters, scratch);
    putValues(below + (right << 2), a30, a31, filters, scratch);
    return;
  }
  const relu = a.relu != 0;
  putPosition(target, code, a00, a01, relu, filters, scratch);
  putPosition(target + (right << 2), code + right, a10, a11, relu, filters, scratch);
  code += <usize>(output.width * output.channels);
  putPosition(below, code, a20, a21, relu, filters, scratch);
  putPosition(below + (right << 2), code + right, a30, a31, relu, filters, scratch);
}

/** Writes eight filters, or what there is of them. */
function putValues(target: usize, a0: v128, a1: v128, filters: i32, scratch: usize): void {
  if (filters >= 8) {
    v128.store(target, a0);
    v128.store(target, a1, 16);
    return;
  }
  v128.store(scratch, a0);
  v128.store(scratch, a1, 16);
  memory.copy(target, scratch, <usize>filters << 2);
}

// @ts-ignore: decorator
@inline
function upper3(m0: v128, m1: v128, m2: v128, bias: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.add(m0, m1), m2), bias);
}

// @ts-ignore: decorator
@inline
function lower3(m1: v128, m2: v128, m3: v128, bias: v128): v128 {
  return f32x4.add(f32x4.sub(f32x4.sub(m1, m2), m3), bias);
}

/** Down a column of components, which are four apart. */
// @ts-ignore: decorator
@inline
function upperOf(m: usize, column: usize): v128 {
  const at = m + column;
  return f32x4.add(f32x4.add(v128.load(at), v128.load(at, 512)), v128.load(at, 1024));
}

// @ts-ignore: decorator
@inline
function lowerOf(m: usize, column: usize): v128 {
  const at = m + column;
  return f32x4.sub(f32x4.sub(v128.load(at, 512), v128.load(at, 1024)), v128.load(at, 1536));
}
