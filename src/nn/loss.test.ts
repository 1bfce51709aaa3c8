import { expect, test } from 'vitest';
import {
  maskedMeanSquaredError,
  meanSquaredError,
  softmaxCrossEntropy,
  targetsPerRow,
} from './loss.ts';

test('a squared error has a target for every output, a cross-entropy a class for every row', () => {
  expect(targetsPerRow(meanSquaredError(), 30)).toBe(30);
  expect(targetsPerRow(maskedMeanSquaredError(), 30)).toBe(30);
  expect(targetsPerRow(softmaxCrossEntropy(), 10)).toBe(1);
});
