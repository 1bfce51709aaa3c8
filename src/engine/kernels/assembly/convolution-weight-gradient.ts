import { ConvolutionBackwardArguments } from './convolution-backward';
import { multiplyAdd } from './simd';
import { addWeightedSum32, ENTRY_BYTES, sumFactors } from './weighted-sum';

/** Bytes of a pair of places: where a vector of a filter's gradient stands, and where that of the input. */
const PLACE_BYTES: usize = 8;

/**
 * Writes the places of the vectors that are left in each row of the kernel behind whole chunks of eight,
 * followed by the last one three times more, so that they can be taken four at a time.
 */
export function prepareWeightGradient(a: ConvolutionBackwardArguments, scratch: usize): void {
  const vectorsARow = a.paddedRun >> 2;
  let place = scratch;
  for (let ky = 0; ky < a.kernel; ky++) {
    for (let vector = vectorsARow & -8; vector < vectorsARow; vector++) {
      store<i32>(place, ((ky * vectorsARow + vector) << 4));
      store<i32>(place, ky * a.input.rowBytes + (vector << 4), 4);
      place += PLACE_BYTES;
    }
  }
  if (place == scratch) return;
  for (let i = 0; i < 3; i++, place += PLACE_BYTES) store<u64>(place, load<u64>(place - PLACE_BYTES));
}

/** Vectors that are left in all rows together. */
// @ts-ignore: decorator
@inline
function restVectors(a: ConvolutionBackwardArguments): i32 {
  return a.kernel * ((a.paddedRun >> 2) & 7);
}

/**
 * Adds an image's share of the weights' and biases' gradient to `partial`:
 *
 *   dW[f][ky][kx][c] += Σ over live outputs p of f: g[p][f] * x[stride p + (ky, kx)][c]
 *
 * Strip by strip of output rows, each filter has a list of its live outputs, which is gone through once
 * for every eight vectors of its weights while they are in registers.
 */
export function weightGradient(a: ConvolutionBackwardArguments, image: i32, partial: usize, scratch: usize): void {
  const filters = a.outputGradient.channels;
  const height = a.outputGradient.height;
  const input = a.input.origin + <usize>image * <usize>a.input.imageBytes;
  const filterBytes = <usize>(a.kernel * a.paddedRun) << 2;
  const biases = partial + <usize>filters * filterBytes;
  const ends = scratch + <usize>(restVectors(a) + 3) * PLACE_BYTES;
  const lists = ends + 16;
  const listBytes = <usize>(a.stripHeight * a.outputGradient.width + 1) * ENTRY_BYTES;
  for (let from = 0; from < height; from += a.stripHeight) {
    const to = min(height, from + a.stripHeight);
    for (let first = 0; first < filters; first += 4) {
      listOutputs(a, image, first, from, to, lists, listBytes, ends);
      const count = min(4, filters - first);
      for (let i = 0; i < count; i++) {
        const list = lists + <usize>i * listBytes;
        const end = load<usize>(ends + (<usize>i << 2));
        addOuterProducts(a, partial + <usize>(first + i) * filterBytes, input, list, end, scratch);
        const bias = biases + (<usize>(first + i) << 2);
        store<f32>(bias, load<f32>(bias) + sumFactors(list, end));
      }
    }
  }
}

/**
 * Lists for four filters where their live outputs of some rows look at in the input, and their
 * gradients. A silenced one is written, too, and then overwritten: there is no branch to guess.
 */
function listOutputs(
  a: ConvolutionBackwardArguments, image: i32, first: i32, from: i32, to: i32, lists: usize, listBytes: usize, ends: usize,
): void {
  const gradient = a.outputGradient;
  const width = gradient.width;
  const filters = <usize>gradient.channels;
  const pixel = a.stride * (a.input.channels << 2);
  const row = a.stride * a.input.rowBytes;
  const windows = a.pool ? 2 : 1;
  const right = i32x4.splat(pixel);
  const below = i32x4.splat(row);
  const scale = f32x4.splat(a.scale);
  const one = i32x4.splat(1), two = i32x4.splat(2), silent = i32x4.splat(255);
  let e0 = lists, e1 = e0 + listBytes, e2 = e1 + listBytes, e3 = e2 + listBytes;
  let code = a.codes + <usize>((image * gradient.height + from) * width) * filters + <usize>first;
  for (let oy = from; oy < to; oy++) {
    let g = gradient.row(image, oy) + (<usize>first << 2);
    let corner = oy * windows * row;
    for (let ox = 0; ox < width; ox++) {
      const position = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(code)));
      const values = f32x4.mul(v128.load(g), scale);
      let place = i32x4.splat(corner);
      place = i32x4.add(place, v128.and(right, i32x4.eq(v128.and(position, one), one)));
      place = i32x4.add(place, v128.and(below, i32x4.eq(v128.and(position, two), two)));
      const low = v128.shuffle<i32>(place, values, 0, 4, 1, 5);
      const high = v128.shuffle<i32>(place, values, 2, 6, 3, 7);
      const live = ~i32x4.bitmask(i32x4.eq(position, silent));
      v128.store64_lane(e0, low, 0);
      v128.store64_lane(e1, low, 1);
      v128.store64_lane(e2, high, 0);
      v128.store64_lane(e3, high, 1);
      e0 += (live & 1) << 3;
      e1 += (live & 2) << 2;
      e2 += (live & 4) << 1;
      e3 += live & 8;
      code += filters;
      g += filters << 2;
      corner += windows * pixel;
    }
  }
  store<usize>(ends, e0);
  store<usize>(ends, e1, 4);
  store<usize>(ends, e2, 8);
  store<usize>(ends, e3, 12);
}

/** gradient[ky][k] += Σ factor * input[offset + ky * row + k] for one filter. */
function addOuterProducts(
  a: ConvolutionBackwardArguments, gradient: usize, input: usize, list: usize, end: usize, places: usize,
): void {
  const wholeChunks = a.paddedRun >> 5;
  for (let ky = 0; ky < a.kernel; ky++) {
    const weights = gradient + (<usize>(ky * a.paddedRun) << 2);
    const pixels = input + <usize>(ky * a.input.rowBytes);
    for (let chunk = 0; chunk < wholeChunks; chunk++) {
      const start = <usize>chunk << 7;
      addWeightedSum32(weights + start, pixels + start, list, end);
    }
  }
  // In the last round some vectors are done twice over into the same place.
  const last = places + <usize>restVectors(a) * PLACE_BYTES;
  for (let place = places; place < last; place += 4 * PLACE_BYTES) addFour(gradient, input, place, list, end);
}

/** Four vectors that stand anywhere; two entries at a time, for as many sums that do not wait for each other. */
function addFour(gradient: usize, input: usize, place: usize, entry: usize, end: usize): void {
  const t0 = gradient + load<usize>(place), t1 = gradient + load<usize>(place, 8);
  const t2 = gradient + load<usize>(place, 16), t3 = gradient + load<usize>(place, 24);
  const s0 = input + load<usize>(place, 4), s1 = input + load<usize>(place, 12);
  const s2 = input + load<usize>(place, 20), s3 = input + load<usize>(place, 28);
  let a0 = v128.load(t0), a1 = v128.load(t1), a2 = v128.load(t2), a3 = v128.load(t3);
  let b0 = f32x4.splat(0), b1 = b0, b2 = b0, b3 = b0;
  for (; entry + ENTRY_BYTES < end; entry += 2 * ENTRY_BYTES) {
    const x = <usize>load<u32>(entry);
    const g = v128.load32_splat(entry, 4);
    a0 = multiplyAdd(g, v128.load(s0 + x), a0);
    a1 = multiplyAdd(g, v128.load(s1 + x), a1);
    a2 = multiplyAdd(g, v128.load(s2 + x), a2);
    a3 = multiplyAdd(g, v128.load(s3 + x), a3);
    const y = <usize>load<u32>(entry, 8);
    const h = v128.load32_splat(entry, 12);
    b0 = multiplyAdd(h, v128.load(s0 + y), b0);
    b1 = multiplyAdd(h, v128.load(s1 + y), b1);
    b2 = multiplyAdd(h, v128.load(s2 + y), b2);
    b3 = multiplyAdd(h, v128.load(s3 + y), b3);
  }
  if (entry < end) {
    const x = <usize>load<u32>(entry);
    const g = v128.load32_splat(entry, 4);
    a0 = multiplyAdd(g, v128.load(s0 + x), a0);
    a1 = multiplyAdd(g, v128.load(s1 + x), a1);
    a2 = multiplyAdd(g, v128.load(s2 + x), a2);
    a3 = multiplyAdd(g, v128.load(s3 + x), a3);
  }
  v128.store(t0, f32x4.add(a0, b0));
  v128.store(t1, f32x4.add(a1, b1));
  v128.store(t2, f32x4.add(a2, b2));
  v128.store(t3, f32x4.add(a3, b3));
}
