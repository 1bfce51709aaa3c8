import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { boxAround, requireBox, squareOf, wholeBox } from './box.ts';

test('a square holds its box and shares its centre', () => {
  const length = fc.double({ min: 0.5, max: 1000, noNaN: true });
  fc.assert(
    fc.property(length, length, length, length, (x, y, width, height) => {
      const square = squareOf({ x, y, width, height });
      expect(square.side).toBe(Math.max(width, height));
      expect(square.x + square.side / 2).toBeCloseTo(x + width / 2, 6);
      expect(square.y + square.side / 2).toBeCloseTo(y + height / 2, 6);
    }),
  );
});

test('a box around points leaves a margin and passes over what is missing', () => {
  const points = [10, 20, Number.NaN, Number.NaN, 30, 60];
  expect(boxAround(points, 0)).toEqual({ x: 10, y: 20, width: 20, height: 40 });
  expect(boxAround(points, 0.25)).toEqual({ x: 0, y: 10, width: 40, height: 60 });
  expect(boxAround([Number.NaN, 3], 0.25)).toBeUndefined();
});

describe('a box', () => {
  const picture = { width: 640, height: 480 };
  const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

  test.each([
    [wholeBox(picture)],
    [box(-50, -50, 100, 100)],
    [box(639, 479, 100, 100)],
    [box(0, 0, 6400, 10)],
    [box(0, 0, 1, 0.1)],
  ])('%o is taken', (given) => {
    requireBox(given, picture, 'row 1');
  });

  test.each([
    [box(0, 0, 0, 10), 'row 1: the box 0,0,0,10 has no area'],
    [box(0, 0, 10, -1), 'row 1: the box 0,0,10,-1 has no area'],
    [box(Number.NaN, 0, 10, 10), 'row 1: the box NaN,0,10,10 has no area'],
    [box(0, 0, Infinity, 10), 'row 1: the box 0,0,Infinity,10 has no area'],
    [
      box(640, 0, 10, 10),
      'row 1: the box 640,0,10,10 lies outside the picture of 640 x 480 pixels',
    ],
    [
      box(0, -10, 10, 10),
      'row 1: the box 0,-10,10,10 lies outside the picture of 640 x 480 pixels',
    ],
    [box(0.2, 0.3, 0.5, 0.6), 'row 1: the box 0.2,0.3,0.5,0.6 is smaller than a pixel'],
    [
      box(0, 0, 6401, 10),
      'row 1: the box 0,0,6401,10 is more than 10 times as large as the picture of 640 x 480 pixels',
    ],
  ])('%o is refused', (given, message) => {
    expect(() => requireBox(given, picture, 'row 1')).toThrow(refusal(message));
  });
});
