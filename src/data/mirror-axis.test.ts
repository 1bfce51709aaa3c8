import { expect, test } from 'vitest';
import type { Dataset } from './dataset.ts';
import { findMirrorAxis } from './mirror-axis.ts';
import { synthesize } from './synthetic/synthesize.ts';

const faces = synthesize({ rows: 600, seed: 5 });
const moved = (dataset: Dataset, distance: number): Dataset => ({
  ...dataset,
  labels: dataset.labels.map((value, i) => (i % 2 === 0 ? value + distance : value)),
});

test('labels where they belong are mirrored about the middle', () => {
  expect(findMirrorAxis(faces)).toBeUndefined();
});

test.each([-1.3, -0.5, 0.5, 1.6])(
  'labels that lie %f pixels beside it are found out',
  (distance) => {
    expect(Math.abs(findMirrorAxis(moved(faces, distance))! - 48 - distance)).toBeLessThan(0.15);
  },
);

test('pictures in colour tell as well', () => {
  const coloured = moved(synthesize({ rows: 300, seed: 6, channels: 3 }), 1);
  expect(Math.abs(findMirrorAxis(coloured)! - 49)).toBeLessThan(0.2);
});

test('two hundred rows do not tell by chance', () => {
  for (let seed = 0; seed < 12; seed++) {
    expect(findMirrorAxis(synthesize({ rows: 200, seed }))).toBeUndefined();
  }
});

test('an axis farther away than labels lie beside what they mark is none', () => {
  expect(findMirrorAxis(moved(faces, 7))).toBeUndefined();
});

test('rows that may not be looked at do not matter', () => {
  const half = Uint32Array.from({ length: 300 }, (_, i) => 2 * i);
  const others = moved(faces, 1);
  const labels = others.labels.map((value, i) => ((i / 30) & 1 ? value + 5 : value));
  expect(Math.abs(findMirrorAxis({ ...others, labels }, half)! - 49)).toBeLessThan(0.2);
});

test('few rows, points without pairs and blank pictures tell nothing', () => {
  const shifted = moved(faces, 1.5);
  expect(findMirrorAxis(moved(synthesize({ rows: 150, seed: 5 }), 1.5))).toBeUndefined();
  const schema = { ...shifted.schema, mirrorPairs: [] };
  expect(findMirrorAxis({ ...shifted, schema })).toBeUndefined();
  const images = new Uint8Array(shifted.images.length).fill(7);
  expect(findMirrorAxis({ ...shifted, images })).toBeUndefined();
});
