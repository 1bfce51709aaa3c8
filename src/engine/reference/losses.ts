import type { LossSpec, SmoothL1LossSpec, WingLossSpec } from '../../nn/loss.ts';

/** A loss and its gradient by the prediction, in the prediction's shape. */
export interface LossAndGradient {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/**
 * The loss of a batch, with its gradient.
 *
 * @param prediction (rows, outputs)
 * @param target (rows, outputs), or the class of every row for `softmaxCrossEntropy`; see `LossSpec`
 */
export function lossAndGradient(
  loss: LossSpec,
  prediction: Float64Array,
  target: ArrayLike<number>,
  rows: number,
): LossAndGradient {
  switch (loss.type) {
    case 'meanSquaredError':
      return meanOfErrors(prediction, target, () => true, squaredError);
    case 'maskedMeanSquaredError':
      return meanOfErrors(prediction, target, isPresent, squaredError);
    case 'smoothL1Loss':
      return meanOfErrors(prediction, target, isPresent, smoothL1(loss));
    case 'wingLoss':
      return meanOfErrors(prediction, target, isPresent, wing(loss));
    case 'softmaxCrossEntropy':
      return crossEntropy(prediction, target, rows);
  }
}

const isPresent = (target: number): boolean => !Number.isNaN(target);

/** What an error costs, and how that changes with it. */
type ErrorCost = (error: number) => readonly [value: number, slope: number];

const squaredError: ErrorCost = (error) => [error * error, 2 * error];

const smoothL1 =
  ({ beta }: SmoothL1LossSpec): ErrorCost =>
  (error) =>
    Math.abs(error) < beta
      ? [error ** 2 / (2 * beta), error / beta]
      : [Math.abs(error) - beta / 2, Math.sign(error)];

const wing =
  ({ width, curvature }: WingLossSpec): ErrorCost =>
  (error) => {
    const size = Math.abs(error);
    const log = (at: number): number => width * Math.log(1 + at / curvature);
    return size < width
      ? [log(size), (Math.sign(error) * width) / (curvature + size)]
      : [size - (width - log(width)), Math.sign(error)];
  };

/** The mean cost over the targets that count; 0 where none does. */
function meanOfErrors(
  prediction: Float64Array,
  target: ArrayLike<number>,
  counts: (target: number) => boolean,
  cost: ErrorCost,
): LossAndGradient {
  const gradient = new Float64Array(prediction.length);
  let sum = 0;
  let present = 0;
  for (let i = 0; i < prediction.length; i++) {
    if (!counts(target[i]!)) continue;
    const [value, slope] = cost(prediction[i]! - target[i]!);
    gradient[i] = slope;
    sum += value;
    present++;
  }
  if (present === 0) return { loss: 0, gradient };
  return { loss: sum / present, gradient: gradient.map((value) => value / present) };
}

/** The gradient of a row is (softmax(prediction) - one-hot(class)) / rows. */
function crossEntropy(
  prediction: Float64Array,
  classes: ArrayLike<number>,
  rows: number,
): LossAndGradient {
  const outputs = prediction.length / rows;
  const gradient = new Float64Array(prediction.length);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const logits = prediction.subarray(row * outputs, (row + 1) * outputs);
    // Without the largest logit taken off, exp would overflow.
    const largest = Math.max(...logits);
    const exponentials = logits.map((logit) => Math.exp(logit - largest));
    const sum = exponentials.reduce((total, value) => total + value);
    const label = classes[row]!;
    loss += (Math.log(sum) + largest - logits[label]!) / rows;
    gradient.set(
      exponentials.map((value, output) => (value / sum - (output === label ? 1 : 0)) / rows),
      row * outputs,
    );
  }
  return { loss, gradient };
}
