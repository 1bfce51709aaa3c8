import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cropPicture, toCrop, toPicture } from './crop.ts';

const grey = (width: number, data: readonly number[]) => ({
  width,
  height: data.length / width,
  data: Uint8Array.from(data),
});

describe('a crop', () => {
  test('of the same size is the picture itself', () => {
    const data = Array.from({ length: 48 }, (_, i) => i);
    expect([
      ...cropPicture(grey(8, data), { x: 2, y: 1, side: 4 }, { side: 4, channels: 1 }),
    ]).toEqual([1, 2, 3, 4].flatMap((y) => [2, 3, 4, 5].map((x) => 8 * y + x)));
  });

  test('beyond the edge shows the nearest pixels', () => {
    const picture = grey(2, [10, 20, 30, 40]);
    expect([...cropPicture(picture, { x: -1, y: -1, side: 3 }, { side: 3, channels: 1 })]).toEqual([
      10, 10, 20, 10, 10, 20, 30, 30, 40,
    ]);
  });

  test('of half the size averages by a triangle', () => {
    const picture = grey(4, new Array(4).fill([0, 80, 160, 240]).flat());
    const [left, right] = cropPicture(picture, { x: 0, y: 0, side: 4 }, { side: 2, channels: 1 });
    // Weights 0.25, 0.75, 0.75, 0.25 on pixels -1 … 2, of which -1 is pixel 0 again.
    expect(left).toBe(Math.round((0 * 0.25 + 0 * 0.75 + 80 * 0.75 + 160 * 0.25) / 2));
    expect(right).toBe(240 - left!);
  });

  test('of twice the size mixes neighbours by their distance', () => {
    const picture = grey(2, [0, 100, 0, 100]);
    expect([
      ...cropPicture(picture, { x: 0, y: 0, side: 2 }, { side: 4, channels: 1 }).subarray(0, 4),
    ]).toEqual([0, 25, 75, 100]);
  });

  test('of one colour has that colour, in every plane, whatever the square', () => {
    const number = fc.double({ min: -40, max: 40, noNaN: true });
    fc.assert(
      fc.property(
        number,
        number,
        fc.double({ min: 0.1, max: 300, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (x, y, size, side) => {
          const data = Uint8Array.from({ length: 5 * 7 * 3 }, (_, i) => [200, 100, 50][i % 3]!);
          const crop = cropPicture(
            { width: 5, height: 7, data },
            { x, y, side: size },
            { side, channels: 3 },
          );
          const pixels = side ** 2;
          expect(crop).toHaveLength(3 * pixels);
          expect(crop.every((value, i) => value === [200, 100, 50][Math.floor(i / pixels)])).toBe(
            true,
          );
        },
      ),
    );
  });

  test('of a part is that part of the crop of the whole', () => {
    const picture = grey(
      30,
      Array.from({ length: 900 }, (_, i) => (i * 37) % 256),
    );
    const whole = cropPicture(picture, { x: 0, y: 0, side: 30 }, { side: 10, channels: 1 });
    const part = cropPicture(picture, { x: 9, y: 6, side: 15 }, { side: 5, channels: 1 });
    const rows = Array.from({ length: 5 }, (_, y) => [
      ...whole.subarray((y + 2) * 10 + 3, (y + 2) * 10 + 8),
    ]);
    expect([...part]).toEqual(rows.flat());
  });
});

test('points go to the crop and back, and lie on the pixels that they lay on', () => {
  const square = { x: 100, y: 50, side: 192 };
  expect([...toCrop([100, 50, 292, 242, Number.NaN, 146], square, 96)]).toEqual([
    0,
    0,
    96,
    96,
    Number.NaN,
    48,
  ]);
  expect([...toPicture(Float32Array.of(0, 0, 48, 96), square, 96)]).toEqual([100, 50, 196, 242]);
});
