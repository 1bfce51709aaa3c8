import type { BatchNormSpec } from '../../nn/layers.ts';
import { type Shape, sizeOf } from '../../nn/network.ts';

/** Per channel, of shape (channels). */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Channels of a row, and how many values each has. */
function channelsOf(shape: Shape): { channels: number; area: number } {
  const channels = shape[0]!;
  return { channels, area: sizeOf(shape) / channels };
}

/** Calls with the channel of every index. */
function forEachValue(
  shape: Shape,
  count: number,
  visit: (index: number, channel: number) => void,
): void {
  const { channels, area } = channelsOf(shape);
  for (let i = 0; i < count; i++) visit(i, Math.floor(i / area) % channels);
}

/** Mean and variance (of the population) of each channel of a batch. */
export function batchMoments(shape: Shape, rows: number, input: Float64Array): Moments {
  const { channels, area } = channelsOf(shape);
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  forEachValue(shape, input.length, (i, channel) => {
    mean[channel]! += input[i]! / (rows * area);
  });
  forEachValue(shape, input.length, (i, channel) => {
    variance[channel]! += (input[i]! - mean[channel]!) ** 2 / (rows * area);
  });
  return { mean, variance };
}

/** (x - mean) / sqrt(variance + epsilon) * weight + bias. */
export function batchNormForward(
  { epsilon }: BatchNormSpec,
  shape: Shape,
  input: Float64Array,
  { mean, variance }: Moments,
  weight: Float64Array,
  bias: Float64Array,
): Float64Array {
  const output = new Float64Array(input.length);
  forEachValue(shape, input.length, (i, c) => {
    output[i] =
      ((input[i]! - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * weight[c]! + bias[c]!;
  });
  return output;
}

/**
 * Gradients. With n values of a channel, x^ the normalised input and g the cotangent:
 * weight' = sum(g x^), bias' = sum(g), and where the moments are those of the batch
 * x' = weight / sqrt(variance + epsilon) (g - bias' / n - x^ weight' / n).
 *
 * @param kept whether the moments are those that were kept: they are constants, and so
 *   x' = weight / sqrt(variance + epsilon) g
 */
export function batchNormBackward(
  { epsilon }: BatchNormSpec,
  shape: Shape,
  input: Float64Array,
  { mean, variance }: Moments,
  weight: Float64Array,
  cotangent: Float64Array,
  kept: boolean,
): { input: Float64Array; weight: Float64Array; bias: Float64Array } {
  const { channels } = channelsOf(shape);
  const normalised = (i: number, c: number): number =>
    (input[i]! - mean[c]!) / Math.sqrt(variance[c]! + epsilon);
  const gradients = { weight: new Float64Array(channels), bias: new Float64Array(channels) };
  forEachValue(shape, input.length, (i, c) => {
    gradients.weight[c]! += cotangent[i]! * normalised(i, c);
    gradients.bias[c]! += cotangent[i]!;
  });
  const share = kept ? 0 : channels / input.length;
  const gradient = new Float64Array(input.length);
  forEachValue(shape, input.length, (i, c) => {
    const rest = (gradients.bias[c]! + normalised(i, c) * gradients.weight[c]!) * share;
    gradient[i] = (weight[c]! / Math.sqrt(variance[c]! + epsilon)) * (cotangent[i]! - rest);
  });
  return { input: gradient, ...gradients };
}
