import { InputError } from '../errors.ts';
import { DECIMAL } from './coordinate.ts';
import { type CsvTable, recordsOf } from './csv.ts';

/** Numbers of a table whose rows have names. */
export interface NumberTable {
  /** Name of the file, for messages. */
  readonly fileName: string;
  /** The column that names the rows. */
  readonly key: string;
  /** The numbers of some columns and the row of the file, by the row's name, in the file's order. */
  readonly rows: ReadonlyMap<string, { readonly values: readonly number[]; readonly row: number }>;
}

/**
 * Reads the numbers of some columns.
 *
 * @param table a table from `parseCsv`
 * @param key the column that names the rows
 * @param columns the columns to read; others are left out
 * @throws InputError where a column is missing, a name stands twice or a field is no number
 * @example
 * numberTable(parseCsv('RowId,Location\n1,66.03\n', 'a.csv'), 'RowId', ['Location']);
 */
export function numberTable(table: CsvTable, key: string, columns: readonly string[]): NumberTable {
  const { fileName } = table;
  const rows = new Map<string, { values: number[]; row: number }>();
  recordsOf(table, [key, ...columns]).forEach((record, index) => {
    const row = index + 1;
    const name = record[key]!;
    const earlier = rows.get(name);
    if (earlier) {
      throw new InputError(
        `${fileName}, row ${row}, column ${key}: ${name} stands in row ${earlier.row} already`,
        `Every ${key} may stand once.`,
      );
    }
    const values = columns.map((column) => {
      const text = record[column]!;
      const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
      if (Number.isFinite(value)) return value;
      throw new InputError(
        `${fileName}, row ${row}, column ${column}: "${text}" is not a number`,
        'Every row needs a coordinate in pixels.',
      );
    });
    rows.set(name, { values, row });
  });
  return { fileName, key, rows };
}

/**
 * Refuses a table that lacks a row of another one or has one more; their order is free.
 *
 * @param advice what to do then
 * @throws InputError naming the first such row
 * @example
 * requireSameRows(submission, answers, 'Answer every row.');
 */
export function requireSameRows(given: NumberTable, expected: NumberTable, advice: string): void {
  for (const [name, { row }] of given.rows) {
    if (expected.rows.has(name)) continue;
    throw new InputError(
      `${given.fileName}, row ${row}, column ${given.key}: ${name} is not in ${expected.fileName}`,
      advice,
    );
  }
  for (const [name, { row }] of expected.rows) {
    if (given.rows.has(name)) continue;
    throw new InputError(
      `${given.fileName}: no row with the ${given.key} ${name} of ${expected.fileName}, row ${row}`,
      advice,
    );
  }
}
