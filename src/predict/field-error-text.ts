import { counted } from '../counted.ts';
import type { FieldErrors } from './field-errors.ts';

/**
 * What else there is to say of an error besides its pixels over all labels, in sentences.
 *
 * @returns none where the rows are of one kind and have no eyes
 */
export function fieldErrorSentences({ normalised, fewLabels, manyLabels }: FieldErrors): string[] {
  const sentences: string[] = [];
  if (fewLabels && manyLabels) {
    sentences.push(
      `Rows with less than half of the labels: ${fewLabels.rmse.toFixed(3)} pixels RMSE (${counted(fewLabels.rows, 'row')}); the others: ${manyLabels.rmse.toFixed(3)} (${counted(manyLabels.rows, 'row')}).`,
    );
  }
  if (normalised) {
    sentences.push(
      `Normalised by the distance from ${normalised.by.join(' to ')}: ${(100 * normalised.mean).toFixed(2)} % (mean of ${counted(normalised.rows, 'row')}).`,
    );
  }
  return sentences;
}
