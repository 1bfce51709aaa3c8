import { bestEpoch } from '../train/best-epoch.ts';
import type { EpochRecord } from '../train/epoch.ts';
import type { Report } from './report.ts';

/** The epoch whose model was kept; without labels to validate on it is the last one. */
export const keptEpoch = ({
  history,
  validRows,
}: Pick<Report, 'history' | 'validRows'>): EpochRecord | undefined =>
  validRows === 0 ? history.at(-1) : bestEpoch(history);

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
  const best = keptEpoch(report);
  if (!best) return 'No epoch was finished, so there is no model.';
  const epochs = recipe.epochs.toLocaleString('en');
  if (Number.isNaN(best.validRmse) || validRows === 0) {
    return (
      `Epoch ${best.epoch.toLocaleString('en')} of ${epochs} has a training loss of ${best.trainLoss.toPrecision(3)} ` +
      '(mean squared error of scaled coordinates); there are no labels to validate on.'
    );
  }
  const faces =
    validRows === undefined
      ? 'the validation faces'
      : `${validRows.toLocaleString('en')} validation face${validRows === 1 ? '' : 's'}`;
  const guess =
    evaluation?.unseen && Number.isFinite(evaluation.meanFaceRmse)
      ? `, where always guessing the mean face gives ${evaluation.meanFaceRmse.toFixed(2)}`
      : '';
  return `Best is epoch ${best.epoch.toLocaleString('en')} of ${epochs}: ${best.validRmse.toFixed(2)} pixels RMSE on ${faces}${guess}.`;
}
