import { multiplyAdd } from './simd';
import { MapLayout, Step } from './step';
import { claim } from './team';
import { addWeightedSum32, ENTRY_BYTES, putEntry, sumFactors } from './weighted-sum';

@unmanaged
export class ConvolutionBackwardArguments {
  input: MapLayout;
  outputGradient: MapLayout;
  /** May be 0: the first layer's input needs no gradient. */
  inputGradient: MapLayout;
  /** See the forward kernel. */
  codes: usize;
  /** [filter][y][padded run]. */
  weights: usize;
  /** One partial gradient for each group of images: weights like `weights`, then the biases. 0 in a frozen layer. */
  partials: usize;
  partialBytes: i32;
  kernel: i32;
  run: i32;
  paddedRun: i32;
  pool: i32;
  /** Images that share one partial gradient: a fixed number, so that sums never depend on threads. */
  groupSize: i32;
  /** Output rows that are gone through at once; their lists stay in the cache. */
  stripHeight: i32;
}

/**
 * Gradients of a convolution (+ ReLU + max-pooling).
 *
 * A pooled output passes its gradient to one position in four, and none where ReLU silenced it, so the
 * work is done for live outputs alone. Going through them window by window, the gradient g of filter f
 * at position p adds g * weights[f] to the input's gradient around p (if it is wanted), and (p, g) is
 * noted in f's list. Then the weight gradient of f is the sum of g * input[around p] over its list, in
 * registers, eight vectors at a time.
 */
export function convolutionBackward(a: ConvolutionBackwardArguments, step: Step, scratch: usize): void {
  const groups = (step.rows + a.groupSize - 1) / a.groupSize;
  for (let group = claim(groups); group >= 0; group = claim(groups)) {
    const partial = a.partials + <usize>group * <usize>a.partialBytes;
    if (a.partials) memory.fill(partial, 0, <usize>a.partialBytes);
    const end = min(step.rows, (group + 1) * a.groupSize);
    for (let image = group * a.groupSize; image < end; image++) backwardImage(a, image, partial, scratch);
  }
}

function backwardImage(a: ConvolutionBackwardArguments, image: i32, partial: usize, scratch: usize): void {
  const height = a.outputGradient.height;
  if (changetype<usize>(a.inputGradient) != 0) {
    const layout = a.inputGradient;
    memory.fill(layout.origin + <usize>image * <usize>layout.imageBytes, 0, <usize>layout.imageBytes);
  }
  for (let from = 0; from < height; from += a.stripHeight) {
    const to = min(height, from + a.stripHeight);
    backwardStrip(a, image, from, to, scratch);
    if (a.partials) weightGradientStrip(a, image, partial, scratch);
  }
}

/**
 * Goes through the live outputs of some rows: input gradients, and the lists for the weights.
 * `scratch` holds a count for each filter, then its list.
 */
function backwardStrip(a: ConvolutionBackwardArguments, image: i32, from: i32, to: i32, scratch: usize): void {
  const gradient = a.outputGradient;
  const width = gradient.width;
  const filters = gradient.channels;
  const capacity = listCapacity(a);
  const lists = scratch + (<usize>filters << 2);
  const pixel = a.input.channels << 2;
  const rowBytes = a.input.rowBytes;
  const stride = a.pool ? 2 : 1;
  const filterBytes = <usize>(a.kernel * a.paddedRun) << 2;
  const wantsInput = changetype<usize>(a.inputGradient) != 0;
  const target = wantsInput ? a.inputGradient.origin + <usize>image * <usize>a.inputGradient.imageBytes : 0;
  const targetRowBytes = wantsInput ? <usize>a.inputGradient.rowBytes : 0;

  memory.fill(scratch, 0, <usize>filters << 2);
  for (let oy = from; oy < to; oy++) {
    for (let ox = 0; ox < width; ox++) {
      const code = a.codes + <usize>((image * gradient.height + oy) * width + ox) * <usize>filters;
      const g = gradient.row(image, oy) + <usize>(ox * filters << 2);
      const corner = oy * stride * rowBytes + ox * stride * pixel;
      for (let first = 0; first < filters; first += 16) {
        let live = ~i8x16.bitmask(v128.load(code + first)) & 0xffff;
        if (filters - first < 16) live &= (1 << (filters - first)) - 1;
        while (live != 0) {
          const filter = first + ctz(live);
          live &= live - 1;
          const position = <i32>load<u8>(code + filter);
          const offset = corner + (position >> 1) * rowBytes + (position & 1) * pixel;
          const value = load<f32>(g + (<usize>filter << 2));
          const count = load<i32>(scratch + (<usize>filter << 2));
          putEntry(lists + <usize>(filter * capacity + count) * ENTRY_BYTES, offset, value);
          store<i32>(scratch + (<usize>filter << 2), count + 1);
          if (wantsInput) {
            let row = target + offset;
            let weights = a.weights + <usize>filter * filterBytes;
            for (let ky = 0; ky < a.kernel; ky++) {
              addScaled(row, weights, value, a.run);
              row += targetRowBytes;
              weights += <usize>a.paddedRun << 2;
            }
          }
        }
      }
    }
  }
}

/** target += scale * source, `count` floats. */
// @ts-ignore: decorator
@inline
function addScaled(target: usize, source: usize, scale: f32, count: i32): void {
  const factor = f32x4.splat(scale);
  let rest = count;
  for (; rest >= 16; rest -= 16) {
    v128.store(target, multiplyAdd(factor, v128.load(source), v128.load(target)));
    v128.store(target, multiplyAdd(factor, v128.load(source, 16), v128.load(target, 16)), 16);
    v128.store(target, multiplyAdd(factor, v128.load(source, 32), v128.load(target, 32)), 32);
    v128.store(target, multiplyAdd(factor, v128.load(source, 48), v128.load(target, 48)), 48);
    target += 64;
    source += 64;
  }
  for (; rest >= 4; rest -= 4) {
    v128.store(target, multiplyAdd(factor, v128.load(source), v128.load(target)));
    target += 16;
    source += 16;
  }
  for (; rest > 0; rest--) {
    store<f32>(target, load<f32>(target) + scale * load<f32>(source));
    target += 4;
    source += 4;
  }
}

function listCapacity(a: ConvolutionBackwardArguments): i32 {
  return (a.stripHeight * a.outputGradient.width + 3) & -4;
}

/** Adds the listed gradients of a strip to the partial gradient of the weights and biases. */
function weightGradientStrip(a: ConvolutionBackwardArguments, image: i32, partial: usize, scratch: usize): void {
  const filters = a.outputGradient.channels;
  const capacity = listCapacity(a);
  const lists = scratch + (<usize>filters << 2);
  const input = a.input.origin + <usize>image * <usize>a.input.imageBytes;
  const rowBytes = <usize>a.input.rowBytes;
  const vectorsARow = a.paddedRun >> 2;
  const wholeChunks = vectorsARow >> 3;
  const restARow = vectorsARow & 7;
  const rest = restARow * a.kernel;
  const filterBytes = <usize>(a.kernel * a.paddedRun) << 2;
  const biases = partial + <usize>filters * filterBytes;

  for (let filter = 0; filter < filters; filter++) {
    const count = load<i32>(scratch + (<usize>filter << 2));
    const list = lists + <usize>(filter * capacity) * ENTRY_BYTES;
    const end = list + <usize>count * ENTRY_BYTES;
    const gradient = partial + <usize>filter * filterBytes;
    for (let ky = 0; ky < a.kernel; ky++) {
      for (let chunk = 0; chunk < wholeChunks; chunk++) {
        const start = <usize>chunk << 7;
        addWeightedSum32(
          gradient + (<usize>(ky * a.paddedRun) << 2) + start,
          input + <usize>ky * rowBytes + start, list, end,
        );
      }
    }
    // What is left of every row, four vectors at a time; in the last round some are done twice over
    // into the same place.
    for (let first = 0; first < rest; first += 4) {
      accumulateFour(
        gradient, input, a.paddedRun, rowBytes, wholeChunks << 3, restARow, first, rest - 1, list, end,
      );
    }
    const bias = biases + (<usize>filter << 2);
    store<f32>(bias, load<f32>(bias) + sumFactors(list, end));
  }
}

/** Byte offset of a left-over vector (row by row) in a filter's gradient or in the input. */
// @ts-ignore: decorator
@inline
function restOffset(index: i32, restARow: i32, skipped: i32, rowBytes: usize): usize {
  return <usize>(index / restARow) * rowBytes + (<usize>(skipped + index % restARow) << 4);
}

function accumulateFour(
  gradient: usize, input: usize, paddedRun: i32, rowBytes: usize, skipped: i32, restARow: i32,
  first: i32, last: i32, entry: usize, end: usize,
): void {
  const gradientRow = <usize>paddedRun << 2;
  const i1 = min(first + 1, last), i2 = min(first + 2, last), i3 = min(first + 3, last);
  const t0 = gradient + restOffset(first, restARow, skipped, gradientRow);
  const t1 = gradient + restOffset(i1, restARow, skipped, gradientRow);
  const t2 = gradient + restOffset(i2, restARow, skipped, gradientRow);
  const t3 = gradient + restOffset(i3, restARow, skipped, gradientRow);
  const s0 = input + restOffset(first, restARow, skipped, rowBytes);
  const s1 = input + restOffset(i1, restARow, skipped, rowBytes);
  const s2 = input + restOffset(i2, restARow, skipped, rowBytes);
  const s3 = input + restOffset(i3, restARow, skipped, rowBytes);
  let a0 = v128.load(t0), a1 = v128.load(t1), a2 = v128.load(t2), a3 = v128.load(t3);
  for (; entry < end; entry += ENTRY_BYTES) {
    const offset = <usize>load<u32>(entry);
    const g = v128.load32_splat(entry, 4);
    a0 = multiplyAdd(g, v128.load(s0 + offset), a0);
    a1 = multiplyAdd(g, v128.load(s1 + offset), a1);
    a2 = multiplyAdd(g, v128.load(s2 + offset), a2);
    a3 = multiplyAdd(g, v128.load(s3 + offset), a3);
  }
  v128.store(t0, a0);
  v128.store(t1, a1);
  v128.store(t2, a2);
  v128.store(t3, a3);
}

@unmanaged
export class ReduceGradientArguments {
  partials: usize;
  partialBytes: i32;
  groupSize: i32;
  /** Weight gradient like the weights, then the biases. */
  gradient: usize;
  filters: i32;
  kernel: i32;
  run: i32;
  paddedRun: i32;
}

/** Adds the partial gradients of all groups in their order; what stands in the padding becomes zero. */
export function reduceGradient(a: ReduceGradientArguments, step: Step): void {
  const groups = (step.rows + a.groupSize - 1) / a.groupSize;
  const items = a.filters + 1;
  const filterFloats = a.kernel * a.paddedRun;
  for (let item = claim(items); item >= 0; item = claim(items)) {
    const start = <usize>(item * filterFloats) << 2;
    // The last item is the biases; both are followed by padding up to four floats.
    const floats = item < a.filters ? filterFloats : (a.filters + 3) & -4;
    for (let i: usize = 0; i < <usize>floats << 2; i += 16) {
      let total = v128.load(a.partials + start + i);
      for (let group = 1; group < groups; group++) {
        total = f32x4.add(total, v128.load(a.partials + <usize>group * <usize>a.partialBytes + start + i));
      }
      v128.store(a.gradient + start + i, total);
    }
    if (item < a.filters && a.run != a.paddedRun) {
      for (let ky = 0; ky < a.kernel; ky++) {
        for (let k = a.run; k < a.paddedRun; k++) {
          store<f32>(a.gradient + start + (<usize>(ky * a.paddedRun + k) << 2), 0);
        }
      }
    }
  }
}
