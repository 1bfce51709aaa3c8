import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Canvas } from './canvas.ts';
import { closedCurve, ellipse, type Point, ribbon } from './curves.ts';

const SIDE = 24;
const total = (canvas: Canvas): number => canvas.grey.reduce((sum, grey) => sum + grey, 0);

/** The shoelace formula. */
const areaOf = (outline: readonly Point[]): number => {
  let doubled = 0;
  outline.forEach(([x, y], i) => {
    const [nextX, nextY] = outline[(i + 1) % outline.length]!;
    doubled += x * nextY - nextX * y;
  });
  return Math.abs(doubled) / 2;
};

const inside = fc.tuple(
  fc.double({ min: 0, max: SIDE, noNaN: true }),
  fc.double({ min: 0, max: SIDE, noNaN: true }),
);

describe('fill', () => {
  test('covers exactly the area of any triangle inside the picture', () => {
    fc.assert(
      fc.property(inside, inside, inside, (a, b, c) => {
        const canvas = new Canvas(SIDE);
        canvas.fill([a, b, c], 1);
        expect(total(canvas)).toBeCloseTo(areaOf([a, b, c]), 8);
      }),
    );
  });

  test('gives each pixel its covered share', () => {
    const canvas = new Canvas(3);
    canvas.fill(
      [
        [0.5, 0],
        [2, 0],
        [2, 1.25],
        [0.5, 1.25],
      ],
      1,
    );
    expect([...canvas.grey]).toEqual([0.5, 1, 0, 0.125, 0.25, 0, 0, 0, 0]);
  });

  test('cuts off at every edge of the picture', () => {
    const canvas = new Canvas(4);
    canvas.fill(
      [
        [-7, -9],
        [11, -9],
        [11, 13],
        [-7, 13],
      ],
      1,
    );
    expect(canvas.grey.every((grey) => grey === 1)).toBe(true);
    const beside = new Canvas(4);
    beside.fill(
      [
        [-7, 0],
        [-1, 0],
        [-1, 4],
      ],
      1,
    );
    beside.fill(
      [
        [5, 0],
        [9, 0],
        [9, 4],
      ],
      1,
    );
    expect(total(beside)).toBe(0);
  });

  test('blends by opacity, and `within` limits a region to another', () => {
    const canvas = new Canvas(2);
    const left = canvas.region([
      [0, 0],
      [1, 0],
      [1, 2],
      [0, 2],
    ]);
    const top = canvas.region([
      [0, 0],
      [2, 0],
      [2, 1],
      [0, 1],
    ]);
    canvas.paint(top, 0.5, 0.5, left);
    expect([...canvas.grey]).toEqual([0.25, 0, 0, 0]);
  });
});

test('a glow is strongest in its middle and nothing beyond its rim', () => {
  const canvas = new Canvas(SIDE);
  canvas.glow([12.5, 12.5], [5, 0], [0, 3], 1, 1);
  expect(canvas.grey[12 * SIDE + 12]).toBe(1);
  expect(canvas.grey[12 * SIDE + 16]).toBeCloseTo((1 - 16 / 25) ** 2, 12);
  expect(canvas.grey[16 * SIDE + 12]).toBe(0);
});

test('blur keeps an even picture even and spreads a spot over its neighbours', () => {
  const canvas = new Canvas(5);
  canvas.grey[12] = 1;
  canvas.blur(0.25);
  expect([canvas.grey[12], canvas.grey[11], canvas.grey[6]]).toEqual([0.25, 0.125, 0.0625]);
  expect(total(canvas)).toBe(1);
});

describe('curves', () => {
  test('an ellipse has its area, as a polygon of 16 corners', () => {
    expect(areaOf(ellipse([3, 4], 5, 2)) / (Math.PI * 10)).toBeCloseTo(1, 1);
    for (const [x, y] of ellipse([0, 0], 1)) expect(x * x + y * y).toBeCloseTo(1, 12);
  });

  test('a closed curve passes through its points', () => {
    const corners: Point[] = [
      [0, 0],
      [4, 1],
      [5, 6],
      [-1, 5],
    ];
    const curve = closedCurve(corners);
    for (const corner of corners) expect(curve).toContainEqual(corner);
  });

  test('a ribbon of even width has the area length times width', () => {
    expect(
      areaOf(
        ribbon(
          [
            [0, 0],
            [3, 4],
          ],
          () => 2,
        ),
      ),
    ).toBeCloseTo(10, 12);
  });
});
