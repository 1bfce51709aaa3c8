import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { validate } from '../json.ts';
import { storedKeypointSchema } from './schema-file.ts';

const read = (value: unknown) => validate(storedKeypointSchema, value, 'a.json');
const schema = { points: ['left_eye', 'nose', 'right_eye'], side: 96, mirrorPairs: [[0, 2]] };

test('a schema is read back as it was', () => {
  expect(read(JSON.parse(JSON.stringify(schema)))).toEqual(schema);
});

test.each<[object, RegExp]>([
  [{ side: 0 }, /^a\.json, side: /],
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
  [{ eyes: 2 }, /^a\.json: .*eyes/],
])('%j is refused', (change, message) => {
  expect(() => read({ ...schema, ...change })).toThrow(refusal(message));
});
