import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { keypointSchema } from '../data/schema.ts';
import { predictionTable } from './prediction-table.ts';
import type { Predictions } from './predictions.ts';

const predictions = (values: readonly number[], imageIds?: readonly string[]): Predictions => ({
  schema: keypointSchema(['left_eye', 'nose'], 96),
  coordinates: Float32Array.from(values),
  imageIds,
});

test('a table with ids and one without', () => {
  const values = [66.5, 39, -2, 98.25, 1 / 3, 0, 48, 96];
  expect(predictionTable(predictions(values, ['7', 'a, b']))).toBe(
    'ImageId,left_eye_x,left_eye_y,nose_x,nose_y\n' +
      '7,66.5,39,-2,98.25\n' +
      '"a, b",0.333333,0,48,96\n',
  );
  expect(predictionTable(predictions(values))).toBe(
    'left_eye_x,left_eye_y,nose_x,nose_y\n66.5,39,-2,98.25\n0.333333,0,48,96\n',
  );
});

test.each([
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
])('%d is refused with its row and point', (value, text) => {
  expect(() => predictionTable(predictions([1, 1, 1, 1, 1, 1, 1, value]))).toThrow(
    refusal(`row 2: the model predicts ${text} for nose`),
  );
});
