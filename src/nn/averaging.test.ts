import { expect, test } from 'vitest';
import { averageKept } from './averaging.ts';

test('an average follows fast at first, then keeps its share', () => {
  const averaging = { decay: 0.9 };
  expect([0, 1, 2, 79, 80, 81, 1e6].map((step) => averageKept(averaging, step))).toEqual([
    ...[1 / 10, 2 / 11, 3 / 12, 80 / 89, 0.9, 0.9, 0.9],
  ]);
  expect(averageKept({ decay: 0 }, 5)).toBe(0);
});
