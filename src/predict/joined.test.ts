import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { allRows, narrowPoints } from '../data/select.ts';
import { keypointErrors } from './errors.ts';
import { joinErrors, joinPredictions, joinSchemas } from './joined.ts';
import type { Predictions } from './predictions.ts';

const eyes: Predictions = {
  schema: keypointSchema(['left_eye', 'right_eye'], 96),
  coordinates: Float32Array.of(1, 2, 3, 4, 11, 12, 13, 14),
  imageIds: ['7', '8'],
};
const nose: Predictions = {
  schema: keypointSchema(['nose'], 96),
  coordinates: Float32Array.of(5, 6, 15, 16),
  imageIds: ['7', '8'],
};

describe('predictions', () => {
  test('of several models stand side by side', () => {
    expect(joinPredictions([nose, eyes])).toEqual({
      schema: {
        points: ['nose', 'left_eye', 'right_eye'],
        side: 96,
        channels: 1,
        mirrorPairs: [[1, 2]],
      },
      coordinates: Float32Array.of(5, 6, 1, 2, 3, 4, 15, 16, 11, 12, 13, 14),
      imageIds: ['7', '8'],
    });
  });

  test('of one model stay as they are', () => {
    expect(joinPredictions([eyes])).toEqual(eyes);
  });

  test('without ids have none', () => {
    const anonymous = { ...nose, imageIds: undefined };
    expect(joinPredictions([anonymous]).imageIds).toBeUndefined();
  });

  test('two models of one point are refused', () => {
    expect(() => joinPredictions([nose, eyes, nose])).toThrow(refusal('two models find nose'));
  });

  test('so are models for images of two sizes', () => {
    const small = keypointSchema(['chin'], 48);
    expect(() => joinSchemas([nose.schema, small])).toThrow(
      refusal('one model is for images of 96 x 96 pixels, another for 48 x 48'),
    );
  });

  test('and for grey and RGB images', () => {
    expect(() => joinSchemas([nose.schema, keypointSchema(['chin'], 96, 3)])).toThrow(
      refusal('one model is for grey images, another for RGB ones'),
    );
  });
});

describe('errors', () => {
  const points = ['a', 'b', 'c', 'd', 'e'];
  const label = fc.oneof(fc.double({ min: 0, max: 96, noNaN: true }), fc.constant(Number.NaN));

  test('joined are those of the whole, however the points are divided', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }).chain((rows) =>
          fc.record({
            labels: fc.array(label, { minLength: rows * 10, maxLength: rows * 10 }),
            cuts: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
          }),
        ),
        ({ labels, cuts }) => {
          const rows = labels.length / 10;
          const dataset: Dataset = {
            schema: keypointSchema(points, 96),
            rows,
            images: new Uint8Array(rows * 96 ** 2),
            labels: Float32Array.from(labels),
            columns: {},
          };
          const predicted = new Float32Array(labels.length).fill(48);
          const whole = keypointErrors(dataset, predicted, allRows(dataset));
          const groups: string[][] = [[]];
          points.forEach((point, i) => {
            groups.at(-1)!.push(point);
            if (cuts[i]) groups.push([]);
          });
          const parts = groups
            .filter((group) => group.length > 0)
            .map((group) => {
              const own = narrowPoints(dataset, group);
              return keypointErrors(
                own,
                new Float32Array(own.labels.length).fill(48),
                allRows(own),
              );
            });
          const joined = joinErrors(parts);
          expect(joined.count).toBe(whole.count);
          expect(joined.perPoint).toEqual(whole.perPoint);
          if (whole.count === 0) expect(joined.rmse).toBeNaN();
          else expect(joined.rmse).toBeCloseTo(whole.rmse, 9);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('many labels weigh more than few', () => {
    const part = (rmse: number, count: number) => ({ rmse, count, perPoint: [] });
    expect(joinErrors([part(1, 9), part(3, 1), part(Number.NaN, 0)])).toMatchObject({
      rmse: Math.sqrt(1.8),
      count: 10,
    });
  });

  test('a model that predicts no number makes the whole no number', () => {
    const part = { rmse: Number.NaN, count: 2, perPoint: [] };
    expect(joinErrors([part, { ...part, rmse: 1 }]).rmse).toBeNaN();
  });
});
