import { DECIMAL } from '../data/coordinate.ts';
import { parseCsv, recordsOf } from '../data/csv.ts';
import { InputError } from '../errors.ts';

/** Coordinates by `RowId`: a submission, or the answers to compare it with. */
export interface Locations {
  /** Name of the file, for messages. */
  readonly fileName: string;
  /** Location in pixels and row of the file, by `RowId`, in the order of the file. */
  readonly byRowId: ReadonlyMap<string, { readonly location: number; readonly row: number }>;
}

/** How far a submission is from the answers. */
export interface Score {
  /** Root mean squared error over all rows, in pixels. */
  readonly rmse: number;
  readonly rows: number;
}

/**
 * Reads a table with the columns `RowId` and `Location`.
 *
 * @param text the whole file
 * @param fileName for messages
 * @throws InputError where a column is missing, a `RowId` stands twice or a `Location` is no number
 * @example
 * parseLocations('RowId,Location\n1,66.03\n', 'answers.csv');
 */
export function parseLocations(text: string, fileName: string): Locations {
  const byRowId = new Map<string, { location: number; row: number }>();
  recordsOf(parseCsv(text, fileName), ['RowId', 'Location']).forEach((record, index) => {
    const row = index + 1;
    const earlier = byRowId.get(record.RowId);
    if (earlier) {
      throw new InputError(
        `${fileName}, row ${row}, column RowId: ${record.RowId} stands in row ${earlier.row} already`,
        'Every RowId may stand once.',
      );
    }
    const location = DECIMAL.test(record.Location) ? Number(record.Location) : Number.NaN;
    if (!Number.isFinite(location)) {
      throw new InputError(
        `${fileName}, row ${row}, column Location: "${record.Location}" is not a number`,
        'Every row needs a coordinate in pixels.',
      );
    }
    byRowId.set(record.RowId, { location, row });
  });
  return { fileName, byRowId };
}

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
export function score(submission: Locations, answers: Locations): Score {
  const advice = 'Answer every row of the lookup table that belongs to these answers.';
  for (const [rowId, { row }] of submission.byRowId) {
    if (answers.byRowId.has(rowId)) continue;
    throw new InputError(
      `${submission.fileName}, row ${row}, column RowId: ${rowId} is not in ${answers.fileName}`,
      advice,
    );
  }
  let sum = 0;
  for (const [rowId, { location, row }] of answers.byRowId) {
    const submitted = submission.byRowId.get(rowId);
    if (!submitted) {
      throw new InputError(
        `${submission.fileName}: no row with the RowId ${rowId} of ${answers.fileName}, row ${row}`,
        advice,
      );
    }
    sum += (submitted.location - location) ** 2;
  }
  const rows = answers.byRowId.size;
  return { rmse: Math.sqrt(sum / rows), rows };
}
