import type { WeightedGradients } from './gradients.ts';

/**
 * A dense layer: output[r, u] = bias[u] + sum over i of weight[u, i] * input[r, i].
 *
 * @param input (rows, inputs)
 * @param weight (units, inputs)
 * @param bias (units)
 */
export function denseForward(
  rows: number,
  input: Float64Array,
  weight: Float64Array,
  bias: Float64Array,
): Float64Array {
  const units = bias.length;
  const inputs = weight.length / units;
  const output = new Float64Array(rows * units);
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      const inputAt = row * inputs;
      const weightAt = unit * inputs;
      let sum = bias[unit]!;
      for (let i = 0; i < inputs; i++) sum += weight[weightAt + i]! * input[inputAt + i]!;
      output[row * units + unit] = sum;
    }
  }
  return output;
}

/**
 * Gradients of a dense layer: of the input, cotangent times weight; of the weight, cotangent
 * (transposed) times input; of the bias, the sum of the cotangent's rows.
 *
 * @param cotangent gradient of the loss by the output, (rows, units)
 */
export function denseBackward(
  rows: number,
  input: Float64Array,
  weight: Float64Array,
  cotangent: Float64Array,
): WeightedGradients {
  const units = cotangent.length / rows;
  const inputs = weight.length / units;
  const inputGradient = new Float64Array(input.length);
  const weightGradient = new Float64Array(weight.length);
  const biasGradient = new Float64Array(units);
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      const inputAt = row * inputs;
      const weightAt = unit * inputs;
      const factor = cotangent[row * units + unit]!;
      for (let i = 0; i < inputs; i++) {
        inputGradient[inputAt + i]! += factor * weight[weightAt + i]!;
        weightGradient[weightAt + i]! += factor * input[inputAt + i]!;
      }
      biasGradient[unit]! += factor;
    }
  }
  return { input: inputGradient, weight: weightGradient, bias: biasGradient };
}
