import type { Dataset } from '../data/dataset.ts';
import { type KeypointErrors, keypointErrors } from './errors.ts';
import { type NormalisedError, normalisedError } from './normalised-error.ts';

/** Root mean squared error in pixels of some rows. */
export interface RowsError {
  readonly rows: number;
  readonly rmse: number;
  /** Coordinates that have a label. */
  readonly count: number;
}

/** How far predictions are off, in each of the ways in which the field tells it. */
export interface FieldErrors extends KeypointErrors {
  /** By the distance between the eyes; absent where the points have no eyes or no row has both. */
  readonly normalised?: NormalisedError | undefined;
  /** Of rows with less than half of the points, and of the others; absent where nearly all are of one kind. */
  readonly fewLabels?: RowsError | undefined;
  readonly manyLabels?: RowsError | undefined;
}

/** Rows are told apart by their labels where each kind is such a share of them or more. */
const LEAST_SHARE = 0.05;

/**
 * Compares predictions with labels in each of the ways in which the field tells an error: over all
 * labels alike (as Kaggle scores), for each keypoint, for rows with few labels and with many, and
 * normalised by the distance between the eyes.
 *
 * @param predicted coordinates of shape (dataset.rows, points, 2), in pixels
 * @param rows which rows to compare
 * @example
 * fieldErrors(dataset, predicted, split.valid).normalised?.mean; // 0.043: 4.3 % of that distance
 */
export function fieldErrors(
  dataset: Dataset,
  predicted: Float32Array,
  rows: Uint32Array,
): FieldErrors {
  const points = dataset.schema.points.length;
  const labelled = (row: number): number => {
    let count = 0;
    for (let i = 2 * row * points; i < 2 * (row + 1) * points; i += 2) {
      if (!Number.isNaN(dataset.labels[i]! + dataset.labels[i + 1]!)) count++;
    }
    return count;
  };
  const few = rows.filter((row) => labelled(row) > 0 && labelled(row) < points / 2);
  const many = rows.filter((row) => labelled(row) >= points / 2);
  const areApart = Math.min(few.length, many.length) >= LEAST_SHARE * rows.length && few.length > 0;
  const errorOf = (own: Uint32Array): RowsError => {
    const { rmse, count } = keypointErrors(dataset, predicted, own);
    return { rows: own.length, rmse, count };
  };
  const normalised = normalisedError(dataset, predicted, rows);
  return {
    ...keypointErrors(dataset, predicted, rows),
    ...(normalised && { normalised }),
    ...(areApart && { fewLabels: errorOf(few), manyLabels: errorOf(many) }),
  };
}
