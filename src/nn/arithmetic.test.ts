import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cosine, power, sine } from './arithmetic.ts';

const angle = () => fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });

test("power agrees with the host's to a few bits, and is exact where it can be", () => {
  expect(power(3, 20)).toBe(3486784401);
  expect(power(0.5, 1074)).toBe(Number.MIN_VALUE);
  expect(power(0, 0)).toBe(1);
  fc.assert(
    fc.property(fc.double({ min: 0.9, max: 1, noNaN: true }), fc.nat(5000), (base, exponent) => {
      const expected = base ** exponent;
      expect(Math.abs(power(base, exponent) - expected)).toBeLessThanOrEqual(1e-12 * expected);
    }),
  );
});

test('sine and cosine are right to within the last bit of 1', () => {
  fc.assert(
    fc.property(angle(), (x) => {
      expect(Math.abs(sine(x) - Math.sin(x))).toBeLessThanOrEqual(2 ** -52);
      expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThanOrEqual(2 ** -52);
    }),
    { numRuns: 20_000 },
  );
});

test('sine is odd and cosine even, to the bit', () => {
  fc.assert(
    fc.property(angle(), (x) => {
      expect(sine(-x)).toBe(-sine(x));
      expect(cosine(-x)).toBe(cosine(x));
    }),
  );
});

test('zero keeps its sign', () => {
  expect([sine(0), sine(-0)]).toEqual([0, -0]);
});

test('quarter turns are exact where the angle is', () => {
  expect([sine(0), cosine(0)]).toEqual([0, 1]);
  expect([sine(Math.PI / 2), cosine(Math.PI)]).toEqual([1, -1]);
  expect(sine(Math.PI)).toBe(1.2246467991473532e-16);
  expect(cosine(Math.PI / 2)).toBe(6.123233995736766e-17);
});
