import { Loss } from '../opcodes';
import { Step } from './step';
import { claim } from './team';

@unmanaged
export class LossArguments {
  kind: i32;
  /** [row][output], padded to a multiple of four. */
  prediction: usize;
  outputs: i32;
  /** Targets of the batch, [row][target]. */
  targets: usize;
  /** Of a row: as many as outputs, or one for the number of a class. */
  targetsPerRow: i32;
  paddedOutputs: i32;
  /** Gradient of the loss by the prediction, or 0. */
  gradient: usize;
  /** beta of the smooth L1 loss, width of the wing loss; else 0. */
  width: f32;
  /** Of the wing loss; else 0. */
  curvature: f32;
}

/** Value of a batch's loss as a sum and a count, and its gradient. Small, so one thread does it in order. */
export function loss(a: LossArguments, step: Step): void {
  if (claim(1) < 0) return;
  switch (a.kind) {
    case Loss.SoftmaxCrossEntropy:
      crossEntropy(a, step);
      break;
    default:
      meanOfErrors(a, step, a.kind != Loss.MeanSquaredError);
  }
}

// @ts-ignore: decorator
@inline
function targetRow(a: LossArguments, row: i32): usize {
  return a.targets + <usize>(row * a.targetsPerRow << 2);
}

/** Mean of a function of prediction - target; masked: over the targets that are not NaN. */
function meanOfErrors(a: LossArguments, step: Step, masked: bool): void {
  let sum: f64 = 0;
  let squares: f64 = 0;
  let count: f64 = 0;
  for (let row = 0; row < step.rows; row++) {
    const prediction = a.prediction + <usize>(row * a.paddedOutputs << 2);
    const target = targetRow(a, row);
    for (let i: usize = 0; i < <usize>a.outputs << 2; i += 4) {
      const wanted = load<f32>(target + i);
      if (masked && wanted != wanted) continue;
      const difference = <f64>load<f32>(prediction + i) - <f64>wanted;
      sum += errorValue(a, difference);
      squares += difference * difference;
      count += 1;
    }
  }
  step.lossSum = sum;
  step.squares = squares;
  step.lossCount = count;
  if (!a.gradient) return;
  const share: f64 = count > 0 ? 1 / count : 0;
  for (let row = 0; row < step.rows; row++) {
    const prediction = a.prediction + <usize>(row * a.paddedOutputs << 2);
    const gradient = a.gradient + <usize>(row * a.paddedOutputs << 2);
    const target = targetRow(a, row);
    for (let i: usize = 0; i < <usize>a.outputs << 2; i += 4) {
      const wanted = load<f32>(target + i);
      const missing = masked && wanted != wanted;
      const slope = <f32>(errorSlope(a, <f64>load<f32>(prediction + i) - <f64>wanted) * share);
      store<f32>(gradient + i, missing ? 0 : slope);
    }
  }
}

/** What an error costs; the formulas are those of `nn/loss.ts`. */
function errorValue(a: LossArguments, difference: f64): f64 {
  const size = Math.abs(difference);
  const width = <f64>a.width;
  if (a.kind == Loss.SmoothL1) {
    return size < width ? difference * difference / (2 * width) : size - width / 2;
  }
  if (a.kind == Loss.Wing) {
    const curvature = <f64>a.curvature;
    // Where log and line meet, they have the same value.
    const offset = width - width * Math.log(1 + width / curvature);
    return size < width ? width * Math.log(1 + size / curvature) : size - offset;
  }
  return difference * difference;
}

/** How that changes with the error. */
function errorSlope(a: LossArguments, difference: f64): f64 {
  const size = Math.abs(difference);
  const width = <f64>a.width;
  const sign: f64 = difference > 0 ? 1 : difference < 0 ? -1 : difference;
  if (a.kind == Loss.SmoothL1) return size < width ? difference / width : sign;
  if (a.kind == Loss.Wing) return size < width ? sign * width / (<f64>a.curvature + size) : sign;
  return 2 * difference;
}

/** Mean over rows of -log softmax(prediction)[class]; the target is the number of the class. */
function crossEntropy(a: LossArguments, step: Step): void {
  let sum: f64 = 0;
  const share: f64 = 1 / <f64>step.rows;
  for (let row = 0; row < step.rows; row++) {
    const prediction = a.prediction + <usize>(row * a.paddedOutputs << 2);
    const wanted = <i32>load<f32>(targetRow(a, row));
    let largest = load<f32>(prediction);
    for (let i = 1; i < a.outputs; i++) largest = max(largest, load<f32>(prediction + (<usize>i << 2)));
    let total: f64 = 0;
    for (let i = 0; i < a.outputs; i++) {
      total += Math.exp(<f64>(load<f32>(prediction + (<usize>i << 2)) - largest));
    }
    sum += Math.log(total) - <f64>(load<f32>(prediction + (<usize>wanted << 2)) - largest);
    if (!a.gradient) continue;
    const gradient = a.gradient + <usize>(row * a.paddedOutputs << 2);
    for (let i = 0; i < a.outputs; i++) {
      const offset = <usize>i << 2;
      const probability = Math.exp(<f64>(load<f32>(prediction + offset) - largest)) / total;
      store<f32>(gradient + offset, <f32>((probability - (i == wanted ? 1 : 0)) * share));
    }
  }
  step.lossSum = sum;
  step.lossCount = step.rows;
}
