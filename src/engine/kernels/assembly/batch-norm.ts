import { multiplyAdd } from './simd';
import { MapLayout, Step } from './step';
import { claim } from './team';

/*
 * Batch normalisation: y = (x - mean) * weight / deviation + bias, each channel with the mean and the
 * variance of its values in the batch. A channel's sums are taken group by group of images, always the
 * same groups, and the groups are added in their order: the same bits on any number of threads. Sums of
 * a line are float32, everything above is float64.
 */

@unmanaged
export class BatchNormArguments {
  input: MapLayout;
  output: MapLayout;
  /** Or 0 where nothing before needs it. */
  inputGradient: MapLayout;
  outputGradient: MapLayout;
  /** Lines of a row's data, pixels of a line and channels of a pixel; a vector is one pixel. */
  height: i32;
  width: i32;
  channels: i32;
  /** Images of a group. */
  groupSize: i32;
  /** Two sums of each channel and group, float64: [group][2][channels]. */
  partials: usize;
  weight: usize;
  bias: usize;
  /** Of all batches so far, the last ones above all: what prediction uses. */
  mean: usize;
  variance: usize;
  /** Four floats a channel, [4][padded channels]: the factor and summand of the way forward, then what the way back subtracts from a gradient, as a constant and as a factor of x. */
  lines: usize;
  /** Mean and 1 / deviation of the batch, [2][padded channels]. */
  moments: usize;
  weightGradient: usize;
  biasGradient: usize;
  /** How much of the mean and the variance so far is kept at each step. */
  keep: f32;
  epsilon: f32;

  // @ts-ignore: decorator
  @inline
  line(which: i32): usize {
    return this.lines + (<usize>(which * ((this.channels + 3) & -4)) << 2);
  }

  // @ts-ignore: decorator
  @inline
  get deviations(): usize {
    return this.moments + (<usize>((this.channels + 3) & -4) << 2);
  }

  // @ts-ignore: decorator
  @inline
  partial(group: i32): usize {
    return this.partials + (<usize>(group * 2 * this.channels) << 3);
  }
}

/** Sums of x and of x². */
export function batchSums(a: BatchNormArguments, step: Step): void {
  addGroups(a, step, a.input, a.input);
}

/** Sums of the gradient and of the gradient times x. */
export function batchGradientSums(a: BatchNormArguments, step: Step): void {
  addGroups(a, step, a.outputGradient, a.input);
}

function addGroups(a: BatchNormArguments, step: Step, first: MapLayout, second: MapLayout): void {
  const groups = (step.rows + a.groupSize - 1) / a.groupSize;
  for (let group = claim(groups); group >= 0; group = claim(groups)) {
    const sums = a.partial(group);
    memory.fill(sums, 0, <usize>(2 * a.channels) << 3);
    const end = min((group + 1) * a.groupSize, step.rows);
    for (let image = group * a.groupSize; image < end; image++) {
      for (let y = 0; y < a.height; y++) addLine(a, sums, first.row(image, y), second.row(image, y));
    }
  }
}

/** Adds the values of `first` and their products with `second`, four channels at a time. */
function addLine(a: BatchNormArguments, sums: usize, first: usize, second: usize): void {
  const pixel = <usize>a.channels << 2;
  const bytes = pixel * <usize>a.width;
  const products = sums + (<usize>a.channels << 3);
  let c = 0;
  for (; c + 4 <= a.channels; c += 4) {
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    const from = <usize>c << 2;
    for (let i: usize = from; i < bytes; i += pixel) {
      const value = v128.load(first + i);
      sum = f32x4.add(sum, value);
      product = multiplyAdd(value, v128.load(second + i), product);
    }
    addTo(sums + (<usize>c << 3), sum);
    addTo(products + (<usize>c << 3), product);
  }
  for (; c < a.channels; c++) {
    let sum: f32 = 0;
    let product: f32 = 0;
    for (let i: usize = <usize>c << 2; i < bytes; i += pixel) {
      const value = load<f32>(first + i);
      sum += value;
      product += value * load<f32>(second + i);
    }
    const at = <usize>c << 3;
    store<f64>(sums + at, load<f64>(sums + at) + <f64>sum);
    store<f64>(products + at, load<f64>(products + at) + <f64>product);
  }
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, four: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(four)));
  const high = i32x4.shuffle(four, four, 2, 3, 2, 3);
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** A channel's sum over all groups; `which` 0 or 1. */
function total(a: BatchNormArguments, step: Step, channel: i32, which: i32): f64 {
  const groups = (step.rows + a.groupSize - 1) / a.groupSize;
  const at = <usize>(which * a.channels + channel) << 3;
  let sum: f64 = 0;
  for (let group = 0; group < groups; group++) sum += load<f64>(a.partial(group) + at);
  return sum;
}

/** Mean and variance of the batch: the way forward of this step, and a share of those that are kept. */
export function batchMoments(a: BatchNormArguments, step: Step): void {
  if (claim(1) < 0) return;
  const count = <f64>(step.rows * a.height * a.width);
  for (let c = 0; c < a.channels; c++) {
    const at = <usize>c << 2;
    const mean = total(a, step, c, 0) / count;
    const variance = max(total(a, step, c, 1) / count - mean * mean, 0);
    const inverse = 1 / sqrt(variance + <f64>a.epsilon);
    store<f32>(a.moments + at, <f32>mean);
    store<f32>(a.deviations + at, <f32>inverse);
    straighten(a, at, mean, inverse);
    const share = 1 - <f64>a.keep;
    // The variance of all pictures is estimated from a batch of `count` values.
    const unbiased = count > 1 ? (variance * count) / (count - 1) : variance;
    store<f32>(a.mean + at, <f32>(<f64>load<f32>(a.mean + at) * <f64>a.keep + mean * share));
    store<f32>(a.variance + at, <f32>(<f64>load<f32>(a.variance + at) * <f64>a.keep + unbiased * share));
  }
}

/** The way forward of prediction, from the mean and variance that are kept. */
export function keptMoments(a: BatchNormArguments): void {
  if (claim(1) < 0) return;
  for (let c = 0; c < a.channels; c++) {
    const at = <usize>c << 2;
    const inverse = 1 / sqrt(<f64>load<f32>(a.variance + at) + <f64>a.epsilon);
    straighten(a, at, <f64>load<f32>(a.mean + at), inverse);
  }
}

/** y = factor x + summand. */
function straighten(a: BatchNormArguments, at: usize, mean: f64, inverse: f64): void {
  const factor = <f64>load<f32>(a.weight + at) * inverse;
  store<f32>(a.line(0) + at, <f32>factor);
  store<f32>(a.line(1) + at, <f32>(<f64>load<f32>(a.bias + at) - mean * factor));
}

export function normalise(a: BatchNormArguments, step: Step): void {
  const pixel = <usize>a.channels << 2;
  const bytes = pixel * <usize>a.width;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    for (let y = 0; y < a.height; y++) {
      const source = a.input.row(image, y);
      const target = a.output.row(image, y);
      let c = 0;
      for (; c + 4 <= a.channels; c += 4) {
        const from = <usize>c << 2;
        const factor = v128.load(a.line(0) + from);
        const summand = v128.load(a.line(1) + from);
        for (let i: usize = from; i < bytes; i += pixel) {
          v128.store(target + i, multiplyAdd(v128.load(source + i), factor, summand));
        }
      }
      for (; c < a.channels; c++) {
        const from = <usize>c << 2;
        const factor = load<f32>(a.line(0) + from);
        const summand = load<f32>(a.line(1) + from);
        for (let i: usize = from; i < bytes; i += pixel) store<f32>(target + i, load<f32>(source + i) * factor + summand);
      }
    }
  }
}

/**
 * With n values of a channel, x^ = (x - mean) / deviation and g the gradient of y:
 * weight' = sum(g x^), bias' = sum(g), x' = weight / deviation * (g - bias' / n - x^ weight' / n).
 */
export function batchGradients(a: BatchNormArguments, step: Step): void {
  if (claim(1) < 0) return;
  const count = <f64>(step.rows * a.height * a.width);
  for (let c = 0; c < a.channels; c++) {
    const at = <usize>c << 2;
    const mean = <f64>load<f32>(a.moments + at);
    const inverse = <f64>load<f32>(a.deviations + at);
    const bias = total(a, step, c, 0);
    const weight = (total(a, step, c, 1) - mean * bias) * inverse;
    store<f32>(a.weightGradient + at, <f32>weight);
    store<f32>(a.biasGradient + at, <f32>bias);
    const factor = <f64>load<f32>(a.weight + at) * inverse;
    const slope = (-factor * weight * inverse) / count;
    store<f32>(a.line(0) + at, <f32>factor);
    store<f32>(a.line(2) + at, <f32>slope);
    store<f32>(a.line(3) + at, <f32>((-factor * bias) / count - slope * mean));
  }
}

/** Mean and variance that were kept are constants, so x' = factor g. */
export function keptGradients(a: BatchNormArguments): void {
  if (claim(1) < 0) return;
  memory.fill(a.line(2), 0, a.line(3) - a.line(2));
  memory.fill(a.line(3), 0, a.line(3) - a.line(2));
}

/** x' = factor g + slope x + constant. */
export function normaliseBackward(a: BatchNormArguments, step: Step): void {
  const pixel = <usize>a.channels << 2;
  const bytes = pixel * <usize>a.width;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    for (let y = 0; y < a.height; y++) {
      const gradient = a.outputGradient.row(image, y);
      const value = a.input.row(image, y);
      const target = a.inputGradient.row(image, y);
      let c = 0;
      for (; c + 4 <= a.channels; c += 4) {
        const from = <usize>c << 2;
        const factor = v128.load(a.line(0) + from);
        const slope = v128.load(a.line(2) + from);
        const constant = v128.load(a.line(3) + from);
        for (let i: usize = from; i < bytes; i += pixel) {
          const rest = multiplyAdd(v128.load(value + i), slope, constant);
          v128.store(target + i, multiplyAdd(v128.load(gradient + i), factor, rest));
        }
      }
      for (; c < a.channels; c++) {
        const from = <usize>c << 2;
        const factor = load<f32>(a.line(0) + from);
        const slope = load<f32>(a.line(2) + from);
        const constant = load<f32>(a.line(3) + from);
        for (let i: usize = from; i < bytes; i += pixel) {
          store<f32>(target + i, load<f32>(gradient + i) * factor + load<f32>(value + i) * slope + constant);
        }
      }
    }
  }
}
