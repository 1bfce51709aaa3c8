import { expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { withTeachers } from './distillation.ts';
import { fingerprintOf } from './fingerprint.ts';
import { trainingData } from './training-data.ts';

const NONE = Number.NaN;
const table: Dataset = {
  schema: keypointSchema(['nose', 'chin'], 2),
  rows: 3,
  images: new Uint8Array(12),
  labels: Float32Array.of(1, 2, NONE, NONE, 5, 6, 7, 8, 9, 10, 11, 12),
  columns: {},
};
const data = trainingData({ ...net1, rows: 'all', split: { type: 'last', fraction: 0.3 } }, table);
const taught = Float32Array.of(3, 3, 4, 4, 5, NONE, NONE, 12);

test.each([
  [0, [1, 2, 4, 4, 5, 6, 7, 8]],
  [0.5, [2, 2.5, 4, 4, 5, 6, 7, 10]],
  [1, [3, 3, 4, 4, 5, 6, 7, 12]],
])('weight %s: labels become means, missing ones what was found', (weight, expected) => {
  const { dataset } = withTeachers(data, taught, weight);
  expect([...dataset.labels.subarray(0, 8)]).toEqual(expected);
});

test('the validation rows and the table stay as they are', () => {
  const before = table.labels.slice();
  const { dataset, table: after } = withTeachers(data, taught, 1);
  expect(data.split.valid).toEqual(Uint32Array.of(2));
  expect(dataset.labels.subarray(8)).toEqual(before.subarray(8));
  expect(after.labels).toEqual(before);
});

test('other teachers give another fingerprint', () => {
  const of = (weight: number) => fingerprintOf(withTeachers(data, taught, weight));
  expect(of(1).labels).not.toBe(of(0.5).labels);
  expect({ ...of(1), labels: 0 }).toEqual({ ...fingerprintOf(data), labels: 0 });
});

test('as many coordinates as the training rows have', () => {
  expect(() => withTeachers(data, taught.subarray(1), 1)).toThrow('7 coordinates for 2 rows of 4');
});
