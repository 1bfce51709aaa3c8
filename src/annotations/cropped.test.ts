import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import type { Annotation } from './annotations.ts';
import { type CroppingOptions, croppedAnnotation } from './cropped.ts';

/** Grey, 40 x 30 pixels, one pixel of them white: at (20, 10). */
const picture = { width: 40, height: 30, data: new Uint8Array(40 * 30) };
picture.data[10 * 40 + 20] = 255;

const annotation = (more: Partial<Annotation>): Annotation => ({
  where: 'a.csv, row 1',
  picture: 'a.png',
  box: undefined,
  points: Float64Array.of(20.5, 10.5),
  ...more,
});
const crop = (more: Partial<Annotation>, options: Partial<CroppingOptions> = {}) =>
  croppedAnnotation(annotation(more), picture, {
    side: 8,
    channels: 1,
    crop: 'either',
    ...options,
  });

test('the label stays on what it marks', () => {
  const box = { x: 16, y: 4, width: 8, height: 8 };
  const { image, labels, square } = crop({ box });
  expect(square).toEqual({ x: 16, y: 4, side: 8 });
  expect([...labels]).toEqual([4.5, 6.5]);
  expect(image.indexOf(255)).toBe(6 * 8 + 4);
  const twice = crop({ box }, { side: 16, channels: 3 });
  expect([...twice.labels]).toEqual([9, 13]);
  expect(twice.image).toHaveLength(3 * 16 * 16);
});

test('cut out by the points, with a margin of a fifth', () => {
  const points = Float64Array.of(10, 5, 20, 15, Number.NaN, Number.NaN);
  const { square, labels } = crop({ points });
  expect(square).toEqual({ x: 8, y: 3, side: 14 });
  expect(labels[0]).toBeCloseTo((2 / 14) * 8);
  expect([...labels.subarray(4)]).toEqual([Number.NaN, Number.NaN]);
});

test('a box may have a margin, and points may be asked for though there is a box', () => {
  const box = { x: 10, y: 10, width: 10, height: 4 };
  expect(crop({ box }, { margin: 0.5 }).square).toEqual({ x: 5, y: 2, side: 20 });
  const points = Float64Array.of(1, 1, 5, 5);
  expect(crop({ box, points }, { crop: 'points', margin: 0 }).square).toEqual({
    x: 1,
    y: 1,
    side: 4,
  });
});

test('beyond the edge of the picture a label is missing, outside of the crop it stays', () => {
  const box = { x: 0, y: 0, width: 20, height: 20 };
  const points = Float64Array.of(-0.1, 5, 5, 5, 30, 5, 40, 30, 41, 3);
  const { labels, beyondPicture, outsideCrop } = crop({ box, points }, { side: 20 });
  expect([...labels]).toEqual([NaN, NaN, 5, 5, 30, 5, 40, 30, NaN, NaN]);
  expect([beyondPicture, outsideCrop]).toEqual([2, 2]);
});

describe('refused', () => {
  const size = { width: 30, height: 40 };
  test.each<[Partial<Annotation>, Partial<CroppingOptions>, string]>([
    [
      { box: { x: 3, y: 3, width: 0, height: 4 } },
      { margin: 1 },
      'a.csv, row 1, a.png: the box 3,3,0,4 has no area',
    ],
    [
      { box: { x: 40, y: 3, width: 4, height: 4 } },
      {},
      'a.csv, row 1, a.png: the box 40,3,4,4 lies outside the picture of 40 x 30 pixels',
    ],
    [{}, {}, 'a.csv, row 1, a.png, its keypoints: the box 20.5,10.5,0,0 has no area'],
    [{}, { crop: 'box' }, 'a.csv, row 1, a.png: there is no box to cut out'],
    [{ pictureSize: size }, {}, 'a.csv, row 1: a.png has 40 x 30 pixels, annotated were 30 x 40'],
  ])('%j %j', (more, options, message) => {
    expect(() => crop(more, options)).toThrow(refusal(message));
  });
});
