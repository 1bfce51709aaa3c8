import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mirrorImage, mirrorLabels, mirrorPartners } from './mirror.ts';
import { keypointSchema } from './schema.ts';

test('a picture, column by column', () => {
  expect([...mirrorImage(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 3)]).toEqual([
    3, 2, 1, 6, 5, 4, 9, 8, 7,
  ]);
});

test('labels change names and sides; missing ones stay missing', () => {
  const schema = keypointSchema(['left_eye', 'nose', 'right_eye'], 96);
  const rows = Float32Array.of(66, 37, 50, 60, 30, 39, Number.NaN, Number.NaN, 48, 61, 31, 40);
  expect([...mirrorLabels(rows, schema)]).toEqual([
    ...[66, 39, 46, 60, 30, 37],
    ...[65, 40, 48, 61, Number.NaN, Number.NaN],
  ]);
  expect([...mirrorPartners(schema)]).toEqual([2, 1, 0]);
});

test('labels that lie beside the middle are mirrored about their own axis', () => {
  const schema = { ...keypointSchema(['left_eye', 'nose', 'right_eye'], 96), mirrorAxis: 48.5 };
  const mirrored = mirrorLabels(Float32Array.of(66, 37, 50, 60, 30, 39), schema);
  expect([...mirrored]).toEqual([67, 39, 47, 60, 31, 37]);
});

test('twice is not at all', () => {
  const sides = fc.integer({ min: 1, max: 12 });
  const image = sides.chain((side) =>
    fc.tuple(fc.constant(side), fc.uint8Array({ minLength: side * side, maxLength: side * side })),
  );
  fc.assert(
    fc.property(image, ([side, pixels]) => {
      expect(mirrorImage(mirrorImage(pixels, side), side)).toEqual(pixels);
    }),
  );
  const schema = keypointSchema(['left_a', 'b', 'right_a', 'c_right', 'c_left'], 96);
  // Multiples of 1/8 below 96 are exact, so that 96 - (96 - x) is x to the bit.
  const labels = fc.array(fc.integer({ min: 0, max: 768 }), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(fc.array(labels, { maxLength: 4 }), (rows) => {
      const flat = Float32Array.from(rows.flat(), (value) => value / 8);
      expect(mirrorLabels(mirrorLabels(flat, schema), schema)).toEqual(flat);
    }),
  );
});
