import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from './dataset.ts';
import { keypointSchema } from './schema.ts';
import { alignPoints, completeRows, selectPoints, selectRows } from './select.ts';

const _ = Number.NaN;
const DATASET: Dataset = {
  schema: keypointSchema(['left_eye', 'nose', 'right_eye'], 1),
  rows: 4,
  images: Uint8Array.of(10, 11, 12, 13),
  labels: Float32Array.of(
    ...[0, 1, 2, 3, 4, 5],
    ...[10, 11, _, _, 14, 15],
    ...[20, 21, 22, 23, 24, _],
    ...[30, 31, 32, 33, 34, 35],
  ),
  columns: { ImageId: ['a', 'b', 'c', 'd'] },
};

test('rows in the order given', () => {
  expect(selectRows(DATASET, [3, 0, 3])).toEqual({
    schema: DATASET.schema,
    rows: 3,
    images: Uint8Array.of(13, 10, 13),
    labels: Float32Array.of(30, 31, 32, 33, 34, 35, 0, 1, 2, 3, 4, 5, 30, 31, 32, 33, 34, 35),
    columns: { ImageId: ['d', 'a', 'd'] },
  });
});

test('a selection shares no memory with the dataset', () => {
  const selected = selectRows(DATASET, [0]);
  selected.images[0] = 99;
  expect(DATASET.images[0]).toBe(10);
});

test('complete rows have both coordinates of every point', () => {
  expect(completeRows(DATASET)).toEqual(Uint32Array.of(0, 3));
});

test('every row of a table without points is complete', () => {
  const dataset = { ...DATASET, schema: keypointSchema([], 1), labels: new Float32Array() };
  expect(completeRows(dataset)).toEqual(Uint32Array.of(0, 1, 2, 3));
});

test('points in the order given, with the rows that have them', () => {
  expect(selectPoints(DATASET, ['right_eye', 'left_eye'])).toEqual({
    schema: { points: ['right_eye', 'left_eye'], side: 1, channels: 1, mirrorPairs: [[0, 1]] },
    rows: 3,
    images: Uint8Array.of(10, 11, 13),
    labels: Float32Array.of(4, 5, 0, 1, 14, 15, 10, 11, 34, 35, 30, 31),
    columns: { ImageId: ['a', 'b', 'd'] },
  });
});

test('a pair that loses a point is no pair', () => {
  expect(selectPoints(DATASET, ['nose', 'left_eye']).schema.mirrorPairs).toEqual([]);
});

test('refuses unknown and repeated points, and none at all', () => {
  expect(() => selectPoints(DATASET, ['nose', 'lefteye'])).toThrow(
    expect.objectContaining({
      name: 'InputError',
      message: 'no keypoint "lefteye" in the table',
      advice: 'Did you mean "left_eye"?',
    }),
  );
  expect(() => selectPoints(DATASET, ['nose', 'nose'])).toThrow(
    refusal('the keypoint "nose" is given twice'),
  );
  expect(() => selectPoints(DATASET, [])).toThrow(refusal('no keypoint is chosen'));
});

test('points of another schema, missing where the table has none', () => {
  const schema = keypointSchema(['chin', 'right_eye', 'left_eye'], 96);
  const aligned = alignPoints(selectRows(DATASET, [0, 2]), schema);
  expect(aligned.schema).toEqual({ ...schema, side: 1 });
  expect(aligned.labels).toEqual(Float32Array.of(_, _, 4, 5, 0, 1, _, _, 24, _, 20, 21));
  const bare = { ...DATASET, schema: keypointSchema([], 1), labels: new Float32Array() };
  expect(alignPoints(bare, schema).labels).toEqual(new Float32Array(24).fill(_));
});
