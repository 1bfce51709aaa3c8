import { expect, test } from 'vitest';
import { columnsFor } from './tiles.ts';

test('columns leave no row unfinished where that is possible', () => {
  expect([1, 5, 32, 64, 100, 128].map((n) => columnsFor(n))).toEqual([1, 5, 8, 8, 10, 16]);
  expect(columnsFor(37)).toBe(9);
});
