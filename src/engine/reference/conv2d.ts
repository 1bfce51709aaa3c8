import type { Conv2dSpec } from '../../nn/layers.ts';
import type { Shape } from '../../nn/network.ts';
import type { WeightedGradients } from './gradients.ts';

/** Sizes of a convolution. */
interface Sizes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly filters: number;
  readonly kernel: number;
  /** Rows and columns of zeros on every side of the map. */
  readonly padding: number;
  readonly stride: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
}

/**
 * A convolution (cross-correlation, no flip):
 * output[r, f, y, x] = bias[f] + sum over c, j, i of weight[f, c, j, i] * input[r, c, s y + j - p, s x + i - p],
 * where s is the stride, p is the padding and input is 0 outside the map.
 *
 * @param shape of one row of the input, [channels, height, width]
 * @param input (rows, channel, y, x)
 * @param weight (filter, channel, y, x)
 */
export function conv2dForward(
  spec: Conv2dSpec,
  shape: Shape,
  rows: number,
  input: Float64Array,
  weight: Float64Array,
  bias: Float64Array,
): Float64Array {
  const sizes = sizesOf(spec, shape);
  const { channels, height, width, filters, kernel, outputHeight, outputWidth } = sizes;
  const { padding, stride } = sizes;
  const output = new Float64Array(rows * filters * outputHeight * outputWidth);
  for (let row = 0; row < rows; row++) {
    for (let filter = 0; filter < filters; filter++) {
      const outputMap = (row * filters + filter) * outputHeight;
      output.fill(bias[filter]!, outputMap * outputWidth, (outputMap + outputHeight) * outputWidth);
      for (let channel = 0; channel < channels; channel++) {
        const inputMap = (row * channels + channel) * height;
        for (let j = 0; j < kernel; j++) {
          const [firstY, endY] = inside(j - padding, outputHeight, height, stride);
          for (let i = 0; i < kernel; i++) {
            const [firstX, endX] = inside(i - padding, outputWidth, width, stride);
            const factor = weight[((filter * channels + channel) * kernel + j) * kernel + i]!;
            for (let y = firstY; y < endY; y++) {
              const outputLine = (outputMap + y) * outputWidth;
              const inputLine = (inputMap + stride * y + j - padding) * width + i - padding;
              for (let x = firstX; x < endX; x++) {
                output[outputLine + x]! += factor * input[inputLine + stride * x]!;
              }
            }
          }
        }
      }
    }
  }
  return output;
}

/**
 * Gradients of a convolution. Each product weight * input of the forward pass adds to one output, so
 * that output's cotangent times the one factor adds to the gradient of the other.
 *
 * @param cotangent gradient of the loss by the output, (rows, filter, y, x)
 */
export function conv2dBackward(
  spec: Conv2dSpec,
  shape: Shape,
  input: Float64Array,
  weight: Float64Array,
  cotangent: Float64Array,
): WeightedGradients {
  const sizes = sizesOf(spec, shape);
  const { channels, height, width, filters, kernel, outputHeight, outputWidth } = sizes;
  const { padding, stride } = sizes;
  const inputGradient = new Float64Array(input.length);
  const weightGradient = new Float64Array(weight.length);
  const biasGradient = new Float64Array(filters);
  for (let at = 0; at < cotangent.length; at++) {
    const gradient = cotangent[at]!;
    // Max-pooling and ReLU leave most of them at zero.
    if (gradient === 0) continue;
    const x = stride * (at % outputWidth);
    const y = stride * (Math.floor(at / outputWidth) % outputHeight);
    const map = Math.floor(at / (outputWidth * outputHeight));
    const filter = map % filters;
    const row = Math.floor(map / filters);
    const [firstJ, endJ] = inside(y - padding, kernel, height);
    const [firstI, endI] = inside(x - padding, kernel, width);
    biasGradient[filter]! += gradient;
    for (let channel = 0; channel < channels; channel++) {
      for (let j = firstJ; j < endJ; j++) {
        const weightLine = ((filter * channels + channel) * kernel + j) * kernel;
        const inputLine =
          ((row * channels + channel) * height + y + j - padding) * width + x - padding;
        for (let i = firstI; i < endI; i++) {
          inputGradient[inputLine + i]! += gradient * weight[weightLine + i]!;
          weightGradient[weightLine + i]! += gradient * input[inputLine + i]!;
        }
      }
    }
  }
  return { input: inputGradient, weight: weightGradient, bias: biasGradient };
}

function sizesOf(spec: Conv2dSpec, shape: Shape): Sizes {
  const [channels, height, width] = shape as [number, number, number];
  const { filters, kernel, stride = 1 } = spec;
  const padding = spec.padding === 'same' ? (kernel - 1) / 2 : 0;
  const shrink = kernel - 1 - 2 * padding;
  const outputHeight = Math.ceil((height - shrink) / stride);
  const outputWidth = Math.ceil((width - shrink) / stride);
  return { channels, height, width, filters, kernel, padding, stride, outputHeight, outputWidth };
}

/** The steps n in [0, count) with stride * n + offset in [0, length): first and end. */
const inside = (offset: number, count: number, length: number, stride = 1): [number, number] => [
  Math.max(0, Math.ceil(-offset / stride)),
  Math.min(count, Math.ceil((length - offset) / stride)),
];
