import { InputError } from '../errors.ts';

/** A rectangle in a picture, in continuous pixels: (0, 0) is the picture's upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A square part of a picture, which may reach beyond its edge. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/**
 * The box around a whole picture.
 *
 * @example
 * wholeBox({ width: 640, height: 480 }); // { x: 0, y: 0, width: 640, height: 480 }
 */
export const wholeBox = ({ width, height }: { width: number; height: number }): Box => ({
  x: 0,
  y: 0,
  width,
  height,
});

/**
 * The smallest square that holds a box and shares its centre: what a network is shown, so that nothing
 * is stretched.
 *
 * @example
 * squareOf({ x: 10, y: 20, width: 40, height: 60 }); // { x: 0, y: 20, side: 60 }
 */
export function squareOf({ x, y, width, height }: Box): Square {
  const side = Math.max(width, height);
  return { x: x + (width - side) / 2, y: y + (height - side) / 2, side };
}

/**
 * The smallest box around points, widened on every side.
 *
 * @param points x before y, in pixels; missing ones (`NaN`) do not count
 * @param margin what is added on every side, as a share of the box's longer side
 * @returns undefined where no point is there
 * @example
 * boxAround([10, 20, 30, 60], 0.25); // { x: 0, y: 10, width: 40, height: 60 }
 */
export function boxAround(points: ArrayLike<number>, margin: number): Box | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (left > right) return undefined;
  return widened({ x: left, y: top, width: right - left, height: bottom - top }, margin);
}

/**
 * A box with a margin.
 *
 * @param margin what is added on every side, as a share of the box's longer side
 * @example
 * widened({ x: 10, y: 20, width: 20, height: 40 }, 0.25); // { x: 0, y: 10, width: 40, height: 60 }
 */
export function widened({ x, y, width, height }: Box, margin: number): Box {
  const around = margin * Math.max(width, height);
  return {
    x: x - around,
    y: y - around,
    width: width + 2 * around,
    height: height + 2 * around,
  };
}

/** Of a box, the longer side in pixels: coordinates from 0 to 1 are given by mistake. */
const SMALLEST = 1;
/** How many times larger than the picture a box may be. */
const LARGEST = 10;

/**
 * Refuses what is no box at all.
 *
 * @param where for messages: "faces.csv, row 3"
 * @throws InputError where it has no area or is not made of numbers
 */
export function requireArea(box: Box, where: string): void {
  const { x, y, width, height } = box;
  if ([x, y, width, height].every(Number.isFinite) && width > 0 && height > 0) return;
  throw new InputError(
    `${where}: the box ${boxText(box)} has no area`,
    'Give x,y,width,height in pixels, from the upper left corner; width and height above 0.',
  );
}

/** As people give it. */
const boxText = ({ x, y, width, height }: Box): string => [x, y, width, height].join(',');

/**
 * Refuses a box that cannot be a part of a picture.
 *
 * @param where for messages: "faces.csv, row 3"
 * @throws InputError where it has no area, is not made of numbers, lies outside the picture or is much
 *   larger than it
 */
export function requireBox(
  box: Box,
  picture: { readonly width: number; readonly height: number },
  where: string,
): void {
  requireArea(box, where);
  const { x, y, width, height } = box;
  const given = `${where}: the box ${boxText(box)}`;
  if (x >= picture.width || y >= picture.height || x + width <= 0 || y + height <= 0) {
    throw new InputError(
      `${given} lies outside the picture of ${picture.width} x ${picture.height} pixels`,
      'Give a box of the picture as it is displayed, x,y,width,height from its upper left corner.',
    );
  }
  if (Math.max(width, height) < SMALLEST) {
    throw new InputError(
      `${given} is smaller than a pixel`,
      'Give x,y,width,height in pixels of the picture, not as shares of its size.',
    );
  }
  if (Math.max(width, height) > LARGEST * Math.max(picture.width, picture.height)) {
    throw new InputError(
      `${given} is more than ${LARGEST} times as large as the picture of ${picture.width} x ${picture.height} pixels`,
      'Give x,y,width,height in pixels of the picture.',
    );
  }
}
