import { InputError } from '../errors.ts';

/**
 * The row of a table that a column `Row` names, counted from 1.
 *
 * @param text what the column holds
 * @param rows of the table that is meant
 * @param where for messages: "groups.csv, row 3"
 * @param advice what to do where the table has no such row
 * @returns the row, from 0
 * @throws InputError where the table has no such row
 * @example
 * tableRow('3', 7049, 'groups.csv, row 1', 'Give the groups of this very table.'); // 2
 */
export function tableRow(text: string, rows: number, where: string, advice: string): number {
  const row = Number(text) - 1;
  if (/^\d+$/.test(text) && row >= 0 && row < rows) return row;
  throw new InputError(
    `${where}, column Row: "${text}" is no row of the table, expected 1 to ${rows}`,
    advice,
  );
}
