import { multiplyAdd } from './simd';
import { MapLayout, Step } from './step';
import { claim } from './team';
import { quadBytes, tilePlace, transformStrip } from './winograd';

const KERNEL: i32 = 3;
const COMPONENTS: i32 = 16;

@unmanaged
export class WinogradWeightGradientArguments {
  /** Channels of both are multiples of four. */
  input: MapLayout;
  /** Of the output, of even height and width, without what was silenced. */
  gradient: MapLayout;
  /** For each group of images [component][filter][channel], then one value a filter for the biases. */
  partials: usize;
  partialBytes: i32;
  /** Images that share one partial gradient: a fixed number, so that sums never depend on threads. */
  groupSize: i32;
  /** Rows of tiles that stand in the scratch memory together. */
  stripHeight: i32;
}

/**
 * Gradients of the weights and biases of a 3 x 3 convolution by Winograd's method. Where its outputs are
 *
 *   Y = Aᵀ [ Σ over channels of (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * the gradient of g is Gᵀ M G with M the sum over tiles of (A dY Aᵀ) ⊙ (Bᵀ d B): for each component a product of
 * two matrices, filters by tiles and tiles by channels. `reduceWinograd` does what is outside the sum.
 */
export function winogradWeightGradient(a: WinogradWeightGradientArguments, step: Step, scratch: usize): void {
  const height = a.gradient.height >> 1;
  const width = a.gradient.width >> 1;
  const filters = a.gradient.channels;
  const channels = a.input.channels;
  const quads = <usize>((a.stripHeight * width + 3) >> 2);
  const gradients = scratch + quads * quadBytes(KERNEL, channels);
  const groups = (step.rows + a.groupSize - 1) / a.groupSize;
  for (let group = claim(groups); group >= 0; group = claim(groups)) {
    const partial = a.partials + <usize>group * <usize>a.partialBytes;
    const biases = partial + (<usize>(COMPONENTS * filters * channels) << 2);
    memory.fill(partial, 0, <usize>a.partialBytes);
    const end = min(step.rows, (group + 1) * a.groupSize);
    for (let image = group * a.groupSize; image < end; image++) {
      for (let from = 0; from < height; from += a.stripHeight) {
        const to = min(height, from + a.stripHeight);
        transformStrip(a.input, KERNEL, width, image, from, to, scratch);
        spreadStrip(a.gradient, image, from, to, gradients, biases);
        const tiles = (to - from) * width;
        for (let component = 0; component < COMPONENTS; component++) {
          multiplyComponent(component, tiles, gradients, filters, scratch, channels, partial);
        }
      }
    }
  }
}

/** A dY Aᵀ for every tile of some rows of tiles, in the places of `tilePlace`; its sums for the biases. */
function spreadStrip(gradient: MapLayout, image: i32, from: i32, to: i32, target: usize, biases: usize): void {
  const pixel = <usize>gradient.channels << 2;
  const below = <usize>gradient.rowBytes;
  const quad = quadBytes(KERNEL, gradient.channels);
  const width = gradient.width >> 1;
  let tile = 0;
  for (let y = from; y < to; y++) {
    let corner = gradient.row(image, y << 1);
    for (let x = 0; x < width; x++) {
      const place = target + tilePlace(tile, quad, pixel);
      for (let filter: usize = 0; filter < pixel; filter += 16) {
        const at = corner + filter;
        const y00 = v128.load(at), y01 = v128.load(at + pixel);
        const y10 = v128.load(at + below), y11 = v128.load(at + below + pixel);
        const u = place + filter;
        putLine(u, pixel, y00, y01);
        putLine(u + 16 * pixel, pixel, f32x4.add(y00, y10), f32x4.add(y01, y11));
        putLine(u + 32 * pixel, pixel, f32x4.sub(y00, y10), f32x4.sub(y01, y11));
        putLine(u + 48 * pixel, pixel, f32x4.neg(y10), f32x4.neg(y11));
        // The component in which all four are added up.
        v128.store(biases + filter, f32x4.add(v128.load(biases + filter), v128.load(u + 20 * pixel)));
      }
      corner += 2 * pixel;
      tile++;
    }
  }
}

/** Along a line: y0, y0 + y1, y0 - y1, -y1. */
// @ts-ignore: decorator
@inline
function putLine(u: usize, pixel: usize, y0: v128, y1: v128): void {
  v128.store(u, y0);
  v128.store(u + 4 * pixel, f32x4.add(y0, y1));
  v128.store(u + 8 * pixel, f32x4.sub(y0, y1));
  v128.store(u + 12 * pixel, f32x4.neg(y1));
}

/** Adds the products of a component's tiles: four filters by eight channels at a time, or by the last four. */
function multiplyComponent(
  component: i32, tiles: i32, gradients: usize, filters: i32, inputs: usize, channels: i32, partial: usize,
): void {
  const line = <usize>filters << 2;
  const pixel = <usize>channels << 2;
  const u = gradients + <usize>component * 4 * line;
  const v = inputs + <usize>component * 4 * pixel;
  const quadU = quadBytes(KERNEL, filters);
  const quadV = quadBytes(KERNEL, channels);
  let target = partial + <usize>component * line * <usize>channels;
  for (let filter: usize = 0; filter < line; filter += 16, target += 4 * pixel) {
    let channel: usize = 0;
    for (; channel + 32 <= pixel; channel += 32) {
      multiply8(tiles, u + filter, line, quadU, v + channel, pixel, quadV, target + channel);
    }
    if (channel < pixel) multiply4(tiles, u + filter, line, quadU, v + channel, pixel, quadV, target + channel);
  }
}

function multiply8(
  tiles: i32, u: usize, line: usize, quadU: usize, v: usize, pixel: usize, quadV: usize, target: usize,
): void {
  let to = target;
  let a00 = v128.load(to), a01 = v128.load(to, 16);
  to += pixel;
  let a10 = v128.load(to), a11 = v128.load(to, 16);
  to += pixel;
  let a20 = v128.load(to), a21 = v128.load(to, 16);
  to += pixel;
  let a30 = v128.load(to), a31 = v128.load(to, 16);
  for (; tiles > 0; tiles -= 4, u += quadU, v += quadV) {
    const end = u + <usize>min(4, tiles) * line;
    for (let from = u, x = v; from < end; from += line, x += pixel) {
      const v0 = v128.load(x), v1 = v128.load(x, 16);
      const u0 = v128.load32_splat(from);
      a00 = multiplyAdd(u0, v0, a00);
      a01 = multiplyAdd(u0, v1, a01);
      const u1 = v128.load32_splat(from, 4);
      a10 = multiplyAdd(u1, v0, a10);
      a11 = multiplyAdd(u1, v1, a11);
      const u2 = v128.load32_splat(from, 8);
      a20 = multiplyAdd(u2, v0, a20);
      a21 = multiplyAdd(u2, v1, a21);
      const u3 = v128.load32_splat(from, 12);
      a30 = multiplyAdd(u3, v0, a30);
      a31 = multiplyAdd(u3, v1, a31);
    }
  }
  v128.store(to, a30);
  v128.store(to, a31, 16);
  to -= pixel;
  v128.store(to, a20);
  v128.store(to, a21, 16);
  to -= pixel;
  v128.store(to, a10);
  v128.store(to, a11, 16);
  v128.store(target, a00);
  v128.store(target, a01, 16);
}

function multiply4(
  tiles: i32, u: usize, line: usize, quadU: usize, v: usize, pixel: usize, quadV: usize, target: usize,
): void {
  let a0 = v128.load(target), a1 = v128.load(target + pixel);
  let a2 = v128.load(target + 2 * pixel), a3 = v128.load(target + 3 * pixel);
  for (; tiles > 0; tiles -= 4, u += quadU, v += quadV) {
    const end = u + <usize>min(4, tiles) * line;
    for (let from = u, x = v; from < end; from += line, x += pixel) {
      const v0 = v128.load(x);
      a0 = multiplyAdd(v128.load32_splat(from), v0, a0);
      a1 = multiplyAdd(v128.load32_splat(from, 4), v0, a1);
      a2 = multiplyAdd(v128.load32_splat(from, 8), v0, a2);
      a3 = multiplyAdd(v128.load32_splat(from, 12), v0, a3);
    }
  }
  v128.store(target, a0);
  v128.store(target + pixel, a1);
  v128.store(target + 2 * pixel, a2);
  v128.store(target + 3 * pixel, a3);
}

@unmanaged
export class ReduceWinogradArguments {
  partials: usize;
  partialBytes: i32;
  groupSize: i32;
  /** Weight gradient [filter][y][x][channel], then the biases. */
  gradient: usize;
  filters: i32;
  channels: i32;
}

/** Adds the partial gradients of all groups in their order, and makes Gᵀ M G of the weights'. */
export function reduceWinograd(a: ReduceWinogradArguments, step: Step, scratch: usize): void {
  const groups = (step.rows + a.groupSize - 1) / a.groupSize;
  const pixel = <usize>a.channels << 2;
  const componentBytes = <usize>a.filters * pixel;
  for (let item = claim(a.filters + 1); item >= 0; item = claim(a.filters + 1)) {
    if (item == a.filters) {
      const biases = a.partials + <usize>COMPONENTS * componentBytes;
      const target = a.gradient + <usize>(KERNEL * KERNEL) * componentBytes;
      for (let filter: usize = 0; filter < <usize>a.filters << 2; filter += 16) {
        v128.store(target + filter, sumOfGroups(a, groups, biases + filter));
      }
      continue;
    }
    const target = a.gradient + <usize>(item * KERNEL * KERNEL) * pixel;
    for (let channel: usize = 0; channel < pixel; channel += 16) {
      const m = a.partials + <usize>item * pixel + channel;
      for (let y = 0; y < 4; y++) {
        const line = m + <usize>y * 4 * componentBytes;
        const m0 = sumOfGroups(a, groups, line), m1 = sumOfGroups(a, groups, line + componentBytes);
        const m2 = sumOfGroups(a, groups, line + 2 * componentBytes);
        const m3 = sumOfGroups(a, groups, line + 3 * componentBytes);
        putColumn(scratch + <usize>(y * 48), 16, m0, m1, m2, m3);
      }
      for (let x: usize = 0; x < 3; x++) {
        const t = scratch + (x << 4);
        const to = target + channel + x * pixel;
        putColumn(to, 3 * pixel, v128.load(t), v128.load(t, 48), v128.load(t, 96), v128.load(t, 144));
      }
    }
  }
}

function sumOfGroups(a: ReduceWinogradArguments, groups: i32, place: usize): v128 {
  let total = v128.load(place);
  for (let group = 1; group < groups; group++) {
    total = f32x4.add(total, v128.load(place + <usize>group * <usize>a.partialBytes));
  }
  return total;
}

/** Gᵀ times a column of four. */
// @ts-ignore: decorator
@inline
function putColumn(target: usize, stride: usize, m0: v128, m1: v128, m2: v128, m3: v128): void {
  const half = f32x4.splat(0.5);
  const sum = f32x4.mul(f32x4.add(m1, m2), half);
  v128.store(target, f32x4.add(m0, sum));
  v128.store(target + stride, f32x4.mul(f32x4.sub(m1, m2), half));
  v128.store(target + 2 * stride, f32x4.add(sum, m3));
}
