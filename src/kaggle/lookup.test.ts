import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { keypointSchema } from '../data/schema.ts';
import { lookupTable, parseLookup } from './lookup.ts';
import { parseLocations } from './score.ts';

const real = new URL('../../../shared/faces/IdLookupTable.csv', import.meta.url);

test('rows keep their order', () => {
  const text = 'RowId,ImageId,FeatureName,Location\r\n2,1,nose_tip_y,\r\n1,1,nose_tip_x,\r\n';
  expect(parseLookup(text, 'a.csv')).toEqual({
    fileName: 'a.csv',
    rows: [
      { rowId: '2', imageId: '1', feature: 'nose_tip_y' },
      { rowId: '1', imageId: '1', feature: 'nose_tip_x' },
    ],
  });
});

test('a missing column and a RowId that stands twice are refused', () => {
  expect(() => parseLookup('RowId,ImageId\n1,1\n', 'a.csv')).toThrow(
    refusal('a.csv: no column "FeatureName"; the header has RowId, ImageId'),
  );
  const twice = 'RowId,ImageId,FeatureName\n1,1,nose_tip_x\n2,1,nose_tip_y\n1,2,nose_tip_x\n';
  expect(() => parseLookup(twice, 'a.csv')).toThrow(
    refusal('a.csv, row 3, column RowId: 1 stands in row 1 already'),
  );
});

test.skipIf(!existsSync(real))(
  'the real table has 12,680 rows about 856 images (skipped without ../shared/faces)',
  () => {
    const { rows } = parseLookup(readFileSync(real, 'utf8'), 'IdLookupTable.csv');
    expect(rows.length).toBe(12_680);
    expect(rows.at(-1)).toEqual({
      rowId: '12680',
      imageId: '856',
      feature: 'mouth_center_bottom_lip_y',
    });
    expect(new Set(rows.map(({ imageId }) => imageId)).size).toBe(856);
    expect(new Set(rows.map(({ feature }) => feature)).size).toBe(30);
  },
);

test('a lookup table of a dataset asks for the labels that there are, and answers them', () => {
  const dataset = {
    schema: keypointSchema(['eye', 'nose'], 96),
    rows: 2,
    images: new Uint8Array(),
    labels: Float32Array.of(1, 2.5, Number.NaN, Number.NaN, 3, Number.NaN, 5, 6),
    columns: {},
  };
  const text = lookupTable(dataset);
  expect(text).toBe(
    'RowId,ImageId,FeatureName,Location\n' +
      '1,1,eye_x,1\n2,1,eye_y,2.5\n3,2,eye_x,3\n4,2,nose_x,5\n5,2,nose_y,6\n',
  );
  expect(parseLookup(text, 'lookup.csv').rows[3]).toEqual({
    rowId: '4',
    imageId: '2',
    feature: 'nose_x',
  });
  expect(parseLocations(text, 'lookup.csv').rows.get('4')!.values).toEqual([5]);
});
