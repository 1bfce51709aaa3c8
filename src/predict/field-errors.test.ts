import { expect, test } from 'vitest';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { allRows } from '../data/select.ts';
import { fieldErrorSentences } from './field-error-text.ts';
import { fieldErrors } from './field-errors.ts';

const _ = Number.NaN;
const dataset = (points: readonly string[], labels: readonly number[]): Dataset => ({
  schema: keypointSchema(points, 96),
  rows: labels.length / (2 * points.length),
  images: new Uint8Array(0),
  labels: Float32Array.from(labels),
  columns: {},
});
const EYES = ['left_eye_center', 'right_eye_center', 'nose_tip'];
const faces = dataset(EYES, [
  ...[60, 30, 20, 30, 40, 50],
  ...[60, 30, 40, 30, _, _],
  ...[_, _, _, _, 10, 10],
  ...[_, _, _, _, _, _],
]);
/** Off by (3, 4), 5 pixels, in every point. */
const predicted = faces.labels.map((value, i) => (Number.isNaN(value) ? 7 : value + 3 + (i % 2)));

test('the normalised error is the mean over rows of what is relative to their eyes', () => {
  const { normalised } = fieldErrors(faces, predicted, allRows(faces));
  expect(normalised).toEqual({
    mean: (5 / 40 + 5 / 20) / 2,
    rows: 2,
    by: ['left_eye_center', 'right_eye_center'],
  });
  const corners = dataset(['left_eye_outer_corner', 'right_eye_outer_corner'], [10, 0, 0, 0]);
  expect(fieldErrors(corners, Float32Array.of(10, 1, 0, 3), allRows(corners)).normalised).toEqual({
    mean: 0.2,
    rows: 1,
    by: ['left_eye_outer_corner', 'right_eye_outer_corner'],
  });
});

test('without eyes there is none', () => {
  const noses = dataset(['nose_tip'], [1, 1]);
  expect(fieldErrors(noses, Float32Array.of(2, 2), allRows(noses))).not.toHaveProperty(
    'normalised',
  );
  expect(fieldErrors(faces, predicted, Uint32Array.of(2))).not.toHaveProperty('normalised');
});

test('rows with few labels and with many are told apart where there are both', () => {
  const better = predicted.map((value, i) => (i < 6 ? faces.labels[i]! : value));
  const errors = fieldErrors(faces, better, allRows(faces));
  expect(errors.fewLabels).toEqual({ rows: 1, rmse: Math.sqrt(12.5), count: 2 });
  expect(errors.manyLabels).toEqual({ rows: 2, rmse: Math.sqrt((4 * 12.5) / 10), count: 10 });
  expect(fieldErrors(faces, better, Uint32Array.of(0, 1))).not.toHaveProperty('fewLabels');
  expect(fieldErrorSentences(errors)).toEqual([
    'Rows with less than half of the labels: 3.536 pixels RMSE (1 row); the others: 2.236 (2 rows).',
    'Normalised by the distance from left_eye_center to right_eye_center: 12.50 % (mean of 2 rows).',
  ]);
});
