import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { conventionOfRows, fewPoints } from './conventions.ts';
import type { Dataset } from './dataset.ts';
import { keypointSchema } from './schema.ts';
import { alignPoints, narrowPoints } from './select.ts';
import { inOwnConvention, splitAs, splitConventions } from './split-conventions.ts';

const _ = Number.NaN;
const tableOf = (names: readonly string[], ...rows: readonly (readonly number[])[]): Dataset => ({
  schema: keypointSchema(names, 1),
  rows: rows.length,
  images: new Uint8Array(rows.length),
  labels: Float32Array.from(rows.flatMap((points) => points.flatMap((x) => [x, x + 0.5]))),
  columns: {},
});

const NAMES = ['left_eye', 'mouth', 'right_eye', 'chin'];
const TABLE = tableOf(
  NAMES,
  [1, 2, 3, 4],
  [11, _, 13, _],
  [21, _, 23, _],
  [31, _, _, _],
  [_, 42, 43, 44],
  [_, _, _, _],
);

test('the few points are those of a pattern beside one that has them and as many more', () => {
  expect(fewPoints(TABLE)).toEqual(['left_eye', 'right_eye']);
  // The rows with all points are too few.
  const rare = tableOf(NAMES, [1, 2, 3, 4], [1, 2, 3, _], [1, 2, _, 4], [_, 2, 3, 4], [1, _, 3, 4]);
  expect(fewPoints(rare)).toBeUndefined();
  // One point less is no source of its own, nor are other points.
  expect(fewPoints(tableOf(NAMES, [1, 2, 3, 4], [1, 2, 3, _]))).toBeUndefined();
  expect(fewPoints(tableOf(NAMES, [1, 2, _, _], [_, _, 3, 4]))).toBeUndefined();
  expect(fewPoints(tableOf(NAMES, [1, 2, 3, 4]))).toBeUndefined();
  expect(fewPoints(tableOf(NAMES, [1, 2, 3, 4], [_, _, _, _]))).toBeUndefined();
  expect(fewPoints(tableOf([], [], []))).toBeUndefined();
});

test('a row is of the few where it has labels of theirs alone', () => {
  expect(conventionOfRows(TABLE, ['left_eye', 'right_eye'])).toEqual([
    ...['many', 'few', 'few', 'few', 'many', 'many'],
  ]);
});

const SPLIT = splitConventions(TABLE, ['left_eye', 'right_eye']);

test('labels of the few become points of their own, with their mirror pair', () => {
  expect(SPLIT.schema).toEqual({
    ...TABLE.schema,
    points: [...NAMES, 'left_eye_few', 'right_eye_few'],
    mirrorPairs: [
      [0, 2],
      [4, 5],
    ],
    conventionPairs: [
      [0, 4],
      [2, 5],
    ],
  });
  const expected = tableOf(
    SPLIT.schema.points,
    [1, 2, 3, 4, _, _],
    [_, _, _, _, 11, 13],
    [_, _, _, _, 21, 23],
    [_, _, _, _, 31, _],
    [_, 42, 43, 44, _, _],
    [_, _, _, _, _, _],
  );
  expect(SPLIT.labels).toEqual(expected.labels);
  expect(SPLIT.images).toBe(TABLE.images);
});

test('a table is divided as a model has learnt, once', () => {
  expect(splitAs(SPLIT.schema, TABLE)).toEqual(SPLIT);
  expect(splitAs(SPLIT.schema, SPLIT)).toBe(SPLIT);
  expect(splitAs(TABLE.schema, TABLE)).toBe(TABLE);
  expect(alignPoints(TABLE, SPLIT.schema)).toEqual(SPLIT);
  expect(alignPoints(SPLIT, SPLIT.schema)).toEqual(SPLIT);
  const bare = tableOf([], [], []);
  expect(alignPoints(bare, SPLIT.schema).labels.every(Number.isNaN)).toBe(true);
});

test('what is found is told in the points of the table, each row by its own convention', () => {
  const found = tableOf(
    SPLIT.schema.points,
    ...Array.from({ length: 6 }, (_, row) => [1, 2, 3, 4, 5, 6].map((value) => 10 * row + value)),
  ).labels;
  const { schema, coordinates } = inOwnConvention(SPLIT.schema, found, TABLE);
  expect(schema).toEqual(TABLE.schema);
  const expected = tableOf(
    NAMES,
    [1, 2, 3, 4],
    [15, 12, 16, 14],
    [25, 22, 26, 24],
    [35, 32, 36, 34],
    [41, 42, 43, 44],
    [51, 52, 53, 54],
  );
  expect(coordinates).toEqual(expected.labels);
  const alike = inOwnConvention(TABLE.schema, TABLE.labels, TABLE);
  expect(alike).toEqual({ schema: TABLE.schema, coordinates: TABLE.labels });
});

test('pairs of conventions follow the points that are kept', () => {
  expect(narrowPoints(SPLIT, ['chin', 'left_eye', 'left_eye_few']).schema).toMatchObject({
    mirrorPairs: [],
    conventionPairs: [[1, 2]],
  });
  expect(narrowPoints(SPLIT, ['chin', 'left_eye']).schema).not.toHaveProperty('conventionPairs');
});

test('a point that has the name already is refused', () => {
  const table = tableOf([...NAMES, 'left_eye_few'], [1, 2, 3, 4, 5]);
  expect(() => splitConventions(table, ['left_eye'])).toThrow(
    refusal(
      /^the table has a keypoint left_eye_few, the name that the second convention of left_eye/,
    ),
  );
});
