/** See `smoothL1Loss`. */
export interface SmoothL1LossSpec {
  readonly type: 'smoothL1Loss';
  readonly beta: number;
}
/** See `wingLoss`. */
export interface WingLossSpec {
  readonly type: 'wingLoss';
  readonly width: number;
  readonly curvature: number;
}
/** What training makes small, as plain data; formulas stand at the functions of the same names. */
export type LossSpec =
  | { readonly type: 'meanSquaredError' }
  | { readonly type: 'maskedMeanSquaredError' }
  | SmoothL1LossSpec
  | WingLossSpec
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
 * The smooth L1 loss (Girshick, 2015; PyTorch's `SmoothL1Loss`) over the labels that are there: the mean
 * of d^2 / (2 * beta) where |d| < beta, else |d| - beta / 2, with d = prediction - target. So a wrong
 * label pulls no harder than any other that is off by beta. Missing labels as in `maskedMeanSquaredError`.
 *
 * @param beta where it turns from square to straight, on scaled coordinates, on which the picture is 2
 *   wide; default 0.04, about 2 pixels of 96
 * @example
 * const recipe = { ...recipes.net1, loss: smoothL1Loss(0.02), rows: 'all' };
 */
export const smoothL1Loss = (beta = 0.04): SmoothL1LossSpec => ({ type: 'smoothL1Loss', beta });

/**
 * The wing loss (Feng et al., 2018) over the labels that are there: the mean of
 * width * log(1 + |d| / curvature) where |d| < width, else |d| - c, with d = prediction - target and the c
 * at which both meet. Small errors pull harder than in the L1 loss, so that they become smaller yet.
 * Missing labels as in `maskedMeanSquaredError`.
 *
 * @param options both on scaled coordinates, on which the picture is 2 wide; the defaults are about the
 *   10 and 2 pixels of the paper in pictures of 96: `width`: up to where it is a logarithm, default 0.2;
 *   `curvature`: smaller makes it steeper at 0, default 0.04
 * @example
 * const recipe = { ...recipes.net1, loss: wingLoss({ width: 0.1 }), rows: 'all' };
 */
export const wingLoss = (
  options: { readonly width?: number; readonly curvature?: number } = {},
): WingLossSpec => ({ type: 'wingLoss', width: 0.2, curvature: 0.04, ...options });

/** Whether a loss is the mean of squared errors, so that its root is an error in the labels' unit. */
export const isSquaredError = ({ type }: LossSpec): boolean =>
  type === 'meanSquaredError' || type === 'maskedMeanSquaredError';

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
