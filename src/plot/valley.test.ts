import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adam, nesterov, sgd } from '../nn/rule.ts';
import { contour, descend, valley } from './valley.ts';

test('a contour has its height everywhere', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 50, noNaN: true }), (height) => {
      for (const place of contour(height, 37)) {
        expect(Math.abs(valley(place) / height - 1)).toBeLessThan(1e-6);
      }
    }),
  );
});

describe('descend', () => {
  test('the first step of SGD goes against the slope, by central differences', () => {
    const [x, y] = [-1.5, 0.35];
    const [, after] = descend(sgd(), { learningRate: 0.01, momentum: 0 }, [x, y], 1);
    const h = 1e-5;
    const slope = [
      (valley([x + h, y]) - valley([x - h, y])) / (2 * h),
      (valley([x, y + h]) - valley([x, y - h])) / (2 * h),
    ];
    expect(after![0]).toBeCloseTo(x - 0.01 * slope[0]!, 8);
    expect(after![1]).toBeCloseTo(y - 0.01 * slope[1]!, 8);
  });

  test('rules arrive at the lowest point', () => {
    const settings = { learningRate: 0.01, momentum: 0.9 };
    const [x, y] = descend(nesterov(), settings, [-1.5, 0.35], 300).at(-1)!;
    expect([x, y]).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
  });

  test('with the start there is a place for every step', () => {
    const settings = { learningRate: 0.1, momentum: 0.9 };
    expect(descend(adam(), settings, [0, 0], 7)).toHaveLength(8);
    expect(descend(adam(), settings, [0, 0], 0)).toEqual([[0, 0]]);
  });

  test.each([1, 1e6, Number.NaN])('ends where a rate of %s flies off', (learningRate) => {
    const way = descend(sgd(), { learningRate, momentum: 0 }, [-1.5, 0.35], 100);
    expect(way.length).toBeLessThan(100);
    expect(way.flat().every((value) => Math.abs(value) < 1000)).toBe(true);
  });
});
