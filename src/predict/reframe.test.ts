import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reframe } from './reframe.ts';

const usual = Float32Array.of(30, 40, 66, 40, Number.NaN, Number.NaN, 48, 70);
const square = { x: 10, y: 20, side: 192 };

test('a face where faces usually are stays there', () => {
  expect(reframe(square, usual, usual, 96)).toEqual(square);
});

test('a face that is moved and scaled is found again', () => {
  const number = fc.double({ min: -30, max: 30, noNaN: true });
  fc.assert(
    fc.property(
      number,
      number,
      fc.double({ min: 0.55, max: 1.9, noNaN: true }),
      (dx, dy, scale) => {
        const found = usual.map((value, i) => scale * value + (i % 2 === 0 ? dx : dy));
        const { x, y, side } = reframe(square, found, usual, 96);
        expect(side).toBeCloseTo(192 * scale, 3);
        expect(x).toBeCloseTo(10 + 2 * dx, 3);
        expect(y).toBeCloseTo(20 + 2 * dy, 3);
      },
    ),
  );
});

test('one point moves the square and leaves its size; so do points that are nonsense, twice at most', () => {
  expect(reframe(square, Float32Array.of(60, 50), Float32Array.of(48, 40), 96)).toEqual({
    x: 34,
    y: 40,
    side: 192,
  });
  expect(
    reframe(
      square,
      usual.map((value) => 9 * value),
      usual,
      96,
    ).side,
  ).toBe(384);
  expect(
    reframe(
      square,
      usual.map((value) => -value),
      usual,
      96,
    ).side,
  ).toBe(96);
});

test('points that are found far away move the square by its own side at most', () => {
  const far = Float32Array.of(1e30, -1e30);
  expect(reframe(square, far, Float32Array.of(48, 40), 96)).toEqual({ x: 202, y: -172, side: 192 });
});
