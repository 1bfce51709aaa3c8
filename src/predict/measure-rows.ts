import type { Dataset } from '../data/dataset.ts';
import { allRows, selectRows } from '../data/select.ts';
import type { Model } from '../model/model-file.ts';
import { type FieldErrors, fieldErrors } from './field-errors.ts';
import { predictKeypoints } from './predict.ts';
import type { PredictorOptions } from './predictor.ts';

/** What is found in some rows, and how far it is off. */
export interface MeasuredRows {
  /** Coordinates of shape (rows, points, 2), in pixels. */
  readonly predicted: Float32Array;
  readonly errors: FieldErrors;
}

/**
 * Measures a model on some rows of a dataset, or several models that find the same points.
 *
 * @param dataset with the models' points
 * @param rows indices into the dataset, in any order
 */
export async function measureRows(
  models: Model | readonly Model[],
  dataset: Dataset,
  rows: Uint32Array,
  options: PredictorOptions = {},
): Promise<MeasuredRows> {
  const faces = selectRows(dataset, rows);
  const predicted = await predictKeypoints(models, faces.images, options);
  return { predicted, errors: fieldErrors(faces, predicted, allRows(faces)) };
}
