import { InputError } from '../errors.ts';
import { parseCsv, recordsOf } from './csv.ts';

/**
 * Reads which rows of a table belong together: a table `Row,Group`, rows counted from 1 without the
 * header, any text as the name of a group.
 *
 * @param text the whole file
 * @param fileName for messages
 * @param rows number of rows of the table that the groups are about
 * @returns per row the number of its group; groups are numbered from 0 as they first appear
 * @throws InputError for a row that the table does not have, that stands twice or is missing, and for
 *   a group without a name
 * @example
 * parseGroups('Row,Group\n1,ann\n2,bob\n3,ann\n', 'groups.csv', 3); // [0, 1, 0]
 */
export function parseGroups(text: string, fileName: string, rows: number): Uint32Array {
  const numbers = new Map<string, number>();
  const groups = new Uint32Array(rows);
  const lineOf = new Uint32Array(rows);
  recordsOf(parseCsv(text, fileName), ['Row', 'Group']).forEach(({ Row, Group }, index) => {
    const where = `${fileName}, row ${index + 1}`;
    const row = Number(Row) - 1;
    if (!/^\d+$/.test(Row) || row < 0 || row >= rows) {
      throw new InputError(
        `${where}, column Row: "${Row}" is no row of the table, expected 1 to ${rows}`,
        'Give the groups of this very table, its rows counted from 1.',
      );
    }
    if (lineOf[row] !== 0) {
      throw new InputError(
        `${where}, column Row: ${Row} stands in row ${lineOf[row]} already`,
        'Remove one of the two.',
      );
    }
    if (Group === '') {
      throw new InputError(`${where}, column Group: empty`, 'Give every row a group.');
    }
    if (!numbers.has(Group)) numbers.set(Group, numbers.size);
    groups[row] = numbers.get(Group)!;
    lineOf[row] = index + 1;
  });
  const missing = lineOf.indexOf(0);
  if (missing >= 0) {
    throw new InputError(
      `${fileName}: row ${missing + 1} of the table has no group`,
      `List every row from 1 to ${rows}.`,
    );
  }
  return groups;
}
