import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { parseMirrorPairs, withMirrorPairs } from './mirror-pairs.ts';
import { keypointSchema } from './schema.ts';

const POINTS = ['thumb', 'index', 'middle', 'ring', 'little'];
const parse = (lines: string) => parseMirrorPairs(`Point,Mirror\n${lines}`, 'pairs.csv', POINTS);

test('pairs are named in the order of the file, whatever other columns there are', () => {
  expect(parse('ring,index\nthumb,little\n')).toEqual([
    ['ring', 'index'],
    ['thumb', 'little'],
  ]);
  const text = 'Mirror,Note,Point\nlittle,outside,thumb\n';
  expect(parseMirrorPairs(text, 'pairs.csv', POINTS)).toEqual([['thumb', 'little']]);
});

test('a schema has them as indices, the smaller first, in place of those of its names', () => {
  const schema = keypointSchema(['left_eye', 'nose', 'right_eye', 'chin'], 8, 3);
  expect(withMirrorPairs(schema, [['chin', 'nose']], 'mirrorPairs')).toEqual({
    ...schema,
    mirrorPairs: [[1, 3]],
  });
  const both = [['right_eye', 'nose'] as const, ['chin', 'left_eye'] as const];
  expect(withMirrorPairs(schema, both, 'mirrorPairs').mirrorPairs).toEqual([
    [0, 3],
    [1, 2],
  ]);
});

test.each([
  ['', 'pairs.csv: the table has a header but no rows'],
  ['thumb,litle\n', 'pairs.csv, row 1: no keypoint "litle" in the table'],
  [
    'thumb,little\nindex,thumb\n',
    'pairs.csv, row 2: thumb has a partner already, pairs.csv, row 1',
  ],
  ['thumb,little\nmiddle,middle\n', 'pairs.csv, row 2: middle is paired with itself'],
])('refuses %j', (lines, message) => {
  expect(() => parse(lines)).toThrow(refusal(message));
});

test('an unknown name comes with the nearest one', () => {
  expect(() => parse('thumb,litle\n')).toThrow(
    expect.objectContaining({ advice: 'Did you mean "little"?' }),
  );
});

test('an empty file and one without the columns are refused', () => {
  expect(() => parseMirrorPairs('', 'pairs.csv', POINTS)).toThrow(refusal(/pairs\.csv/));
  expect(() => parseMirrorPairs('a,b\nthumb,little\n', 'pairs.csv', POINTS)).toThrow(
    refusal(/no column "Point"/),
  );
});
