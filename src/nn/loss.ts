/** What training makes small, as plain data; formulas stand at the functions of the same names. */
export type LossSpec =
  | { readonly type: 'meanSquaredError' }
  | { readonly type: 'maskedMeanSquaredError' }
  | { readonly type: 'softmaxCrossEntropy' };

/**
 * The mean squared error: sum((prediction - target)^2) / (rows * outputs).
 *
 * Targets have the shape (rows, outputs); a missing one (`NaN`) makes the loss `NaN`.
 */
export const meanSquaredError = (): LossSpec => ({ type: 'meanSquaredError' });

/**
 * The mean squared error over the labels that are there: sum((prediction - target)^2) / present.
 *
 * Targets have the shape (rows, outputs), `NaN` where a label is missing. `present` counts the labels
 * of the whole batch, so each weighs the same; a missing one has no gradient. A batch without any label
 * has loss 0 and no gradient.
 */
export const maskedMeanSquaredError = (): LossSpec => ({ type: 'maskedMeanSquaredError' });

/**
 * The softmax cross-entropy: the mean over the rows of log(sum(exp(output))) - output[class].
 *
 * Targets have the shape (rows): the class of every row, a whole number in [0, outputs).
 */
export const softmaxCrossEntropy = (): LossSpec => ({ type: 'softmaxCrossEntropy' });

/**
 * Number of target values of one row.
 *
 * @param outputs number of the network's outputs for one row
 * @example
 * targetsPerRow(softmaxCrossEntropy(), 10); // 1: the class
 */
export const targetsPerRow = (loss: LossSpec, outputs: number): number =>
  loss.type === 'softmaxCrossEntropy' ? 1 : outputs;
