import { expect, test } from 'vitest';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { dataSheet } from './data-sheet.ts';
import { standardEllipse } from './points-on-face.ts';

const SIDE = 4;

/** Every picture differs from the others. */
function faces(points: readonly string[], rows: number): Dataset {
  return {
    schema: keypointSchema(points, SIDE),
    rows,
    images: Uint8Array.from({ length: rows * SIDE * SIDE }, (_, i) => (i * 31 + (i >> 4)) % 251),
    labels: Float32Array.from({ length: rows * points.length * 2 }, (_, i) => ((i * 7) % 11) / 3),
    columns: {},
  };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `p${i}`);
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

test.each([1, 15, 68])('a sheet of %i points', (points) => {
  const dataset = faces(names(points), 5);
  dataset.labels.fill(Number.NaN, 0, 2);
  const svg = dataSheet(dataset, { title: 'a table' });
  expect(svg).toContain('a table: 5 rows, 4 of them complete');
  expect(count(svg, /class="bar"/g)).toBe(points + 1);
  expect(count(svg, /class="pattern"/g)).toBe(2);
  expect(count(svg, /class="missing /g)).toBe(1 + 1);
  expect(count(svg, /<g class="point" transform/g)).toBe(points);
  expect(svg).toContain('None: all 5 pictures differ.');
  expect(svg).toBe(dataSheet(dataset, { title: 'a table' }));
});

test('x and y have bars of their own where their counts differ', () => {
  const dataset = faces(['a', 'b'], 3);
  dataset.labels[0] = Number.NaN;
  const svg = dataSheet(dataset, { title: '', figure: 'counts' });
  const bars = [...svg.matchAll(/class="bar"><text[^>]*>([^<]*)<.*?>([^<]*)<\/text><\/g>/g)];
  expect(bars.map(([, name, value]) => `${name} ${value}`)).toEqual([
    'a_x 2',
    'a_y 3',
    'b_x, _y 3',
    'Image 3',
  ]);
});

test('duplicates stand in pairs, with the distance between their labels', () => {
  const dataset = faces(['a'], 4);
  dataset.images.copyWithin(3 * SIDE * SIDE, SIDE * SIDE, 2 * SIDE * SIDE);
  dataset.labels.set([1, 1], 2);
  dataset.labels.set([4, 5], 6);
  const svg = dataSheet(dataset, { title: '', figure: 'duplicates' });
  expect(count(svg, /<image /g)).toBe(2);
  expect(svg).toContain('>row 2<');
  expect(svg).toContain('>row 4: 5.00 px apart<');
  expect(svg).toContain('1 picture stands in 2 rows');
});

test('tables without labels, huge labels and strange names break nothing', () => {
  const empty = dataSheet(faces([], 3), { title: '<t>' });
  expect(empty).toContain('&lt;t&gt;');
  expect(empty).toContain('The table has no keypoints.');
  const dataset = faces(['a<b & "c"', 'none'], 3);
  dataset.labels[0] = 1e30;
  for (let row = 0; row < 3; row++) dataset.labels.fill(Number.NaN, 4 * row + 2, 4 * row + 4);
  const svg = dataSheet(dataset, { title: '' });
  expect(svg).toContain('a&lt;b &amp; &quot;c&quot;');
  expect(svg).toContain('no label');
  expect(svg).not.toMatch(/="[^"]*(NaN|Infinity)/);
});

test.each([
  [
    { xx: 9, xy: 0, yy: 4 },
    { major: 3, minor: 2, angle: 0 },
  ],
  [
    { xx: 4, xy: 0, yy: 9 },
    { major: 3, minor: 2, angle: 90 },
  ],
  [
    { xx: 5, xy: 4, yy: 5 },
    { major: 3, minor: 1, angle: 45 },
  ],
  [
    { xx: 2, xy: -2, yy: 2 },
    { major: 2, minor: 0, angle: -45 },
  ],
])('the ellipse of %o', (covariance, expected) => {
  const { major, minor, angle } = standardEllipse(covariance);
  expect(major).toBeCloseTo(expected.major, 12);
  expect(minor).toBeCloseTo(expected.minor, 12);
  expect(angle).toBeCloseTo(expected.angle, 12);
});
