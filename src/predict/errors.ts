import type { Dataset } from '../data/dataset.ts';
import { meanPoints } from '../data/point-distribution.ts';

/** How far predictions are from the labels that are there. */
export interface KeypointErrors {
  /** Root mean squared error over all coordinates that have a label, in pixels, as Kaggle scores. */
  readonly rmse: number;
  /** Coordinates that have a label. */
  readonly count: number;
  /** The same for every keypoint, x and y together; `NaN` where it has no label. */
  readonly perPoint: readonly {
    readonly name: string;
    readonly rmse: number;
    readonly count: number;
  }[];
}

/**
 * Compares predictions with labels.
 *
 * @param predicted coordinates of shape (dataset.rows, points, 2), in pixels
 * @param rows which rows to compare
 * @example
 * const found = await predictKeypoints(model, dataset.images);
 * keypointErrors(dataset, found, splitRows(completeRows(dataset), recipe.split).valid).rmse;
 */
export function keypointErrors(
  dataset: Dataset,
  predicted: Float32Array,
  rows: Uint32Array,
): KeypointErrors {
  const { points } = dataset.schema;
  const sums = new Float64Array(points.length);
  const counts = new Uint32Array(points.length);
  const values = 2 * points.length;
  for (const row of rows) {
    for (let i = 0; i < values; i++) {
      const label = dataset.labels[row * values + i]!;
      if (Number.isNaN(label)) continue;
      sums[i >> 1]! += (predicted[row * values + i]! - label) ** 2;
      counts[i >> 1]!++;
    }
  }
  const total = (numbers: Iterable<number>): number => {
    let sum = 0;
    for (const number of numbers) sum += number;
    return sum;
  };
  return {
    rmse: Math.sqrt(total(sums) / total(counts)),
    count: total(counts),
    perPoint: points.map((name, i) => ({
      name,
      rmse: Math.sqrt(sums[i]! / counts[i]!),
      count: counts[i]!,
    })),
  };
}

/**
 * The prediction that needs no network: every keypoint at its mean over some rows.
 *
 * @param rows over which the mean is taken
 * @param count how many rows to predict
 * @returns coordinates of shape (count, points, 2), in pixels, the same for every row
 * @example
 * const guess = meanFace(dataset, split.train, dataset.rows);
 * keypointErrors(dataset, guess, split.valid).rmse; // what a network has to be better than
 */
export function meanFace(dataset: Dataset, rows: Uint32Array, count: number): Float32Array {
  const mean = meanPoints(dataset, rows);
  const values = mean.length;
  return Float32Array.from({ length: count * values }, (_, i) => mean[i % values]!);
}
