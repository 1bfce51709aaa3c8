import { counted } from '../counted.ts';
import { isSquaredError } from '../nn/loss.ts';
import { bestEpoch } from '../train/best-epoch.ts';
import type { EpochRecord } from '../train/epoch.ts';
import type { Report } from './report.ts';

/** The epoch whose model was kept: the best or the last; without labels to validate on the last one. */
export const keptEpoch = ({
  recipe,
  history,
  validRows,
}: Pick<Report, 'recipe' | 'history' | 'validRows'>): EpochRecord | undefined =>
  validRows === 0 || recipe.keep === 'last' ? history.at(-1) : bestEpoch(history);

/**
 * What came of a run, in one sentence with units.
 *
 * @example
 * resultSentence(report);
 * // 'Best is epoch 37 of 60: 2.41 pixels RMSE on 205 validation faces, where always guessing the
 * // mean face gives 3.84.'
 */
export function resultSentence(
  report: Pick<Report, 'recipe' | 'history' | 'validRows' | 'evaluation'>,
): string {
  const { recipe, validRows, evaluation } = report;
  const kept = keptEpoch(report);
  if (!kept) return 'No epoch was finished, so there is no model.';
  const epochs = recipe.epochs.toLocaleString('en');
  if (Number.isNaN(kept.validRmse) || validRows === 0) {
    return (
      `Epoch ${kept.epoch.toLocaleString('en')} of ${epochs} has a training loss of ${kept.trainLoss.toPrecision(3)} ` +
      `(${isSquaredError(recipe.loss) ? 'mean squared error' : recipe.loss.type} of scaled coordinates); there are no labels to validate on.`
    );
  }
  const faces =
    validRows === undefined ? 'the validation faces' : counted(validRows, 'validation face');
  const guess =
    evaluation?.unseen && Number.isFinite(evaluation.meanFaceRmse)
      ? `, where always guessing the mean face gives ${evaluation.meanFaceRmse.toFixed(2)}`
      : '';
  const which = recipe.keep === 'last' ? 'The model is that of the last epoch,' : 'Best is epoch';
  return `${which} ${kept.epoch.toLocaleString('en')} of ${epochs}: ${kept.validRmse.toFixed(2)} pixels RMSE on ${faces}${guess}.`;
}
