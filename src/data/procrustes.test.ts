import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignShapes } from './procrustes.ts';

const SHAPE = [30, 40, 66, 39, 48, 58, 48, 80];

/** A shape turned, scaled and moved. */
const moved = (angle: number, scale: number, [x, y]: readonly [number, number]): number[] =>
  SHAPE.flatMap((_, i) => {
    if (i % 2 === 1) return [];
    const [u, v] = [SHAPE[i]! * scale, SHAPE[i + 1]! * scale];
    return [
      u * Math.cos(angle) - v * Math.sin(angle) + x,
      u * Math.sin(angle) + v * Math.cos(angle) + y,
    ];
  });

test('copies of one shape that are moved, turned and scaled come to lie on each other', () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const pose = fc.tuple(number(-1, 1), number(0.5, 2), fc.tuple(number(-50, 50), number(-50, 50)));
  fc.assert(
    fc.property(fc.array(pose, { minLength: 1, maxLength: 10 }), (poses) => {
      const aligned = alignShapes(Float64Array.from(poses.flatMap((one) => moved(...one))), 4);
      for (const [i, value] of aligned.entries()) expect(value).toBeCloseTo(aligned[i % 8]!, 6);
    }),
  );
});

test('the mean keeps the usual orientation and the mean size', () => {
  const upright = moved(0.2, 1, [3, 1]);
  const other = moved(-0.2, 2, [0, 9]);
  const aligned = alignShapes(Float64Array.from([...upright, ...other]), 4);
  const centre = [48, 54.25];
  // Both are turned back, and lie between their sizes, 1 and 2. The larger one pulls the mean a little.
  const expected = SHAPE.map((value, i) => 1.5 * (value - centre[i % 2]!));
  const size = (shape: ArrayLike<number>): number => Math.hypot(...Array.from(shape));
  expect(size(aligned.subarray(0, 8))).toBeCloseTo(size(expected), 6);
  const turn = Math.atan2(aligned[1]!, aligned[0]!) - Math.atan2(expected[1]!, expected[0]!);
  expect(Math.abs(turn)).toBeLessThan(0.1);
});
