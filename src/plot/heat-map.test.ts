import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { colourAt, divergingScale, greyScale, heatMapUri, scaleOf } from './heat-map.ts';

test('the limits and the middle have the colours of the stops', () => {
  const grey = greyScale(2, 4);
  expect([2, 3, 4].map((value) => colourAt(grey, value))).toEqual([
    [0, 0, 0],
    [128, 128, 128],
    [255, 255, 255],
  ]);
  const diverging = divergingScale(2);
  expect(colourAt(diverging, 0)).toEqual([247, 247, 247]);
  expect(colourAt(diverging, -7)).toEqual(colourAt(diverging, -2));
  expect(colourAt(diverging, Number.POSITIVE_INFINITY)).toEqual(colourAt(diverging, 2));
});

test('values that are no numbers, all the same or huge have a colour or none, never nonsense', () => {
  expect(colourAt(greyScale(0, 1), Number.NaN)).toBeUndefined();
  expect(colourAt(greyScale(0, 0), 0)).toEqual([0, 0, 0]);
  expect(colourAt(divergingScale(Number.MAX_VALUE), Number.MAX_VALUE)).toEqual([213, 94, 0]);
});

test('a scale covers the finite values and knows whether some are below zero', () => {
  expect(scaleOf([Number.NaN, 3, 1])).toEqual(greyScale(0, 3));
  expect(scaleOf([-4, 3, Number.NEGATIVE_INFINITY])).toEqual(divergingScale(4));
  expect(scaleOf([])).toEqual(greyScale(0, 0));
});

test('a heat map has a square of pixels for each value, transparent where there is none', () => {
  const uri = heatMapUri([0, 1, Number.NaN, 0], 2, 2, greyScale(0, 1), 2);
  const { width, height, data } = decode(Buffer.from(uri.split(',')[1]!, 'base64'));
  expect([width, height]).toEqual([4, 4]);
  const at = (x: number, y: number): number[] => [
    ...data.slice(4 * (y * 4 + x), 4 * (y * 4 + x) + 4),
  ];
  expect([at(0, 1), at(3, 1), at(1, 3), at(2, 2)]).toEqual([
    [0, 0, 0, 255],
    [255, 255, 255, 255],
    [0, 0, 0, 0],
    [0, 0, 0, 255],
  ]);
});
