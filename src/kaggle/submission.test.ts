import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { parseCsv, recordsOf } from '../data/csv.ts';
import { keypointSchema, labelColumns } from '../data/schema.ts';
import type { Predictions } from '../predict/predictions.ts';
import { type Lookup, parseLookup } from './lookup.ts';
import { submission } from './submission.ts';

const SIDE = 96;
const features = labelColumns(['left_eye', 'nose']);

/** Two points in every picture. */
const predictions = (values: readonly number[], imageIds?: readonly string[]): Predictions => ({
  schema: keypointSchema(['left_eye', 'nose'], SIDE),
  coordinates: Float32Array.from(values),
  imageIds,
});
const lookup = (...rows: [rowId: string, imageId: string, feature: string][]): Lookup => ({
  fileName: 'lookup.csv',
  rows: rows.map(([rowId, imageId, feature]) => ({ rowId, imageId, feature })),
});

describe('submission', () => {
  const two = [1, 2, 3, 4, 5.5, 6, -7, 108];

  test('answers by ImageId and name, in the order of the lookup table, clipped', () => {
    const questions = lookup(
      ['4', '20', 'nose_y'],
      ['1', '20', 'left_eye_x'],
      ['9', '10', 'nose_x'],
      ['3', '20', 'nose_x'],
    );
    expect(submission(predictions(two, ['10', '20']), questions)).toBe(
      'RowId,Location\n4,96\n1,5.5\n9,3\n3,0\n',
    );
  });

  test('counts the pictures from 1 where they have no ids', () => {
    expect(submission(predictions(two), lookup(['1', '2', 'left_eye_y']))).toBe(
      'RowId,Location\n1,6\n',
    );
  });

  test('pictures of which the few points alone are asked get the answers of the few', () => {
    const many = predictions([1, 2, 3, 4, 11, 12, 13, 14]);
    const few = { points: ['nose'], predictions: predictions([51, 52, 53, 54, 61, 62, 63, 64]) };
    const questions = lookup(
      ['1', '1', 'nose_x'],
      ['2', '1', 'nose_y'],
      ['3', '2', 'nose_x'],
      ['4', '2', 'left_eye_x'],
    );
    expect(submission(many, questions, few)).toBe('RowId,Location\n1,53\n2,54\n3,13\n4,11\n');
    expect(submission(many, questions)).toBe('RowId,Location\n1,3\n2,4\n3,13\n4,11\n');
    const broken = { ...few, predictions: predictions([1, 2, Number.NaN, 4]) };
    expect(() => submission(many, questions, broken)).toThrow(refusal(/predicts NaN for nose/));
  });

  test('refuses unknown images and features, and ids that stand twice', () => {
    expect(() => submission(predictions(two), lookup(['1', '3', 'nose_x']))).toThrow(
      refusal('lookup.csv, row 1, column ImageId: no image 3 among the 2 predicted'),
    );
    expect(() =>
      submission(predictions(two), lookup(['1', '1', 'nose_x'], ['2', '1', 'noes_y'])),
    ).toThrow(
      expect.objectContaining({
        message: 'lookup.csv, row 2, column FeatureName: the model has no feature "noes_y"',
        advice: 'Did you mean "nose_y"?',
      }),
    );
    expect(() => submission(predictions(two, ['7', '7']), lookup())).toThrow(
      refusal('test images, row 2, column ImageId: 7 stands in row 1 already'),
    );
  });

  test('refuses predictions that are not numbers, asked for or not', () => {
    expect(() => submission(predictions([1, Number.NaN, 3, 4]), lookup())).toThrow(
      refusal('row 1: the model predicts NaN for left_eye'),
    );
  });

  test('every answer is the predicted coordinate, clipped to the image', () => {
    const table = fc.integer({ min: 1, max: 5 }).chain((rows) =>
      fc.record({
        values: fc.array(fc.float({ min: -200, max: 300, noNaN: true }), {
          minLength: 4 * rows,
          maxLength: 4 * rows,
        }),
        questions: fc.array(fc.tuple(fc.nat(rows - 1), fc.nat(3))),
      }),
    );
    fc.assert(
      fc.property(table, ({ values, questions }) => {
        const text = submission(
          predictions(values),
          lookup(
            ...questions.map(([row, column], index): [string, string, string] => [
              `${index + 1}`,
              `${row + 1}`,
              features[column]!,
            ]),
          ),
        );
        const lines = text.split('\n').slice(1, -1);
        expect(lines.length).toBe(questions.length);
        questions.forEach(([row, column], index) => {
          const [rowId, location] = lines[index]!.split(',').map(Number);
          const predicted = values[4 * row + column]!;
          const expected = predicted < 0 ? 0 : Math.min(predicted, SIDE);
          expect(rowId).toBe(index + 1);
          expect(Math.abs(location! - expected)).toBeLessThan(1e-6);
        });
      }),
    );
  });
});

const real = new URL('../../../shared/faces/IdLookupTable.csv', import.meta.url);

test.skipIf(!existsSync(real))(
  'every row of the real lookup table is answered (skipped without ../shared/faces)',
  () => {
    const questions = parseLookup(readFileSync(real, 'utf8'), 'IdLookupTable.csv');
    const columns = [...new Set(questions.rows.map(({ feature }) => feature))];
    const points = columns.flatMap((column) =>
      column.endsWith('_x') ? [column.slice(0, -2)] : [],
    );
    const schema = keypointSchema(points, SIDE);
    const coordinates = Float32Array.from({ length: 856 * 30 }, (_, i) => (i % 7000) / 64);
    const text = submission({ schema, coordinates, imageIds: undefined }, questions);
    const answers = recordsOf(parseCsv(text, 'submission.csv'), ['RowId', 'Location']);
    expect(answers.map(({ RowId }) => RowId)).toEqual(questions.rows.map(({ rowId }) => rowId));
    const order = labelColumns(points);
    questions.rows.forEach(({ imageId, feature }, index) => {
      const predicted = coordinates[(Number(imageId) - 1) * 30 + order.indexOf(feature)]!;
      expect(Number(answers[index]!.Location)).toBe(Math.min(predicted, SIDE));
    });
  },
);
