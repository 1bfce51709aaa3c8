import { describe, expect, test } from 'vitest';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { keypointErrors, meanFace } from './errors.ts';

const NONE = Number.NaN;

/** Two rows of two points, one label missing. */
const dataset: Dataset = {
  schema: keypointSchema(['nose', 'chin'], 8),
  rows: 2,
  images: new Uint8Array(128),
  labels: Float32Array.of(1, 2, 3, 4, 5, 6, NONE, 8),
  columns: {},
};
const both = Uint32Array.of(0, 1);

describe('keypointErrors', () => {
  test('counts the coordinates that have a label, over all and for each point', () => {
    const predicted = Float32Array.of(1, 2, 3, 6, 5, 10, 0, 8);
    expect(keypointErrors(dataset, predicted, both)).toEqual({
      rmse: Math.sqrt((4 + 16) / 7),
      count: 7,
      perPoint: [
        { name: 'nose', rmse: 2, count: 4 },
        { name: 'chin', rmse: Math.sqrt(4 / 3), count: 3 },
      ],
    });
  });

  test('measures the rows asked for alone', () => {
    const predicted = Float32Array.of(9, 9, 9, 9, 5, 6, 0, 8);
    expect(keypointErrors(dataset, predicted, Uint32Array.of(1))).toMatchObject({
      rmse: 0,
      count: 3,
    });
  });

  test('a prediction that is no number does not pass for a missing label', () => {
    const predicted = Float32Array.of(1, 2, 3, 4, NONE, 6, 0, 8);
    const { rmse, count, perPoint } = keypointErrors(dataset, predicted, both);
    expect(count).toBe(7);
    expect(rmse).toBeNaN();
    expect(perPoint.map((point) => point.rmse)).toEqual([NONE, 0]);
  });
});

test('meanFace is the mean of the labels that are there, the same for every row', () => {
  expect([...meanFace(dataset, both, 2)]).toEqual([3, 4, 3, 6, 3, 4, 3, 6]);
});
