import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dataset } from './dataset.ts';
import { type Channels, imageSize } from './image-format.ts';
import { keypointSchema } from './schema.ts';
import { TableParser } from './table-parser.ts';
import { headOf, tableColumns, tableRows } from './write-table.ts';

const text = (dataset: Dataset) =>
  [...tableRows(dataset)].map((line) => new TextDecoder().decode(line)).join('');

test('a table with labels, gaps, other columns and images', () => {
  const dataset: Dataset = {
    schema: keypointSchema(['nose_tip'], 2),
    rows: 3,
    images: Uint8Array.of(0, 1, 2, 255, 10, 20, 30, 40, 5, 6, 7, 8),
    labels: Float32Array.of(66.0335639098, 39, Number.NaN, Number.NaN, 0.5, -0.0000004),
    columns: { ImageId: ['1', 'a,b', ''] },
  };
  expect(tableColumns(headOf(dataset))).toEqual(['nose_tip_x', 'nose_tip_y', 'ImageId', 'Image']);
  expect(text(dataset)).toBe(`nose_tip_x,nose_tip_y,ImageId,Image
66.033562,39,1,0 1 2 255
,,"a,b",10 20 30 40
0.5,0,,5 6 7 8
`);
});

const coordinate = fc.oneof(
  fc.constant(Number.NaN),
  fc.integer({ min: -2e6, max: 128e6 }).map((millionths) => millionths / 1e6),
);
const datasetArbitrary: fc.Arbitrary<Dataset> = fc
  .record({
    points: fc.uniqueArray(fc.constantFrom('left_eye', 'nose', 'right_eye', 'a,"b"', 'é_x')),
    side: fc.integer({ min: 1, max: 6 }),
    channels: fc.constantFrom<Channels>(1, 3),
    rows: fc.integer({ min: 1, max: 5 }),
    names: fc.uniqueArray(
      fc.string({ unit: 'grapheme' }).filter((name) => !/_[xy]$|^Image$/.test(name)),
      { maxLength: 2 },
    ),
  })
  .chain(({ points, side, channels, rows, names }) => {
    const schema = keypointSchema(points, side, channels);
    const many = <T>(value: fc.Arbitrary<T>, length: number) =>
      fc.array(value, { minLength: length, maxLength: length });
    return fc
      .record({
        pixels: many(fc.nat(255), rows * imageSize(schema)),
        labels: many(coordinate, rows * points.length * 2),
        texts: many(many(fc.string({ unit: 'grapheme' }), rows), names.length),
      })
      .map(({ pixels, labels, texts }) => ({
        schema,
        rows,
        images: Uint8Array.from(pixels),
        labels: Float32Array.from(labels),
        columns: Object.fromEntries(names.map((name, index) => [name, texts[index]!])),
      }));
  });

test('what is written reads back the same, wherever chunks end', () => {
  fc.assert(
    fc.property(datasetArbitrary, fc.integer({ min: 1, max: 50 }), (dataset, chunkSize) => {
      const parser = new TableParser('faces.csv');
      const bytes = new TextEncoder().encode(text(dataset));
      for (let i = 0; i < bytes.length; i += chunkSize) {
        parser.push(bytes.subarray(i, i + chunkSize));
      }
      expect(parser.finish()).toEqual(dataset);
    }),
    { numRuns: 300 },
  );
});
