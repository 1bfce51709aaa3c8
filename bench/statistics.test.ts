import { expect, test } from 'vitest';
import { fitLine, timing } from './statistics.ts';

test('the median of an odd and of an even number of timings', () => {
  expect(timing([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5, runs: 3 });
  expect(timing([5, 1, 3, 10]).median).toBe(4);
});

test('points on a line are found to be on it', () => {
  const { start, slope, residual } = fitLine([
    [1, 3],
    [2, 5],
    [100, 201],
  ]);
  expect(start).toBeCloseTo(1, 9);
  expect(slope).toBeCloseTo(2, 9);
  expect(residual).toBeLessThan(1e-9);
});

test('what grows with the square is far from every line', () => {
  expect(fitLine([1, 2, 4, 8, 16].map((x) => [x, x * x])).residual).toBeGreaterThan(0.3);
});
