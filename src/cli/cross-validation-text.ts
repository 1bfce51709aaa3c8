import { join } from 'node:path';
import { fieldErrorSentences } from '../predict/field-error-text.ts';
import type { OutOfFold } from '../predict/out-of-fold.ts';
import { pixels, textTable } from './text-table.ts';

/**
 * What a cross-validation has come to, for a terminal.
 *
 * @param result `trainRows`: how many rows each fold's run has learnt from
 * @param told `out`: the folder; `note`: what is good to know of the errors
 */
export function crossValidationText(
  { folds, pooled, trainRows }: OutOfFold & { readonly trainRows: readonly number[] },
  { out, note }: { readonly out: string; readonly note: string | undefined },
): string {
  const line = (name: string, train: string, fold: OutOfFold['pooled']): string[] => [
    name,
    train,
    String(fold.rows),
    String(fold.errors.count),
    pixels(fold.errors.rmse),
    pixels(fold.meanFace.rmse),
  ];
  const overview = textTable(
    ['fold', 'learnt from', 'rows', 'labels', 'RMSE (px)', 'mean face (px)'],
    [
      ...folds.map((fold, i) => line(String(i + 1), String(trainRows[i]), fold)),
      line('pooled', '', pooled),
    ],
  );
  const points = textTable(
    ['keypoint', 'RMSE (px)', 'mean face (px)'],
    pooled.errors.perPoint.map(({ name, rmse }, i) => [
      name,
      pixels(rmse),
      pixels(pooled.meanFace.perPoint[i]!.rmse),
    ]),
  );
  const sentences = [...fieldErrorSentences(pooled.errors), ...(note ? [note] : [])];
  const sections = [overview, sentences, points];
  return (
    `\n${sections
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n')}\n\n` +
    `What was found in each row by the model that has not seen it: ${join(out, 'out-of-fold.csv')}\n` +
    `To see it all, open ${join(out, 'report.html')}\n`
  );
}
