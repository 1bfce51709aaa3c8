import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { columnNames, parsePointNames } from './point-names.ts';

test('letters of any language and digits stay, all else becomes an underscore', () => {
  expect(columnNames(['left eye (outer)', 'Nase-Spitze', 'été', '7', 'a__b', 'x,y'], 'a')).toEqual([
    ...['left_eye_outer', 'Nase_Spitze', 'été', '7', 'a_b', 'x_y'],
  ]);
});

test('a file of names, one a line', () => {
  expect(parsePointNames('jaw 1\r\njaw 2\r\n\r\n', 'names.txt')).toEqual(['jaw_1', 'jaw_2']);
});

describe('refused', () => {
  test.each([
    [[], 'a: no keypoints are named'],
    [['nose', ' - '], 'a: " - " is no name for a keypoint'],
    [['nose', 'nose'], 'a: two keypoints are called "nose"'],
    [['a.b', 'a b'], 'a: the keypoints "a.b" and "a b" would both become "a_b"'],
  ])('%j', (names, message) => {
    expect(() => columnNames(names, 'a')).toThrow(refusal(message));
  });
});
