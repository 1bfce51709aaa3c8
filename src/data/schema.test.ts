import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { keypointColumns, keypointSchema, labelColumns } from './schema.ts';

test('a point is any two columns _x and _y, wherever they stand', () => {
  const columns = ['eye_y', 'ImageId', 'nose_tip_x', 'eye_x', 'Image', 'nose_tip_y'];
  expect(keypointColumns(columns, 'a.csv')).toEqual({
    points: ['eye', 'nose_tip'],
    slots: [1, -1, 2, 0, -1, 3],
  });
});

test('a name may itself end in _x; _x alone is no point', () => {
  expect(keypointColumns(['a_x_x', 'a_x_y', '_x'], 'a.csv')).toEqual({
    points: ['a_x'],
    slots: [0, 1, -1],
  });
});

test('the label columns of the points give the points back', () => {
  const points = ['left_eye', 'right_eye', 'nose'];
  expect(keypointColumns(labelColumns(points), 'a.csv')).toEqual({
    points,
    slots: [0, 1, 2, 3, 4, 5],
  });
});

test.each([
  [['a_x', 'Image'], 'a.csv, header: there is a column "a_x" but no "a_y"'],
  [['Image', 'b_y', 'a_x', 'a_y'], 'a.csv, header: there is a column "b_y" but no "b_x"'],
  [['a_x', 'a_y', 'a_x'], 'a.csv, header: the column "a_x" stands twice'],
  [['Image', 'Image'], 'a.csv, header: the column "Image" stands twice'],
])('refuses the header %s', (columns, message) => {
  expect(() => keypointColumns(columns, 'a.csv')).toThrow(refusal(message));
});

test('mirror pairs follow from left and right, anywhere in a name', () => {
  const points = ['mouth_right_corner', 'nose', 'left_eye', 'mouth_left_corner', 'right_eye'];
  expect(keypointSchema([...points, 'ear_left', 'cleft', 'cright'], 96)).toEqual({
    points: [...points, 'ear_left', 'cleft', 'cright'],
    side: 96,
    channels: 1,
    mirrorPairs: [
      [0, 3],
      [2, 4],
    ],
  });
});
