import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { applyCorrections, correctionsTable, parseCorrections } from './corrections.ts';
import type { Dataset } from './dataset.ts';
import { keypointSchema } from './schema.ts';

const NONE = Number.NaN;
const dataset: Dataset = {
  schema: keypointSchema(['left_eye', 'right_eye', 'nose'], 20),
  rows: 3,
  images: new Uint8Array(3 * 400),
  labels: Float32Array.of(
    ...[14, 6, 7, 6.5, 10, 12],
    ...[13.125, 5, NONE, NONE, 9, 11],
    ...[1, 2, 3, 4, 5, 6],
  ),
  columns: {},
};

const parse = (text: string) => parseCorrections(text, 'c.csv', dataset);
const corrected = (text: string) => [...applyCorrections(dataset, parse(text)).labels];

test('moves a label, takes one away, adds a missing one and leaves a row out', () => {
  const before = [...dataset.labels];
  const text =
    'y,x,Point,Row,Who\n7,15.5,left_eye,1,me\nmissing,missing,nose,1,me\n8,6,right_eye,2,\n,missing,*,3,\n';
  expect(corrected(text)).toEqual([
    ...[15.5, 7, 7, 6.5, NONE, NONE],
    ...[13.125, 5, 6, 8, 9, 11],
    ...[NONE, NONE, NONE, NONE, NONE, NONE],
  ]);
  expect([...dataset.labels]).toEqual(before);
});

test('what is written is read again, with what it replaces', () => {
  const corrections = [
    { row: 1, point: 0, to: [12.25, 6], reason: 'far from "usual"' },
    { row: 1, point: 1, to: [6, 6], reason: '' },
    { row: 0, point: 2, to: undefined, reason: '' },
    { row: 2, point: undefined, to: undefined, reason: 'blank' },
  ] as const;
  const text = correctionsTable(corrections, dataset);
  expect(text).toBe(
    'Row,Point,x,y,from_x,from_y,Reason\n' +
      '2,left_eye,12.25,6,13.125,5,"far from ""usual"""\n' +
      '2,right_eye,6,6,missing,missing,\n' +
      '1,nose,missing,missing,10,12,\n' +
      '3,*,missing,missing,,,blank\n',
  );
  expect(parse(text)).toEqual(corrections);
});

test('a label that a spreadsheet has rounded is still the same; empty ones are not compared', () => {
  const text = 'Row,Point,x,y,from_x,from_y\n2,left_eye,1,1,13.13,5.00\n2,nose,1,1,,\n';
  expect(parse(text)).toHaveLength(2);
});

test.each([
  ['4,nose,1,1', 'c.csv, row 1, column Row: "4" is no row of the table, expected 1 to 3'],
  ['0,nose,1,1', 'c.csv, row 1, column Row: "0" is no row of the table, expected 1 to 3'],
  ['1,left_ey,1,1', 'c.csv, row 1, column Point: no keypoint "left_ey" in the table'],
  [
    '1,nose,1,20.5',
    'c.csv, row 1: nose at 1, 20.5 is outside the picture, expected 0 to 20 pixels',
  ],
  ['1,nose,-1,2', 'c.csv, row 1: nose at -1, 2 is outside the picture, expected 0 to 20 pixels'],
  ['1,nose,1,missing', 'c.csv, row 1, column y: "missing" is not a number'],
  ['1,nose,missing,1', 'c.csv, row 1, column x: "missing" is not a number'],
  ['1,nose,,', 'c.csv, row 1, column x: "" is not a number'],
  ['1,*,4,5', 'c.csv, row 1: the points of row 1 cannot all be at 4, 5'],
  ['1,nose,1,1\n1,nose,1,2', 'c.csv, row 2: nose of row 1 is corrected in row 1 already'],
  ['2,nose,1,1\n2,*,missing,', 'c.csv, row 2: * of row 2 is corrected in row 1 already'],
  ['2,*,missing,\n2,nose,1,1', 'c.csv, row 2: nose of row 2 is corrected in row 1 already'],
])('refuses %j', (lines, message) => {
  expect(() => parse(`Row,Point,x,y\n${lines}\n`)).toThrow(refusal(message));
});

test('names the nearest keypoint', () => {
  expect(() => parse('Row,Point,x,y\n1,left_ey,1,1\n')).toThrow(
    expect.objectContaining({ advice: 'Did you mean "left_eye"?' }),
  );
});

test.each([
  ['1,nose,1,1,10,12.02', 'nose of row 1 was at 10, 12.02 when it was corrected, and is at 10, 12'],
  ['1,nose,1,1,missing,', 'nose of row 1 was missing when it was corrected, and is at 10, 12'],
  ['2,right_eye,1,1,4,4', 'right_eye of row 2 was at 4, 4 when it was corrected, and is missing'],
])('refuses another table: %j', (line, message) => {
  expect(() => parse(`Row,Point,x,y,from_x,from_y\n${line}\n`)).toThrow(
    refusal(`c.csv, row 1: ${message} in the table`),
  );
});
