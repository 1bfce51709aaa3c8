/** An exponential moving average of the parameters, as plain data. */
export interface AveragingSpec {
  /** Share of the average that a step keeps, in [0, 1): 0.998 averages over the last 500 steps or so. */
  readonly decay: number;
}

/**
 * How much of the average of the parameters a step keeps:
 * min(decay, (1 + step) / (10 + step)), as in TensorFlow's `ExponentialMovingAverage`. So the first
 * weights, which are drawn, are forgotten soon.
 *
 * @param step number of the step, from 0
 */
export const averageKept = ({ decay }: AveragingSpec, step: number): number =>
  Math.min(decay, (1 + step) / (10 + step));
