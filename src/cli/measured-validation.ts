import type { Engine } from '../engine/engine.ts';
import type { CardErrors } from '../model/card.ts';
import { keypointErrors, meanFace } from '../predict/errors.ts';
import type { FieldErrors, RowsError } from '../predict/field-errors.ts';
import { measureRows } from '../predict/measure-rows.ts';
import type { Training } from '../train/training.ts';

/** What the kept model finds in the validation rows. */
export interface MeasuredValidation {
  /** Coordinates of shape (validation rows, points, 2), in pixels. */
  readonly predicted: Float32Array;
  readonly errors: CardErrors;
}

/**
 * Measures the kept model on the validation rows, keypoint by keypoint and beside the mean face.
 *
 * @returns undefined where there are no such rows
 */
export async function measuredValidation(
  training: Training,
  engine: Engine,
): Promise<MeasuredValidation | undefined> {
  const { dataset, split } = training.data;
  const { train, valid } = split;
  if (valid.length === 0) return undefined;
  const model = await training.model();
  const { predicted, errors } = await measureRows(model, dataset, valid, { engine });
  const guess = keypointErrors(dataset, meanFace(dataset, train, dataset.rows), valid);
  return {
    predicted,
    errors: {
      ...cardError(errors, guess),
      ...(Number.isFinite(errors.rmse) && moreErrors(errors)),
      points: errors.perPoint.map((own, i) => ({
        name: own.name,
        ...cardError(own, guess.perPoint[i]!),
      })),
    },
  };
}

interface Measured {
  readonly rmse: number;
  readonly count: number;
}

const cardError = ({ rmse, count }: Measured, guess: Measured) => ({
  rmse: orNull(rmse),
  meanFace: orNull(guess.rmse),
  labels: count,
});

/** JSON has no numbers that are not finite; a card leaves these out where there are such. */
const moreErrors = ({ normalised, fewLabels, manyLabels }: FieldErrors) => ({
  ...(normalised && { normalised }),
  ...(fewLabels && { fewLabels: rowsError(fewLabels) }),
  ...(manyLabels && { manyLabels: rowsError(manyLabels) }),
});

const rowsError = ({ rows, rmse, count }: RowsError) => ({ rows, rmse, labels: count });

/** JSON has no `NaN`. */
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
