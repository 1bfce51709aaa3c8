import { expect, test } from 'vitest';
import {
  isSquaredError,
  maskedMeanSquaredError,
  meanSquaredError,
  smoothL1Loss,
  softmaxCrossEntropy,
  targetsPerRow,
  wingLoss,
} from './loss.ts';

test('a squared error has a target for every output, a cross-entropy a class for every row', () => {
  expect(targetsPerRow(meanSquaredError(), 30)).toBe(30);
  expect(targetsPerRow(maskedMeanSquaredError(), 30)).toBe(30);
  expect(targetsPerRow(wingLoss(), 30)).toBe(30);
  expect(targetsPerRow(softmaxCrossEntropy(), 10)).toBe(1);
});

test('the root of a squared error is an error, that of others is not', () => {
  const losses = [meanSquaredError(), maskedMeanSquaredError(), smoothL1Loss(), wingLoss()];
  expect(losses.map(isSquaredError)).toEqual([true, true, false, false]);
});
