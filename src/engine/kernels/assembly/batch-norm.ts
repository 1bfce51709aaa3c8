import { multiplyAdd } from './simd';
import { MapLayout, Step } from './step';
import { claim } from './team';

/*
 * Batch normalisation: y = (x - mean) * weight / deviation + bias, each channel with the mean and the
 * variance of its values in the batch. A channel's sums are taken image by image, and the images' added in
 * their order: the same bits on any number of threads. Sums of a line are float32, all above is float64.
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
  /** Two sums of each channel and image, float64: [image][2][channels]. */
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
  get partialBytes(): usize {
    return <usize>this.channels << 4;
  }

  // @ts-ignore: decorator
  @inline
  partial(image: i32): usize {
    return this.partials + <usize>image * this.partialBytes;
  }
}

/** Sums of x and of x² of each image. */
export function batchSums(a: BatchNormArguments, step: Step): void {
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    memory.fill(a.partial(image), 0, a.partialBytes);
    for (let y = 0; y < a.height; y++) addValues(a, a.partial(image), a.input.row(image, y));
  }
}

/**
 * Adds a line. Values are counted from the first one of their channel, so that float32 keeps what they
 * differ by, however far from zero they are: with d = x - first, x² = d² + first (2 d + first).
 */
function addValues(a: BatchNormArguments, sums: usize, line: usize): void {
  const pixel = <usize>a.channels << 2;
  const bytes = pixel * <usize>a.width;
  const squares = sums + (<usize>a.channels << 3);
  const width = f64x2.splat(a.width);
  let c = 0;
  for (; c + 4 <= a.channels; c += 4) {
    const from = <usize>c << 2;
    const first = v128.load(line + from);
    let sum = f32x4.splat(0);
    let square = f32x4.splat(0);
    for (let i = from + pixel; i < bytes; i += pixel) {
      const value = f32x4.sub(v128.load(line + i), first);
      sum = f32x4.add(sum, value);
      square = multiplyAdd(value, value, square);
    }
    const at = <usize>c << 3;
    addPair(sums + at, squares + at, low(first), low(sum), low(square), width);
    addPair(sums + at + 16, squares + at + 16, high(first), high(sum), high(square), width);
  }
  for (; c < a.channels; c++) {
    const from = <usize>c << 2;
    const first = load<f32>(line + from);
    let sum: f32 = 0;
    let square: f32 = 0;
    for (let i = from + pixel; i < bytes; i += pixel) {
      const value = load<f32>(line + i) - first;
      sum += value;
      square += value * value;
    }
    const at = <usize>c << 3;
    const start = <f64>first * a.width;
    store<f64>(sums + at, load<f64>(sums + at) + (<f64>sum + start));
    store<f64>(squares + at, load<f64>(squares + at) + (<f64>square + <f64>first * (2 * <f64>sum + start)));
  }
}

/** Adds what two channels of a line come to. */
// @ts-ignore: decorator
@inline
function addPair(sums: usize, squares: usize, first: v128, sum: v128, square: v128, width: v128): void {
  const start = f64x2.mul(first, width);
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.add(sum, start)));
  const rest = f64x2.mul(first, f64x2.add(f64x2.add(sum, sum), start));
  v128.store(squares, f64x2.add(v128.load(squares), f64x2.add(square, rest)));
}

/** Two of four floats as float64. */
// @ts-ignore: decorator
@inline
function low(four: v128): v128 {
  return f64x2.promote_low_f32x4(four);
}

// @ts-ignore: decorator
@inline
function high(four: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(four, four, 2, 3, 2, 3));
}

/** Sums of the gradient g and of g (x - mean) of each image. */
export function batchGradientSums(a: BatchNormArguments, step: Step): void {
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    memory.fill(a.partial(image), 0, a.partialBytes);
    for (let y = 0; y < a.height; y++) {
      addGradients(a, a.partial(image), a.outputGradient.row(image, y), a.input.row(image, y));
    }
  }
}

function addGradients(a: BatchNormArguments, sums: usize, gradients: usize, values: usize): void {
  const pixel = <usize>a.channels << 2;
  const bytes = pixel * <usize>a.width;
  const products = sums + (<usize>a.channels << 3);
  let c = 0;
  for (; c + 4 <= a.channels; c += 4) {
    const from = <usize>c << 2;
    const mean = v128.load(a.moments + from);
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    for (let i = from; i < bytes; i += pixel) {
      const gradient = v128.load(gradients + i);
      sum = f32x4.add(sum, gradient);
      product = multiplyAdd(gradient, f32x4.sub(v128.load(values + i), mean), product);
    }
    const at = <usize>c << 3;
    addTo(sums + at, sum);
    addTo(products + at, product);
  }
  for (; c < a.channels; c++) {
    const from = <usize>c << 2;
    const mean = load<f32>(a.moments + from);
    let sum: f32 = 0;
    let product: f32 = 0;
    for (let i = from; i < bytes; i += pixel) {
      const gradient = load<f32>(gradients + i);
      sum += gradient;
      product += gradient * (load<f32>(values + i) - mean);
    }
    const at = <usize>c << 3;
    store<f64>(sums + at, load<f64>(sums + at) + <f64>sum);
    store<f64>(products + at, load<f64>(products + at) + <f64>product);
  }
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, four: v128): void {
  v128.store(at, f64x2.add(v128.load(at), low(four)));
  v128.store(at, f64x2.add(v128.load(at, 16), high(four)), 16);
}

/** A channel's sum over all images; `which` 0 or 1. */
function total(a: BatchNormArguments, step: Step, channel: i32, which: i32): f64 {
  const at = <usize>(which * a.channels + channel) << 3;
  let sum: f64 = 0;
  for (let image = 0; image < step.rows; image++) sum += load<f64>(a.partial(image) + at);
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
    const weight = total(a, step, c, 1) * inverse;
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
