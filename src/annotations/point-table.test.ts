import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { parsePointTable } from './point-table.ts';

const BOXED = 'picture,nose_x,nose_y,box_x,box_y,box_width,box_height\n';

test('pictures, points, boxes and gaps; other columns are kept as text', () => {
  const text =
    'who,file,nose tip_x,nose tip_y,ImageId\r\nann,a.jpg,12,30.5,7\r\nbob,b/c.png,,,8\r\n';
  const { points, columns, annotations, empty } = parsePointTable(`\ufeff${text}`, 'a.csv');
  expect(columns).toEqual(['who']);
  expect(points).toEqual(['nose_tip']);
  expect(annotations).toEqual([
    {
      where: 'a.csv, row 1',
      picture: 'a.jpg',
      box: undefined,
      points: Float64Array.of(12, 30.5),
      texts: ['ann'],
    },
  ]);
  expect(empty).toBe(1);
  const boxed = parsePointTable(`${BOXED}a.jpg,1,2,-3,4,50,6.5\nb.jpg,1,2,,,,\n`, 'a.csv');
  expect(boxed.points).toEqual(['nose']);
  expect(boxed.annotations.map(({ box }) => box)).toEqual([
    { x: -3, y: 4, width: 50, height: 6.5 },
    undefined,
  ]);
});

test('box_x and box_y alone are a keypoint called box', () => {
  const { points } = parsePointTable('image,box_x,box_y\na.jpg,1,2\n', 'a.csv');
  expect(points).toEqual(['box']);
});

test('numbers of pixels become continuous coordinates where that is said', () => {
  const [annotation] = parsePointTable('image,n_x,n_y\na.jpg,0,7\n', 'a.csv', {
    firstPixel: 0,
  }).annotations;
  expect(annotation!.points).toEqual(Float64Array.of(0.5, 7.5));
});

describe('refused', () => {
  test.each([
    ['nose_x,nose_y\n1,2\n', /^a\.csv, header: no column names the pictures; .* nose_x, nose_y$/],
    [
      'file,image,n_x,n_y\na,b,1,2\n',
      'a.csv, header: the columns image and file both name pictures',
    ],
    ['picture,nose_x\na.jpg,1\n', 'a.csv, header: there is a column "nose_x" but no "nose_y"'],
    ['picture\na.jpg\n', 'a.csv, header: no keypoints are named'],
    [
      'picture,n_x,n_y,box_width\na.jpg,1,2,3\n',
      'a.csv, header: a box lacks the column box_x, box_y, box_height',
    ],
    ['picture,n_x,n_y\n,1,2\n', 'a.csv, row 1, column picture: no picture is named'],
    ['picture,n_x,n_y\na.jpg,NaN,2\n', 'a.csv, row 1, column n_x: "NaN" is not a finite number'],
    [
      'picture,n_x,n_y\na.jpg,1e999,2\n',
      'a.csv, row 1, column n_x: "1e999" is not a finite number',
    ],
    ['picture,n_x,n_y\na.jpg,1,\n', 'a.csv, row 1: "n" has x but no y'],
    ['picture,n_x,n_y\na.jpg,1\n', 'a.csv, row 1: expected 3 fields as in the header, found 2'],
    [`${BOXED}a.jpg,1,2,0,0,10,\n`, 'a.csv, row 1: a part of the box is empty'],
    [
      'picture,a b_x,a b_y,a-b_x,a-b_y\na.jpg,1,2,3,4\n',
      'a.csv, header: the keypoints "a b" and "a-b" would both become "a_b"',
    ],
  ])('%j', (text, message) => {
    expect(() => parsePointTable(text, 'a.csv')).toThrow(refusal(message));
  });
});
