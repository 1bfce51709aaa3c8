import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { parsePredictions } from './parse-predictions.ts';

const NONE = Number.NaN;
const dataset: Dataset = {
  schema: keypointSchema(['eye', 'nose'], 4),
  rows: 2,
  images: new Uint8Array(32),
  labels: new Float32Array(8),
  columns: {},
};
const parse = (text: string) => [...parsePredictions(text, 'p.csv', dataset)];

test('rows and points in any order; what is not there is not known', () => {
  const text = 'nose_y,Row,nose_x,chin_x,chin_y\n2,2,1,9,9\n';
  expect(parse(text)).toEqual([NONE, NONE, NONE, NONE, NONE, NONE, 1, 2]);
});

test('without a column Row, a line for each row of the table', () => {
  expect(parse('ImageId,eye_x,eye_y\n7,1,2\n8,,\n')).toEqual([1, 2, ...Array(6).fill(NONE)]);
});

test.each([
  [
    'Row,chin_x,chin_y\n1,2,3\n',
    'p.csv: it has no keypoint of the table; the header has Row, chin_x, chin_y',
  ],
  ['eye_x,eye_y\n1,2\n', /^p\.csv: 1 rows, but the table has 2, and there is no column Row/],
  [
    'Row,eye_x,eye_y\n3,1,2\n',
    'p.csv, row 1, column Row: "3" is no row of the table, expected 1 to 2',
  ],
  ['Row,eye_x,eye_y\n1,1,2\n1,1,2\n', 'p.csv, row 2, column Row: 1 stands in row 1 already'],
  ['Row,eye_x,eye_y\n1,x,2\n', 'p.csv, row 1, column eye_x: "x" is not a number'],
])('refuses %j', (text, message) => {
  expect(() => parse(text)).toThrow(refusal(message));
});
