import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { InputError } from '../errors.ts';
import { csvLine, parseCsv, recordsOf } from './csv.ts';

const rowsOf = (text: string) => parseCsv(text, 'a.csv').rows;

describe('parseCsv', () => {
  test('plain fields', () => {
    const table = parseCsv('Row,Group\n1,a\n2,b\n', 'groups.csv');
    expect(table.header).toEqual(['Row', 'Group']);
    expect(table.rows).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ]);
  });

  test('byte-order mark, Windows line ends, no last line end, blank lines at the end', () => {
    const expected = parseCsv('a,b\n1,2\n3,\n', 'a.csv');
    for (const text of [
      '\ufeffa,b\n1,2\n3,\n',
      'a,b\r\n1,2\r\n3,\r\n',
      'a,b\n1,2\n3,',
      'a,b\r\n1,2\r\n3,\r',
      'a,b\n1,2\n3,\n\n\r\n\n',
    ]) {
      expect(parseCsv(text, 'a.csv')).toEqual(expected);
    }
  });

  test('quoted fields keep commas, quotes and line ends', () => {
    expect(rowsOf('a,b\n"x, ""y""","1\r\n2"\n"",""')).toEqual([
      ['x, "y"', '1\r\n2'],
      ['', ''],
    ]);
  });

  test.each([
    ['', 'a.csv: the file is empty'],
    ['\ufeff\r\n\n', 'a.csv: the file is empty'],
    ['a,b\n', 'a.csv: the table has a header but no rows'],
    ['a,b\n1,2\n3\n', 'a.csv, row 2: expected 2 fields as in the header, found 1'],
    ['a,b\n1,2,3\n', 'a.csv, row 1: expected 2 fields as in the header, found 3'],
    ['a,b\n\n1,2\n', 'a.csv, row 1: expected 2 fields as in the header, found 1'],
    ['a,b\n1,"2\n', 'a.csv, row 1, field 2: a quote out of place or never closed'],
    ['a,"b', 'a.csv, header, field 2: a quote out of place or never closed'],
    ['a,b\n1,2\n"1"x,2\n', 'a.csv, row 2, field 2: a quote out of place or never closed'],
    ['a,b\nx"y,2\n', 'a.csv, row 1, field 2: a quote out of place or never closed'],
  ])('%j is refused', (text, message) => {
    expect(() => rowsOf(text)).toThrow(refusal(message));
  });

  test('what csvLine writes is read back', () => {
    const field = fc.oneof(fc.string(), fc.stringMatching(/^[",\r\na]*$/));
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((width) =>
        fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 2 }),
      )
      .filter(([header]) => !header![0]!.startsWith('\ufeff'));
    fc.assert(
      fc.property(table, (lines) => {
        const { header, rows } = parseCsv(lines.map(csvLine).join(''), 'a.csv');
        expect([header, ...rows]).toEqual(lines);
      }),
    );
  });

  test('any text is read or refused with an InputError', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[",\r\na]*$/));
    fc.assert(
      fc.property(text, (value) => {
        try {
          expect(rowsOf(value).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });

  test('a quote left open in a long file does not exhaust the stack', () => {
    const long = 'x'.repeat(20_000_000);
    expect(rowsOf(`a,b\n1,"${long}"\n`)[0]![1]).toBe(long);
    expect(() => rowsOf(`a,b\n1,"${long}\n`)).toThrow(InputError);
  });
});

describe('recordsOf', () => {
  const table = parseCsv('ImageId,Row,Group\n7,1,a\n8,2,b\n', 'groups.csv');

  test('takes columns by name', () => {
    expect(recordsOf(table, ['Group', 'Row'])).toEqual([
      { Group: 'a', Row: '1' },
      { Group: 'b', Row: '2' },
    ]);
  });

  test('names the file and what was found where a column is missing', () => {
    expect(() => recordsOf(table, ['Location'])).toThrow(
      refusal('groups.csv: no column "Location"; the header has ImageId, Row, Group'),
    );
  });

  test('refuses a column that stands twice', () => {
    const twice = parseCsv('a,b,a\n1,2,3\n', 'a.csv');
    expect(() => recordsOf(twice, ['a'])).toThrow(refusal('a.csv: the column "a" stands twice'));
  });
});
