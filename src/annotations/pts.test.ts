import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { parsePts } from './pts.ts';

const pts = (count: number, ...lines: string[]) => [
  'version: 1',
  `n_points:  ${count}`,
  '{',
  ...lines,
  '}',
  '',
];

test('coordinates count from 1, so that the centre of the first pixel is 1', () => {
  const lines = pts(2, '1.000000 1.5', '  -30.5\t4e1 ');
  const expected = Float64Array.of(0.5, 1, -31, 39.5);
  expect(parsePts(lines.join('\n'), 'a.pts')).toEqual(expected);
  expect(parsePts(`\ufeff${lines.join('\r\n')}`, 'a.pts')).toEqual(expected);
  expect(parsePts(lines.join('\n'), 'a.pts', 0.5)).toEqual(Float64Array.of(1, 1.5, -30.5, 40));
});

describe('refused', () => {
  test.each([
    ['', 'a.pts: is no file of points'],
    [pts(1, '1 2').slice(0, -2).join('\n'), 'a.pts: is no file of points'],
    [pts(3, '1 2', '3 4').join('\n'), 'a.pts: n_points is 3, but 2 points follow'],
    [pts(1, '1 2', '3 4').join('\n'), 'a.pts: n_points is 1, but 2 points follow'],
    [pts(2, '1 2', '3').join('\n'), 'a.pts, point 2: "3", expected x and y'],
    [pts(2, '1 2', 'nan 4').join('\n'), 'a.pts, point 2: "nan 4", expected x and y'],
  ])('%j', (text, message) => {
    expect(() => parsePts(text, 'a.pts')).toThrow(refusal(message));
  });
});
