import { expect, test } from 'vitest';
import type { Dataset } from './dataset.ts';
import { meanImage, pointDistributions } from './point-distribution.ts';
import { keypointSchema } from './schema.ts';

const nan = Number.NaN;
const dataset: Dataset = {
  schema: keypointSchema(['a', 'b', 'c'], 2),
  rows: 3,
  images: Uint8Array.of(0, 10, 20, 255, 100, 10, 21, 255, 7, 7, 7, 7),
  labels: Float32Array.of(1, 2, 5, 5, nan, nan, 3, 6, 7, nan, nan, nan, 5, 4, 9, 1, nan, nan),
  columns: {},
};

test('mean and covariance over the rows that have both coordinates', () => {
  const [a, b, c] = pointDistributions(dataset);
  expect(a).toEqual({
    name: 'a',
    count: 3,
    mean: [3, 4],
    covariance: { xx: 8 / 3, xy: 4 / 3, yy: 8 / 3 },
  });
  expect(b).toEqual({ name: 'b', count: 2, mean: [7, 3], covariance: { xx: 4, xy: -4, yy: 4 } });
  expect(c).toMatchObject({ count: 0, mean: [nan, nan] });
});

test('the mean of some pictures', () => {
  expect([...meanImage(dataset, Uint32Array.of(0, 1))]).toEqual([50, 10, 21, 255]);
});
