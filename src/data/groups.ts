import { InputError } from '../errors.ts';
import { parseCsv, recordsOf } from './csv.ts';
import { tableRow } from './table-row.ts';

/**
 * Reads which rows of a table belong together: a table `Row,Group`, rows counted from 1 without the
 * header, any text as the name of a group.
 *
 * @param text the whole file
 * @param fileName for messages
 * @param rows number of rows of the table that the groups are about
 * @returns per row the number of its group; groups are numbered from 0 as rows of the table first
 *   show them, so the order of the file changes nothing
 * @throws InputError for a row that the table does not have, that stands twice or is missing, and for
 *   a group without a name
 * @example
 * parseGroups('Row,Group\n1,ann\n2,bob\n3,ann\n', 'groups.csv', 3); // [0, 1, 0]
 */
export function parseGroups(text: string, fileName: string, rows: number): Uint32Array {
  const names = new Array<string>(rows);
  const lineOf = new Uint32Array(rows);
  recordsOf(parseCsv(text, fileName), ['Row', 'Group']).forEach(({ Row, Group }, index) => {
    const where = `${fileName}, row ${index + 1}`;
    const advice = 'Give the groups of this very table, its rows counted from 1.';
    const row = tableRow(Row, rows, where, advice);
    if (lineOf[row] !== 0) {
      throw new InputError(
        `${where}, column Row: ${Row} stands in row ${lineOf[row]} already`,
        'Remove one of the two.',
      );
    }
    if (Group === '') {
      throw new InputError(`${where}, column Group: empty`, 'Give every row a group.');
    }
    names[row] = Group;
    lineOf[row] = index + 1;
  });
  const missing = lineOf.indexOf(0);
  if (missing >= 0) {
    const listed = lineOf.filter((line) => line !== 0).length;
    throw new InputError(
      `${fileName}: row ${missing + 1} of the table has no group; ${listed} of its ${rows} rows are listed`,
      `Give the groups of this very table: every row from 1 to ${rows}.`,
    );
  }
  return groupNumbers(names);
}

/**
 * The groups of rows as numbers, from 0 as they first appear.
 *
 * @param names the group of every row
 * @example
 * groupNumbers(['ann', 'bob', 'ann']); // [0, 1, 0]
 */
export function groupNumbers(names: readonly string[]): Uint32Array {
  const numbers = new Map<string, number>();
  return Uint32Array.from(names, (name) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  });
}
