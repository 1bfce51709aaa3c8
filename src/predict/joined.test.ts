import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { allRows, narrowPoints } from '../data/select.ts';
import { keypointErrors } from './errors.ts';
import { joinErrors, joinSchemas } from './joined.ts';

describe('a schema of several models', () => {
  const eyes = keypointSchema(['left_eye', 'right_eye'], 96);
  const nose = keypointSchema(['nose'], 96);

  test('has the points of all, each once, and their mirror pairs', () => {
    expect(joinSchemas([nose, eyes, nose])).toEqual(
      keypointSchema(['nose', 'left_eye', 'right_eye'], 96),
    );
    expect(joinSchemas([eyes])).toEqual(eyes);
  });

  test('is refused for images of two sizes', () => {
    expect(() => joinSchemas([nose, keypointSchema(['chin'], 48)])).toThrow(
      refusal('one model is for images of 96 x 96 pixels, another for 48 x 48'),
    );
  });

  test('and for grey and RGB images', () => {
    expect(() => joinSchemas([nose, keypointSchema(['chin'], 96, 3)])).toThrow(
      refusal('one model is for grey images, another for RGB ones'),
    );
  });

  test('is refused where a point has two mirror images', () => {
    const odd = { ...keypointSchema(['left_eye', 'ear'], 96), mirrorPairs: [[0, 1]] as const };
    expect(() => joinSchemas([eyes, odd])).toThrow(
      refusal(
        'one model takes left_eye and right_eye for mirror images of each other, another left_eye and ear',
      ),
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
