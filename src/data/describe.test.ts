import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Dataset } from './dataset.ts';
import { describe } from './describe.ts';
import { descriptionText } from './description-text.ts';
import { keypointSchema } from './schema.ts';
import { TableParser } from './table-parser.ts';

const _ = Number.NaN;
const DATASET: Dataset = {
  schema: keypointSchema(['left_eye', 'nose', 'right_eye'], 2),
  rows: 5,
  images: Uint8Array.of(51, 1, 1, 1, 2, 2, 2, 2, 51, 1, 1, 1, 3, 3, 3, 102, 51, 1, 1, 1),
  labels: Float32Array.of(
    ...[0.5, 1, 1, 1, 1.5, 1],
    ...[0, 1, _, _, _, _],
    ...[0, 1, _, 1, _, _],
    ...[2, 1, 1, 1, _, _],
    ...[_, _, _, _, _, _],
  ),
  columns: { ImageId: ['a', 'b', 'c', 'd', ''] },
};

test('a description as plain data', () => {
  expect(describe(DATASET)).toEqual({
    rows: 5,
    completeRows: 1,
    points: ['left_eye', 'nose', 'right_eye'],
    side: 2,
    channels: 1,
    counts: [
      { column: 'left_eye_x', count: 4 },
      { column: 'left_eye_y', count: 4 },
      { column: 'nose_x', count: 2 },
      { column: 'nose_y', count: 3 },
      { column: 'right_eye_x', count: 1 },
      { column: 'right_eye_y', count: 1 },
      { column: 'ImageId', count: 4 },
      { column: 'Image', count: 5 },
    ],
    scaled: {
      complete: {
        X: { shape: [1, 4], min: 1 / 255, max: 0.2 },
        y: { shape: [1, 6], min: -0.5, max: 0.5 },
      },
      all: { X: { shape: [5, 4], min: 1 / 255, max: 0.4 }, y: { shape: [5, 6], min: -1, max: 1 } },
    },
    missing: [
      { rows: 2, present: ['left_eye'], missing: ['nose', 'right_eye'] },
      { rows: 1, present: ['left_eye', 'nose', 'right_eye'], missing: [] },
      { rows: 1, present: ['left_eye', 'nose'], missing: ['right_eye'] },
      { rows: 1, present: [], missing: ['left_eye', 'nose', 'right_eye'] },
    ],
    conventions: null,
    duplicates: [[1, 3, 5]],
    nearDuplicates: [[1, 3, 5]],
  });
});

test('a description as text', () => {
  expect(descriptionText(describe(DATASET))).toBe(`5 rows, 1 of them complete
3 keypoints, images of 2 x 2 pixels

values per column:
  left_eye_x   4
  left_eye_y   4
  nose_x       2
  nose_y       3
  right_eye_x  1
  right_eye_y  1
  ImageId      4
  Image        5

complete rows:
  X.shape == (1, 4); X.min == 0.004; X.max == 0.200
  y.shape == (1, 6); y.min == -0.500; y.max == 0.500

all rows:
  X.shape == (5, 4); X.min == 0.004; X.max == 0.400
  y.shape == (5, 6); y.min == -1.000; y.max == 1.000

rows by keypoints that are labelled:
  2  only left_eye
  1  all
  1  all but right_eye
  1  none

equal images: 3 rows in 1 group
  rows 1, 3, 5
`);
});

test('a table without keypoints', () => {
  const dataset = { ...DATASET, schema: keypointSchema([], 2), labels: new Float32Array() };
  expect(
    descriptionText({ ...describe(dataset), duplicates: [], nearDuplicates: [] }),
  ).toBe(`5 rows, 5 of them complete
0 keypoints, images of 2 x 2 pixels

values per column:
  ImageId  4
  Image    5

all rows:
  X.shape == (5, 4); X.min == 0.004; X.max == 0.400

no two images are equal
`);
});

test('images of equal hash are compared byte by byte', () => {
  // Both have the 32-bit FNV-1a hash a28abb9d.
  const a = [239, 33, 125, 195, 224, 108, 196, 188, 18];
  const b = [43, 97, 7, 78, 179, 140, 62, 139, 19];
  const images = Uint8Array.of(...a, ...b, ...a, ...b);
  const schema = keypointSchema([], 3);
  const dataset = { schema, rows: 4, images, labels: new Float32Array(), columns: {} };
  expect(describe(dataset).duplicates).toEqual([
    [1, 3],
    [2, 4],
  ]);
});

const labelsFile = new URL('../../../shared/faces/kaggle_labels.csv.gz', import.meta.url);
test.skipIf(!existsSync(labelsFile))(
  "Kaggle's own labels give the tutorial's numbers (skipped without ../shared/faces)",
  async () => {
    const [header, ...rows] = gunzipSync(await readFile(labelsFile))
      .toString()
      .trimEnd()
      .split(/\r?\n/);
    const image = ['255', ...new Array(96 * 96 - 1).fill('0')].join(' ');
    const parser = new TableParser('training.csv');
    const encoder = new TextEncoder();
    parser.push(encoder.encode(`${header},Image\n`));
    for (const row of rows) parser.push(encoder.encode(`${row},${image}\n`));
    const description = describe(parser.finish());
    expect(description.counts.map(({ count }) => count)).toEqual([
      ...[7039, 7039, 7036, 7036, 2271, 2271, 2267, 2267, 2268, 2268, 2268, 2268],
      ...[2270, 2270, 2225, 2225, 2270, 2270, 2236, 2236, 7049, 7049, 2269, 2269],
      ...[2270, 2270, 2275, 2275, 7016, 7016, 7049],
    ]);
    const text = descriptionText(description);
    expect(text).toContain(
      '7049 rows, 2140 of them complete\n15 keypoints, images of 96 x 96 pixels',
    );
    expect(text).toContain('  nose_tip_x                 7049\n');
    expect(text).toContain(
      'complete rows:\n' +
        '  X.shape == (2140, 9216); X.min == 0.000; X.max == 1.000\n' +
        '  y.shape == (2140, 30); y.min == -0.920; y.max == 0.996\n',
    );
    expect(description.missing.reduce((sum, pattern) => sum + pattern.rows, 0)).toBe(7049);
    expect(description.missing[1]!.rows).toBe(2140);
    expect(text).toContain(
      '  4755  only left_eye_center, right_eye_center, nose_tip, mouth_center_bottom_lip\n  2140  all\n',
    );
    // Its two sources mark the tip of the nose some seven pixels apart.
    expect(description.conventions).toMatchObject({
      rows: { few: 4755, many: 2245 },
      differ: true,
    });
    expect(text).toContain(
      '\n  nose_tip                  -0.06 ± 0.05    6.92 ± 0.07  p = 0.001\n',
    );
    expect(text).toContain('equal images: 7049 rows in 1 group\n  rows 1, 2, 3, 4, 5, …\n');
  },
);

test('pictures in red, green and blue are said to be so', () => {
  const { points } = DATASET.schema;
  const colours = { ...DATASET, schema: keypointSchema(points, 1, 3), images: new Uint8Array(15) };
  const description = describe(colours);
  expect(description).toMatchObject({ side: 1, channels: 3 });
  expect(description.scaled.all.X.shape).toEqual([5, 3]);
  expect(descriptionText(description)).toContain('3 keypoints, images of 1 x 1 pixels, RGB\n');
});
