import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { parseBox, parseBoxTable } from './box-table.ts';

test('a box is four numbers', () => {
  expect(parseBox('1, -2.5,30,4e1', '--box')).toEqual({ x: 1, y: -2.5, width: 30, height: 40 });
});

test.each([
  ['', '--box: "" is no box'],
  ['1,2,3', '--box: "1,2,3" is no box'],
  ['1,2,3,4,5', '--box: "1,2,3,4,5" is no box'],
  ['1,2,,4', '--box: "1,2,,4" is no box'],
  ['1,2,3,Infinity', '--box: "1,2,3,Infinity" is no box'],
  ['1,2,3,0', '--box: the box 1,2,3,0 has no area'],
  ['1,2,1e999,4', '--box: the box 1,2,Infinity,4 has no area'],
])('"%s" is refused', (text, message) => {
  expect(() => parseBox(text, '--box')).toThrow(refusal(message));
});

test('a table has several boxes of a picture, in its order', () => {
  const box = (x: number, where: string) => ({ box: { x, y: 2, width: 3, height: 4 }, where });
  const expected = new Map([
    ['b.jpg', [box(1, 'b.csv, row 1'), box(9, 'b.csv, row 3')]],
    ['a/a.jpg', [box(5, 'b.csv, row 2')]],
  ]);
  const rows = 'b.jpg,1,2,3,4\na/a.jpg,5,2,3,4\nb.jpg,9,2,3,4\n';
  expect(parseBoxTable(`picture,x,y,width,height\n${rows}`, 'b.csv')).toEqual(expected);
  const long = 'picture,box_x,box_y,box_width,box_height';
  expect(parseBoxTable(`${long}\n${rows}`, 'b.csv')).toEqual(expected);
});

test.each([
  [
    'name,x,y,width,height\na,1,2,3,4\n',
    'b.csv: no column "picture"; the header has name, x, y, width, height',
  ],
  [
    'picture,x,y,width\na,1,2,3\n',
    'b.csv: no column "height"; the header has picture, x, y, width',
  ],
  ['picture,x,y,width,height\n,1,2,3,4\n', 'b.csv, row 1, column picture: no picture is named'],
  ['picture,x,y,width,height\na,1,2,3,4\na,1,2,3,?\n', 'b.csv, row 2: "1,2,3,?" is no box'],
  ['picture,x,y,width,height\na,1,2,-3,4\n', 'b.csv, row 1: the box 1,2,-3,4 has no area'],
])('%j is refused', (text, message) => {
  expect(() => parseBoxTable(text, 'b.csv')).toThrow(refusal(message));
});
