import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCoordinate } from './coordinate.ts';

test.each([
  [48, '48'],
  [48.5, '48.5'],
  [Math.fround(66.0335639098), '66.033562'],
  [-0, '0'],
  [-1e-9, '0'],
  [2 / 3, '0.666667'],
])('%d is written as %s', (pixels, text) => {
  expect(formatCoordinate(pixels)).toBe(text);
});

test('a coordinate is read back to half a millionth of a pixel', () => {
  fc.assert(
    fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (pixels) => {
      const text = formatCoordinate(pixels);
      expect(text).toMatch(/^-?\d+(\.\d{0,5}[1-9])?$/);
      expect(Math.abs(Number(text) - pixels)).toBeLessThanOrEqual(0.5000001e-6);
    }),
  );
});
