import { expect, test } from 'vitest';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { binnedMedians } from './error-by-distance.ts';
import { errorSheet } from './error-sheet.ts';
import { histogram } from './residual-histogram.ts';

const SIDE = 4;
const EYES = ['left_eye_center', 'right_eye_center'];

function faces(points: readonly string[], rows: number): Dataset {
  return {
    schema: keypointSchema(points, SIDE),
    rows,
    images: new Uint8Array(rows * SIDE * SIDE),
    labels: Float32Array.from({ length: rows * points.length * 2 }, (_, i) => (i * 7) % 11),
    columns: {},
  };
}

const shifted = ({ labels }: Dataset, by: number): Float32Array =>
  labels.map((value, i) => value + (i % 2 ? by : -by));
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

test.each([1, 15, 68])('%i keypoints have a bar each', (points) => {
  const names = [...EYES, ...Array.from({ length: 68 }, (_, i) => `p${i}`)].slice(0, points);
  const dataset = faces(names, 50);
  const svg = errorSheet(dataset, shifted(dataset, 2), { title: 'all' });
  expect(count(svg, /class="bar"/g)).toBe(points);
  expect(count(svg, />2\.00</g)).toBe(points);
  expect(svg).toContain('RMSE 2.00 pixels');
  expect(svg).toBe(errorSheet(dataset, shifted(dataset, 2), { title: 'all' }));
  if (points === 1) expect(svg).toContain('the model has no keypoints left_eye_center');
  // A dot a face and a median of two bins of 25 faces.
  else expect(svg).toMatch(/d="(M[\d. ]+h0){50}"/);
});

test('missing labels, wild predictions and strange names break nothing', () => {
  const dataset = faces([...EYES, 'a<b & "c"'], 3);
  const predicted = shifted(dataset, 1);
  predicted[0] = Number.NaN;
  predicted[1] = Number.POSITIVE_INFINITY;
  predicted[6] = 1e30;
  dataset.labels.fill(Number.NaN, 12, 14);
  const svg = errorSheet(dataset, predicted, { title: '<i>' });
  expect(svg).not.toMatch(/="[^"]*(NaN|Infinity)/);
  expect(svg).toContain('a&lt;b &amp; &quot;c&quot;');
  expect(svg).toContain('>&lt;i&gt;');
  expect(svg).toContain('2 predictions without a number');
  expect(svg).toMatch(/1 residual<.*\n.*of 14 lie/);
});

test('nothing to measure is said in words', () => {
  const dataset = faces(EYES, 2);
  dataset.labels.fill(Number.NaN);
  const svg = errorSheet(dataset, new Float32Array(8), { title: 'none' });
  expect(svg).toContain('no face has labels of both eye centres');
  expect(svg).toContain('no predicted coordinate has a label');
  expect(count(svg, />no label</g)).toBe(2);
  expect(svg).not.toMatch(/="[^"]*NaN/);
});

test('medians of bins of equally many values', () => {
  const pairs = Array.from({ length: 40 }, (_, i): [number, number] => [i, i < 20 ? 5 : i]);
  expect(binnedMedians(pairs)).toEqual([
    [9.5, 5],
    [29.5, 29.5],
  ]);
  expect(binnedMedians(pairs.slice(0, 19))).toEqual([]);
});

test('a histogram counts what is within its limit, both ends included', () => {
  const bins = histogram([-4.1, -4.1001, 0, 0.05, 4.1, 9, Number.NaN], 4.1);
  expect(bins).toHaveLength(41);
  expect([bins[0], bins[20], bins[40]]).toEqual([1, 2, 1]);
  expect(bins.reduce((sum, bin) => sum + bin)).toBe(4);
});
