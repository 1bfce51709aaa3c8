import { ConvolutionBackwardArguments } from './convolution-backward';
import { addWeightedSum32, addWeightedSum4, addWeightedSum1, ENTRY_BYTES, putEntry } from './weighted-sum';

/** Bytes of a slot of packed weights: what one entry of a list takes from them. */
const SLOT: i32 = 128;
/** Row of `TABLE_BYTES`: places of the ones in a number of eight bits, 16 bits each. */
const TABLE_BYTES: usize = 256 * 16;

/** Where the parts of the scratch memory stand, in order. */
// @ts-ignore: decorator
@inline
function indicesOf(scratch: usize): usize {
  return scratch + TABLE_BYTES;
}

// @ts-ignore: decorator
@inline
function startsOf(a: ConvolutionBackwardArguments, scratch: usize): usize {
  return indicesOf(scratch) + (<usize>(a.outputGradient.channels + 8) << 1);
}

// @ts-ignore: decorator
@inline
function listOf(a: ConvolutionBackwardArguments, scratch: usize): usize {
  return startsOf(a, scratch) + (<usize>(columns(a) + 1) << 2);
}

// @ts-ignore: decorator
@inline
function slotsOf(a: ConvolutionBackwardArguments, scratch: usize): usize {
  const entries = a.outputGradient.channels * a.outputGradient.width;
  return (listOf(a, scratch) + <usize>entries * ENTRY_BYTES + 63) & -64;
}

/** Positions in a row of the convolution's output before pooling (the ones that a pooling window sees). */
// @ts-ignore: decorator
@inline
function columns(a: ConvolutionBackwardArguments): i32 {
  return a.pool ? a.outputGradient.width << 1 : a.outputGradient.width;
}

/** Channels of a slice that begins at `channel`: as many as a weighted sum holds in registers. */
// @ts-ignore: decorator
@inline
function sliceWidth(channels: i32, channel: i32): i32 {
  const rest = channels - channel;
  return rest >= 32 ? 32 : rest >= 4 ? 4 : 1;
}

/** Fills a thread's table, and packs the weights as [ky][slice of channels][filter][kx] in slots. */
export function prepareInputGradient(a: ConvolutionBackwardArguments, scratch: usize): void {
  for (let mask = 0; mask < 256; mask++) {
    let place = scratch + (<usize>mask << 4);
    for (let bit = 0; bit < 8; bit++) {
      store<u16>(place, bit);
      if ((mask >> bit) & 1) place += 2;
    }
  }
  const kernel = a.kernel;
  const channels = a.input.channels;
  let slot = slotsOf(a, scratch);
  for (let ky = 0; ky < kernel; ky++) {
    for (let channel = 0, width = 0; channel < channels; channel += width) {
      width = sliceWidth(channels, channel);
      for (let filter = 0; filter < a.outputGradient.channels; filter++) {
        const row = a.weights + (<usize>((filter * kernel + ky) * a.paddedRun + channel) << 2);
        for (let kx = 0; kx < kernel; kx++, slot += SLOT) {
          memory.copy(slot, row + (<usize>(kx * channels) << 2), <usize>width << 2);
        }
      }
    }
  }
}

/**
 * Writes the gradient of an image of the input:
 *
 *   dX[y][x][c] = Σ over ky, kx, and over filters f that are live at (y - ky, x - kx) / stride: g * W[f][ky][kx][c]
 *
 * One row of the convolution's output at a time: its live outputs are listed column by column, so what
 * a pixel below sees of that row, up to `kernel` columns, is one stretch of the list, and its sum over 32
 * channels stays in registers. An entry's place, (f * kernel - stride * column) slots, is that of the
 * pixel's weights (kx = x - stride * column) once x slots are added.
 */
export function inputGradient(a: ConvolutionBackwardArguments, image: i32, scratch: usize): void {
  const target = a.inputGradient.origin + <usize>image * <usize>a.inputGradient.imageBytes;
  memory.fill(target, 0, <usize>a.inputGradient.imageBytes);
  const rows = a.pool ? a.outputGradient.height << 1 : a.outputGradient.height;
  for (let cy = 0; cy < rows; cy++) {
    listRow(a, image, cy, scratch);
    addRow(a, target + <usize>(cy * a.stride) * <usize>a.inputGradient.rowBytes, scratch);
  }
}

/** Lists the live outputs of a row before pooling, and where each column's begin. */
function listRow(a: ConvolutionBackwardArguments, image: i32, cy: i32, scratch: usize): void {
  const gradient = a.outputGradient;
  const filters = gradient.channels;
  const shift = a.pool ? 1 : 0;
  const oy = cy >> shift;
  const g = gradient.row(image, oy);
  const codes = a.codes + <usize>((image * gradient.height + oy) * gradient.width) * <usize>filters;
  const indices = indicesOf(scratch);
  const filterStep = a.kernel * SLOT;
  const count = columns(a);
  let start = startsOf(a, scratch);
  let entry = listOf(a, scratch);
  for (let cx = 0; cx < count; cx++) {
    store<usize>(start, entry);
    start += 4;
    const first = <usize>((cx >> shift) * filters);
    const position = a.pool ? ((cy & 1) << 1) | (cx & 1) : 0;
    const end = listLive(codes + first, position, filters, indices, scratch);
    const values = g + (first << 2);
    const column = cx * a.stride * SLOT;
    for (let index = indices; index < end; index += 2) {
      const filter = <i32>load<u16>(index);
      putEntry(entry, filter * filterStep - column, load<f32>(values + (<usize>filter << 2)) * a.scale);
      entry += ENTRY_BYTES;
    }
  }
  store<usize>(start, entry);
}

/** Writes the numbers of the filters that have a code, 16 bits each; returns the end. Eight at a time by the table. */
// @ts-ignore: decorator
@inline
function listLive(codes: usize, position: i32, filters: i32, target: usize, table: usize): usize {
  const wanted = i8x16.splat(<i8>position);
  for (let first = 0; first < filters; first += 8) {
    let live = i8x16.bitmask(i8x16.eq(v128.load64_zero(codes + first), wanted)) & 0xff;
    if (filters - first < 8) live &= (1 << (filters - first)) - 1;
    v128.store(target, i16x8.add(v128.load(table + (<usize>live << 4)), i16x8.splat(<i16>first)));
    target += <usize>popcnt(live) << 1;
  }
  return target;
}

/** Adds what the listed row of outputs gives to the `kernel` rows of pixels that it looked at. */
function addRow(a: ConvolutionBackwardArguments, target: usize, scratch: usize): void {
  const kernel = a.kernel;
  const channels = a.input.channels;
  const sliceBytes = <usize>(a.outputGradient.channels * kernel * SLOT);
  const starts = startsOf(a, scratch);
  const count = columns(a);
  const stride = a.stride;
  // Divides by the stride.
  const shift = stride >> 1;
  const pixels = stride * (count - 1) + kernel;
  let slots = slotsOf(a, scratch);
  for (let ky = 0; ky < kernel; ky++) {
    for (let channel = 0, width = 0; channel < channels; channel += width) {
      width = sliceWidth(channels, channel);
      let pixel = target + (<usize>channel << 2);
      for (let x = 0; x < pixels; x++) {
        const entry = load<usize>(starts + (<usize>max(0, (x - kernel + stride) >> shift) << 2));
        const end = load<usize>(starts + (<usize>(min(x >> shift, count - 1) + 1) << 2));
        const base = slots + <usize>(x * SLOT);
        if (width == 32) addWeightedSum32(pixel, base, entry, end);
        else if (width == 4) addWeightedSum4(pixel, base, entry, end);
        else addWeightedSum1(pixel, base, entry, end);
        pixel += <usize>channels << 2;
      }
      slots += sliceBytes;
    }
    target += <usize>a.inputGradient.rowBytes;
  }
}
