import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromFloat16, LARGEST_FLOAT16, toFloat16 } from './float16.ts';

const EVERY_HALF = Uint16Array.from({ length: 2 ** 16 }, (_, half) => half);
const isNaNHalf = (half: number): boolean => (half & 0x7fff) > 0x7c00;
const half = (value: number): number => toFloat16(Float32Array.of(value))[0]!;

/** The definition in IEEE 754, in float64. */
function exact(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const digits = half & 1023;
  if (exponent === 31) return digits === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * digits * 2 ** -24 : sign * (1024 + digits) * 2 ** (exponent - 25);
}

test('every half is read as IEEE 754 defines it', () => {
  const values = fromFloat16(EVERY_HALF);
  EVERY_HALF.forEach((half) => {
    if (!Object.is(values[half], exact(half))) expect(values[half]).toBe(exact(half));
  });
});

test('every half comes back from its value; one that is not a number stays so, and quiet', () => {
  const again = toFloat16(fromFloat16(EVERY_HALF));
  expect(again).toEqual(EVERY_HALF.map((half) => (isNaNHalf(half) ? half | 0x200 : half)));
});

describe('rounding', () => {
  test.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [1 / 3, 0x3555],
    [-0, 0x8000],
    [NaN, 0x7e00],
    [-Infinity, 0xfc00],
    [LARGEST_FLOAT16, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -149, 0],
    [3.4e38, 0x7c00],
  ])('%d is %i', (value, bits) => {
    expect(half(value)).toBe(bits);
  });

  /** The float32 next to a positive one. */
  const next = (value: number, step: 1 | -1): number => {
    const values = Float32Array.of(value);
    new Uint32Array(values.buffer)[0]! += step;
    return values[0]!;
  };

  test('between all neighbours: to the nearer one, in the middle to the even one', () => {
    for (let low = 0; low < 0x7c00; low++) {
      const above = low + 1 === 0x7c00 ? 65536 : exact(low + 1);
      // All of them are float32 numbers: eleven digits and one more.
      const middle = (exact(low) + above) / 2;
      const found = [...toFloat16(Float32Array.of(next(middle, -1), middle, next(middle, 1)))];
      const expected = [low, low + (low & 1), low + 1];
      if (`${found}` !== `${expected}`) expect([low, ...found]).toEqual([low, ...expected]);
      const negative = toFloat16(Float32Array.of(-next(middle, -1), -middle, -next(middle, 1)));
      expect(negative.every((half, i) => half === (expected[i]! | 0x8000))).toBe(true);
    }
  });

  test('no half is nearer than the one that was chosen, and greater numbers have none smaller', () => {
    const float = fc.float({ min: -65519, max: 65519, noNaN: true });
    fc.assert(
      fc.property(float, float, (a, b) => {
        const [x, y] = [exact(half(a)), exact(half(b))];
        for (const other of [half(a) - 1, half(a) + 1].filter((h) => !isNaNHalf(h) && h >= 0)) {
          expect(Math.abs(exact(other) - a)).toBeGreaterThanOrEqual(Math.abs(x - a));
        }
        expect(Math.sign(x - y) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});

test('numbers that begin anywhere in their buffer', () => {
  const values = Float32Array.of(7, 1, -2, 7);
  expect(toFloat16(values.subarray(1, 3))).toEqual(Uint16Array.of(0x3c00, 0xc000));
  const halves = Uint16Array.of(7, 0x3c00, 0xc000);
  expect(fromFloat16(halves.subarray(1))).toEqual(Float32Array.of(1, -2));
});
