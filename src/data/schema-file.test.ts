import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { validate } from '../json.ts';
import { storedKeypointSchema } from './schema-file.ts';

const read = (value: unknown) => validate(storedKeypointSchema, value, 'a.json');
const schema = {
  points: ['left_eye', 'nose', 'right_eye'],
  side: 96,
  channels: 3,
  mirrorPairs: [[0, 2]],
};

test('a schema is read back as it was', () => {
  expect(read(JSON.parse(JSON.stringify(schema)))).toEqual(schema);
});

test('a schema of two conventions is read back as it was', () => {
  const two = { ...schema, points: [...schema.points, 'nose_few'], conventionPairs: [[1, 3]] };
  expect(read(JSON.parse(JSON.stringify(two)))).toEqual(two);
});

test('a file that says nothing of channels is one of grey images', () => {
  const { channels: _, ...older } = schema;
  expect(read(older)).toEqual({ ...schema, channels: 1 });
});

test.each<[object, RegExp]>([
  [{ side: 0 }, /^a\.json, side: /],
  [{ channels: 2 }, /^a\.json, channels: /],
  [{ points: [] }, /^a\.json, points: /],
  [{ points: ['nose', 'nose'], mirrorPairs: [] }, /points: two points have the same name$/],
  [{ mirrorPairs: [[2, 0]] }, /mirrorPairs: expected pairs of indices/],
  [{ mirrorPairs: [[0, 3]] }, /mirrorPairs: expected pairs of indices/],
  [
    {
      mirrorPairs: [
        [0, 1],
        [1, 2],
      ],
    },
    /mirrorPairs: expected pairs of indices/,
  ],
  [{ conventionPairs: [] }, /conventionPairs: /],
  [{ conventionPairs: [[0, 1]] }, /conventionPairs: expected pairs of indices/],
  [{ conventionPairs: [[2, 2]] }, /conventionPairs: expected pairs of indices/],
  [{ eyes: 2 }, /^a\.json: .*eyes/],
])('%j is refused', (change, message) => {
  expect(() => read({ ...schema, ...change })).toThrow(refusal(message));
});
