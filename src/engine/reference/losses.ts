import type { LossSpec } from '../../nn/loss.ts';

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
      return squaredError(prediction, target, () => true);
    case 'maskedMeanSquaredError':
      return squaredError(prediction, target, (value) => !Number.isNaN(value));
    case 'softmaxCrossEntropy':
      return crossEntropy(prediction, target, rows);
  }
}

/** The mean squared error over the targets that count; 0 where none does. */
function squaredError(
  prediction: Float64Array,
  target: ArrayLike<number>,
  counts: (target: number) => boolean,
): LossAndGradient {
  const gradient = new Float64Array(prediction.length);
  let sum = 0;
  let present = 0;
  for (let i = 0; i < prediction.length; i++) {
    if (!counts(target[i]!)) continue;
    const difference = prediction[i]! - target[i]!;
    gradient[i] = 2 * difference;
    sum += difference * difference;
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
