import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { parseLocations, score } from './score.ts';

const HEADER = 'RowId,Location\n';
const locations = (text: string, fileName: string) => parseLocations(HEADER + text, fileName);
const scoreOf = (submitted: string, answers: string) =>
  score(locations(submitted, 'submission.csv'), locations(answers, 'answers.csv'));

describe('score', () => {
  test('is the root of the mean squared error, whatever the order of the rows', () => {
    expect(scoreOf('2,4\n1,1\n', '1,1\n2,1\n')).toEqual({ rmse: Math.sqrt(4.5), rows: 2 });
    expect(scoreOf('1,48\n', '1,48.0\n').rmse).toBe(0);
  });

  test('equals the formula', () => {
    const coordinate = fc.double({ min: -10, max: 110, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate), { minLength: 1 }),
        fc.boolean(),
        (pairs, reverse) => {
          const lines = (column: 0 | 1) => pairs.map((pair, i) => `${i + 1},${pair[column]}\n`);
          const submitted = reverse ? lines(0).reverse() : lines(0);
          const squares = pairs.map(([a, b]) => (a - b) * (a - b));
          const mean = squares.reduce((sum, square) => sum + square) / pairs.length;
          const { rmse, rows } = scoreOf(submitted.join(''), lines(1).join(''));
          expect(rows).toBe(pairs.length);
          expect(rmse).toBeCloseTo(Math.sqrt(mean), 9);
        },
      ),
    );
  });

  test('a missing and an extra row are refused', () => {
    expect(() => scoreOf('1,1\n', '1,1\n2,1\n')).toThrow(
      refusal('submission.csv: no row with the RowId 2 of answers.csv, row 2'),
    );
    expect(() => scoreOf('1,1\n2,1\n', '1,1\n')).toThrow(
      refusal('submission.csv, row 2, column RowId: 2 is not in answers.csv'),
    );
  });
});

describe('parseLocations', () => {
  test('other columns are left out', () => {
    const { rows } = parseLocations('Usage,Location,RowId\nPublic,6.5e1,1\n', 'a.csv');
    expect([...rows]).toEqual([['1', { values: [65], row: 1 }]]);
  });

  test.each(['', 'abc', 'NaN', 'inf', '0x10', '1e999', '1,5', ' '])(
    'the location "%s" is refused',
    (text) => {
      const quoted = text.includes(',') ? `"${text}"` : text;
      expect(() => locations(`1,2\n2,${quoted}\n`, 'a.csv')).toThrow(
        refusal(`a.csv, row 2, column Location: "${text}" is not a number`),
      );
    },
  );

  test('a RowId that stands twice and a missing column are refused', () => {
    expect(() => locations('1,2\n2,3\n1,2\n', 'a.csv')).toThrow(
      refusal('a.csv, row 3, column RowId: 1 stands in row 1 already'),
    );
    expect(() => parseLocations('Row,Location\n1,2\n', 'a.csv')).toThrow(
      refusal('a.csv: no column "RowId"; the header has Row, Location'),
    );
  });
});
