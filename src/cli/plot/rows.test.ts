import { expect, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import { requireRow, rowNumbers } from './rows.ts';

test('numbers with commas between', () => {
  expect(rowNumbers('7')).toEqual([7]);
  expect(rowNumbers('1, 5,9')).toEqual([1, 5, 9]);
});

test.each(['', '0', '1,,2', '-1', '1.5', 'a', '1e3', '99999999999999999'])(
  '"%s" is refused',
  (text) => {
    expect(() => rowNumbers(text)).toThrow('Expected rows counted from 1');
  },
);

test('a row that the table does not have is refused', () => {
  expect(() => requireRow(4, 3, 'faces.csv')).toThrow(
    refusal('faces.csv: there is no row 4, the table has 3'),
  );
  requireRow(3, 3, 'faces.csv');
});
