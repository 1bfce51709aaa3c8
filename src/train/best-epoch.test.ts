import { expect, test } from 'vitest';
import { bestEpoch } from './best-epoch.ts';

test.each([
  [[3, 1, 2], 1],
  [[2, 1, 1], 1],
  [[Number.NaN, 4, 5], 1],
  [[4, Number.NaN, 3], 2],
  [[1], 0],
])('of losses %j it is number %i', (losses, expected) => {
  const history = losses.map((validLoss) => ({ validLoss }));
  expect(bestEpoch(history)).toBe(history[expected]);
});

test('of no epoch there is none', () => expect(bestEpoch([])).toBeUndefined());
