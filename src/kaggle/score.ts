import { parseCsv } from '../data/csv.ts';
import { type NumberTable, numberTable, requireSameRows } from '../data/number-table.ts';

/** How far a submission is from the answers. */
export interface Score {
  /** Root mean squared error over all rows, in pixels. */
  readonly rmse: number;
  readonly rows: number;
}

/**
 * Reads a submission, or the answers to compare it with: a table with the columns `RowId` and
 * `Location`.
 *
 * @param text the whole file
 * @param fileName for messages
 * @returns locations in pixels by `RowId`
 * @throws InputError where a column is missing, a `RowId` stands twice or a `Location` is no number
 * @example
 * parseLocations('RowId,Location\n1,66.03\n', 'answers.csv');
 */
export const parseLocations = (text: string, fileName: string): NumberTable =>
  numberTable(parseCsv(text, fileName), 'RowId', ['Location']);

/**
 * Scores a submission as Kaggle does: the root of the mean squared error over all rows of the answers,
 * sqrt(sum((submitted - answer)^2) / rows).
 *
 * @param submission what was predicted
 * @param answers the truth
 * @throws InputError where the submission lacks a `RowId` of the answers or has one more
 * @example
 * score(parseLocations(submitted, 'submission.csv'), parseLocations(labels, 'answers.csv')).rmse;
 */
export function score(submission: NumberTable, answers: NumberTable): Score {
  requireSameRows(
    submission,
    answers,
    'Answer every row of the lookup table that belongs to these answers.',
  );
  let sum = 0;
  for (const [rowId, { values }] of answers.rows) {
    sum += (submission.rows.get(rowId)!.values[0]! - values[0]!) ** 2;
  }
  const rows = answers.rows.size;
  return { rmse: Math.sqrt(sum / rows), rows };
}
