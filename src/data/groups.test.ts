import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { parseGroups } from './groups.ts';
import { splitRows } from './split.ts';

test('groups are numbered as rows of the table first show them, in whatever order the file has them', () => {
  expect(parseGroups('Row,Group\n3,ann\n1,"bob, jr"\r\n2,ann\n', 'groups.csv', 3)).toEqual(
    Uint32Array.of(0, 1, 1),
  );
});

test.each([
  [
    'Row,Group\n1,a\n4,a\n',
    'groups.csv, row 2, column Row: "4" is no row of the table, expected 1 to 3',
  ],
  [
    'Row,Group\n0,a\n',
    'groups.csv, row 1, column Row: "0" is no row of the table, expected 1 to 3',
  ],
  [
    'Row,Group\n1.5,a\n',
    'groups.csv, row 1, column Row: "1.5" is no row of the table, expected 1 to 3',
  ],
  ['Row,Group\n1,a\n2,a\n1,b\n', 'groups.csv, row 3, column Row: 1 stands in row 1 already'],
  ['Row,Group\n1,a\n2,\n', 'groups.csv, row 2, column Group: empty'],
  [
    'Row,Group\n1,a\n3,a\n',
    'groups.csv: row 2 of the table has no group; 2 of its 3 rows are listed',
  ],
])('refuses %j', (text, message) => {
  expect(() => parseGroups(text, 'groups.csv', 3)).toThrow(refusal(message));
});

const groupsFile = new URL('../../../shared/faces/groups.csv', import.meta.url);
test.skipIf(!existsSync(groupsFile))(
  'the groups of the real faces (skipped without ../shared/faces)',
  async () => {
    const groups = parseGroups(await readFile(groupsFile, 'utf8'), 'groups.csv', 3337);
    expect(Math.max(...groups) + 1).toBe(277);
    const rows = Uint32Array.from({ length: 3337 }, (_, row) => row);
    const { valid } = splitRows(rows, { type: 'group', fraction: 0.2 }, { groups });
    expect(Math.abs(valid.length - 667)).toBeLessThan(10);
  },
);
