import { randomStream } from '../../random.ts';

/** A training step, which decides what dropout drops. */
export interface DropoutStep {
  /** Any whole number in [0, 2^32). */
  readonly seed: number;
  /** Number of the step since training began, from 0. */
  readonly step: number;
}

/**
 * Factors of dropout: 0 with probability `rate`, else 1 / (1 - rate).
 *
 * The value at flat index i of the batch (row, channel, y, x) is kept where the uniform number at i of
 * the stream `dropout/<layer>/<step>` is at least `rate`.
 *
 * @param layer number of the layer among the network's dropout layers, from 0
 * @param size number of values in the batch
 */
export function dropoutMask(
  rate: number,
  layer: number,
  { seed, step }: DropoutStep,
  size: number,
): Float64Array {
  const stream = randomStream(seed, `dropout/${layer}/${step}`);
  return Float64Array.from({ length: size }, (_, i) =>
    stream.uniform(i) >= rate ? 1 / (1 - rate) : 0,
  );
}
