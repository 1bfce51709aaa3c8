import { expect, test } from 'vitest';
import { pointsOnPicture } from './points-on-picture.ts';

const box = { x: 10, y: 20, width: 100, height: 80 };
const points = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`<p ${i}>`, { x: 20 + i, y: 30 }]));
const dots = (svg: string): string[][] =>
  [...svg.matchAll(/<circle cx="([^"]+)" cy="([^"]+)" r="([^"]+)" fill="#d55e00"/g)].map(
    ([, ...numbers]) => numbers,
  );

test('points lie where they are on the photograph; few have their names', () => {
  const svg = pointsOnPicture([{ box, points: points(2) }], 400, 300, 2);
  expect(dots(svg).map(([x, y]) => [x, y])).toEqual([
    ['40', '60'],
    ['42', '60'],
  ]);
  expect(svg).toContain('>&lt;p 0&gt;<');
  expect(svg).toContain('x="20" y="40" width="200" height="160"');
});

test('many points are smaller and have no names; faces are numbered where there are several', () => {
  const face = { box, points: points(68) };
  const one = pointsOnPicture([face], 400, 300, 2);
  expect(one).not.toContain('<text');
  const several = pointsOnPicture([face, face], 400, 300, 2);
  expect([...several.matchAll(/>(\d)<\/text>/g)].map(([, number]) => number)).toEqual(['1', '2']);
  const radius = (count: number): number =>
    Number(dots(pointsOnPicture([{ box, points: points(count) }], 400, 300, 2))[0]![2]);
  expect(radius(68)).toBeLessThan(radius(15));
});
