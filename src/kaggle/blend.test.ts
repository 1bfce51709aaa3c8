import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { parseCsv } from '../data/csv.ts';
import { blend } from './blend.ts';

const NAMES = ['a.csv', 'b.csv', 'c.csv'];
const blendOf = (texts: readonly string[], weights = texts.map(() => 1)) =>
  blend(
    texts.map((text, index) => parseCsv(text, NAMES[index]!)),
    weights,
  );
const submission = (...lines: string[]) => ['RowId,Location', ...lines, ''].join('\n');

describe('blend', () => {
  test('weighs submissions row by row, in the order of the first', () => {
    const blended = blendOf([submission('2,10', '1,60'), submission('1,0', '2,40')], [2, 1]);
    expect(blended).toBe(submission('2,20', '1,40'));
  });

  test('averages predictions by ImageId, in whatever order their columns stand', () => {
    expect(
      blendOf(['ImageId,nose_x,nose_y\n7,1,2\n9,3,4\n', 'nose_y,ImageId,nose_x\n5,9,0\n0,7,0\n']),
    ).toBe('ImageId,nose_x,nose_y\n7,0.5,1\n9,1.5,4.5\n');
  });

  test('weights count as shares, also where their sum is beyond all numbers', () => {
    const tables = [submission('1,2'), submission('1,4')];
    expect(blendOf(tables, [1.5e308, 1.5e308])).toBe(submission('1,3'));
  });

  test('averages predictions without ImageId by their place', () => {
    expect(blendOf(['nose_x,nose_y\n1,2\n1,2\n', 'nose_x,nose_y\n3,2\n1,-2\n'])).toBe(
      'nose_x,nose_y\n2,2\n1,0\n',
    );
  });

  test('lies between its tables, and equals them where they agree', () => {
    const hundredths = fc.integer({ min: -1000, max: 11000 }).map((value) => value / 100);
    const pairs = fc.array(fc.tuple(hundredths, hundredths), { minLength: 1, maxLength: 20 });
    const weight = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(pairs, weight, weight, (rows, first, second) => {
        const file = (column: 0 | 1) => submission(...rows.map((row, i) => `${i},${row[column]}`));
        const text = blendOf([file(0), file(1)], [first, second]);
        parseCsv(text, 'blend').rows.forEach(([, location], i) => {
          const [a, b] = rows[i]!;
          expect(Number(location)).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-6);
          expect(Number(location)).toBeLessThanOrEqual(Math.max(a, b) + 1e-6);
          const mean = (first * a + second * b) / (first + second);
          expect(Number(location)).toBeCloseTo(mean, 5);
        });
        expect(blendOf([file(0), file(0)], [first, second])).toBe(file(0));
      }),
    );
  });

  const ONE = submission('1,10', '2,20');
  test.each<[string, string, string]>([
    ['a missing row', submission('2,20'), 'b.csv: no row with the RowId 1 of a.csv, row 1'],
    [
      'an extra row',
      submission('1,1', '3,1', '2,1'),
      'b.csv, row 2, column RowId: 3 is not in a.csv',
    ],
    [
      'a row twice',
      submission('1,1', '1,1'),
      'b.csv, row 2, column RowId: 1 stands in row 1 already',
    ],
    ['NaN', submission('1,NaN', '2,1'), 'b.csv, row 1, column Location: "NaN" is not a number'],
    [
      'predictions among submissions',
      'ImageId,nose_x,nose_y\n1,2,3\n',
      'b.csv: no column "RowId"; the header has ImageId, nose_x, nose_y',
    ],
  ])('%s is refused', (_, other, message) => {
    expect(() => blendOf([ONE, other])).toThrow(refusal(message));
  });

  const POINTS = 'ImageId,nose_x,nose_y\n1,2,3\n';
  test.each<[string, string, string, string]>([
    [
      'a missing column',
      POINTS,
      'ImageId,chin_x,chin_y\n1,2,3\n',
      'b.csv, header: the column "chin_x" is not in a.csv',
    ],
    [
      'an extra column',
      POINTS,
      'ImageId,nose_x,nose_y,chin_x,chin_y\n1,2,3,4,5\n',
      'b.csv, header: the column "chin_x" is not in a.csv',
    ],
    [
      'fewer rows without names',
      'nose_x,nose_y\n1,2\n3,4\n',
      'nose_x,nose_y\n1,2\n',
      'b.csv: the number of rows is 1, a.csv has 2',
    ],
    [
      'a table of faces',
      'nose_x,nose_y,Image\n1,2,0 0 0 0\n',
      'nose_x,nose_y,Image\n1,2,0 0 0 0\n',
      'a.csv, header: the column "Image" holds no coordinates',
    ],
    [
      'a table of names alone',
      'ImageId\n1\n',
      'ImageId\n1\n',
      'a.csv: there are no coordinates besides the ImageId',
    ],
  ])('%s is refused', (_, a, b, message) => {
    expect(() => blendOf([a, b])).toThrow(refusal(message));
  });

  test('one table alone and too few weights are refused', () => {
    expect(() => blendOf([ONE])).toThrow(refusal('1 table to blend, expected two or more'));
    expect(() => blendOf([ONE, ONE], [1])).toThrow(refusal('1 weight for 2 tables'));
  });
});
