import type { Dataset } from '../data/dataset.ts';
import { allRows, selectRows } from '../data/select.ts';
import type { SplitRows } from '../data/split.ts';
import type { Model } from '../model/model-file.ts';
import { type KeypointErrors, keypointErrors, meanFace } from './errors.ts';
import { type FieldErrors, fieldErrors } from './field-errors.ts';
import { predictKeypoints } from './predict.ts';
import type { PredictorOptions } from './predictor.ts';

/** How far off a model is on the rows of a fold, which it has not seen. */
export interface FoldErrors {
  /** Rows of the fold. */
  readonly rows: number;
  readonly errors: FieldErrors;
  /** The same for the mean face of all other rows. */
  readonly meanFace: KeypointErrors;
}

/** What the models of a cross-validation find, each in the rows of its own fold. */
export interface OutOfFold {
  /** Coordinates of shape (rows, points, 2), in pixels: each row's by the model that has not seen it. */
  readonly predicted: Float32Array;
  readonly folds: readonly FoldErrors[];
  /** Over all rows: every label counts alike, whichever fold it is in. */
  readonly pooled: FoldErrors;
}

/**
 * Measures the models of a cross-validation on the rows that each of them has not seen.
 *
 * @param models one for each fold
 * @param dataset with the models' points
 * @param folds the rows of each fold (`valid`), and all others (`train`)
 */
export async function measureOutOfFold(
  models: readonly Model[],
  dataset: Dataset,
  folds: readonly SplitRows[],
  options: PredictorOptions = {},
): Promise<OutOfFold> {
  const values = 2 * dataset.schema.points.length;
  const predicted = new Float32Array(dataset.rows * values);
  const guess = new Float32Array(predicted.length);
  const errorsOf = (rows: Uint32Array): FoldErrors => ({
    rows: rows.length,
    errors: fieldErrors(dataset, predicted, rows),
    meanFace: keypointErrors(dataset, guess, rows),
  });
  const measured: FoldErrors[] = [];
  for (const [i, { train, valid }] of folds.entries()) {
    const found = await predictKeypoints(models[i]!, selectRows(dataset, valid).images, options);
    const mean = meanFace(dataset, train, 1);
    valid.forEach((row, place) => {
      predicted.set(found.subarray(place * values, (place + 1) * values), row * values);
      guess.set(mean, row * values);
    });
    measured.push(errorsOf(valid));
  }
  return { predicted, folds: measured, pooled: errorsOf(allRows(dataset)) };
}
