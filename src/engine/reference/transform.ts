import type { Fill } from '../../data/augmentation.ts';
import type { CutoutBox, Noise, RowTransform, Tone } from '../../data/row-transform.ts';
import type { Standardisation } from '../../data/scaling.ts';
import { threefry2x32 } from '../../random.ts';
import { displacement, settled } from './elastic.ts';

/** A place in coordinates from -1 to 1. */
export type Place = readonly [x: number, y: number];

type MapShape = readonly [channels: number, height: number, width: number];

/** Where a transform shows what is at a place. */
export function moved(
  { matrix: [xx, xy, yx, yy], shift: [x, y], elastic }: RowTransform,
  [px, py]: Place,
): Place {
  const place = [xx * px + xy * py + x, yx * px + yy * py + y] as const;
  return elastic ? settled(elastic, place) : place;
}

/** What is shown at a place: the inverse of `moved`, by Cramer's rule. */
function origin(
  { matrix: [xx, xy, yx, yy], shift: [x, y], elastic }: RowTransform,
  place: Place,
): Place {
  const [bentX, bentY] = elastic ? displacement(elastic, place) : [0, 0];
  const [dx, dy] = [place[0] + bentX - x, place[1] + bentY - y];
  const determinant = xx * yy - xy * yx;
  return [(yy * dx - xy * dy) / determinant, (xx * dy - yx * dx) / determinant];
}

/**
 * Maps seen through a transform, by bilinear interpolation between the centres of pixels.
 *
 * @param picture of shape (channels, height, width), white = 1
 */
export function transformMaps(
  picture: ArrayLike<number>,
  [channels, height, width]: MapShape,
  transform: RowTransform,
  fill: Fill,
): Float64Array {
  const values = toned(Float64Array.from(picture), transform.tone);
  const result = new Float64Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++) {
    /** The pixel at any two whole numbers, also beyond the edge. */
    const pixel = (x: number, y: number): number => {
      const [column, line] = [inside(x, width, fill), inside(y, height, fill)];
      if (column === undefined || line === undefined) return fill.value;
      return values[(channel * height + line) * width + column]!;
    };
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const place = [(2 * (x + 0.5)) / width - 1, (2 * (y + 0.5)) / height - 1] as const;
        const [fromX, fromY] = origin(transform, place);
        const column = ((fromX + 1) * width) / 2 - 0.5;
        const line = ((fromY + 1) * height) / 2 - 0.5;
        const [left, top] = [Math.floor(column), Math.floor(line)];
        const [right, below] = [column - left, line - top];
        result[(channel * height + y) * width + x] =
          pixel(left, top) * (1 - right) * (1 - below) +
          pixel(left + 1, top) * right * (1 - below) +
          pixel(left, top + 1) * (1 - right) * below +
          pixel(left + 1, top + 1) * right * below;
      }
    }
  }
  const shape = [channels, height, width] as const;
  const shiftedMaps = shifted(result, transform.channelShift);
  const noisy = transform.noise ? withNoise(shiftedMaps, shape, transform.noise) : shiftedMaps;
  return withoutBoxes(noisy, shape, transform.boxes ?? []);
}

/**
 * Values with the sum of the four hexadecimal digits of 16 random bits, less 30 and divided by its own
 * standard deviation. Lines are laid out as in the engine, channels innermost: four neighbours share the
 * words of a counter, each line begins a new one.
 */
function withNoise(
  values: Float64Array,
  [channels, height, width]: MapShape,
  { deviation, key }: Noise,
): Float64Array {
  const groups = Math.ceil((width * channels) / 4);
  return values.map((value, i) => {
    const channel = Math.floor(i / (height * width));
    const line = Math.floor(i / width) % height;
    const neighbour = (i % width) * channels + channel;
    const words = threefry2x32([key, 0], [line * groups + (neighbour >> 2), 0]);
    const bits = words[(neighbour >> 1) & 1]! >>> (16 * (neighbour & 1));
    const digits = [0, 4, 8, 12].map((shift) => (bits >>> shift) & 15);
    const sum = digits.reduce((total, digit) => total + digit, 0);
    return value + (deviation * (sum - 30)) / Math.sqrt(85);
  });
}

/** Values with other ones wherever a pixel's centre lies in a box; the mean is that of the whole picture. */
function withoutBoxes(
  values: Float64Array,
  [, height, width]: MapShape,
  boxes: readonly CutoutBox[],
): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    const column = (coordinate: number): number => 0.5 * (coordinate + 1) * width - 0.5;
    const line = (coordinate: number): number => 0.5 * (coordinate + 1) * height - 0.5;
    const box = boxes.findLast(
      ({ left, top, right, bottom }) =>
        column(left) <= x && x < column(right) && line(top) <= y && y < line(bottom),
    );
    if (!box) return value;
    return box.grey === 'mean' ? mean : box.grey;
  });
}

/** An index within `length` that has the value at any index; undefined for the constant. */
function inside(index: number, length: number, { mode }: Fill): number | undefined {
  const round = (period: number): number => ((index % period) + period) % period;
  switch (mode) {
    case 'nearest':
      return Math.min(Math.max(index, 0), length - 1);
    case 'reflect':
      return Math.min(round(2 * length), 2 * length - 1 - round(2 * length));
    case 'wrap':
      return round(length);
    case 'constant':
      return index >= 0 && index < length ? index : undefined;
  }
}

function toned(values: Float64Array, tone: Tone | undefined): Float64Array {
  if (!tone) return values;
  const { contrast, brightness, gamma } = tone;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => {
    const linear = brightness * (mean + contrast * (value - mean));
    return Math.min(Math.max(linear, 0), 1) ** gamma;
  });
}

function shifted(values: Float64Array, shift: number): Float64Array {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => Math.min(Math.max(value + shift, low), high));
}

/**
 * Keypoints where a transform shows them.
 *
 * @param labels of one row, scaled to [-1, 1], x before y
 * @param partners per point the one that takes its name in a mirror
 */
export function transformLabels(
  labels: ArrayLike<number>,
  transform: RowTransform,
  partners: ArrayLike<number>,
): number[] {
  const [xx, xy, yx, yy] = transform.matrix;
  const mirrored = xx * yy - xy * yx < 0;
  return Array.from(partners, (partner, point) => {
    const from = 2 * (mirrored ? partner : point);
    return moved(transform, [labels[from]!, labels[from + 1]!]);
  }).flat();
}

/** A picture of shape (channels, height, width) centred and scaled. */
export function standardised(values: Float64Array, options: Standardisation): Float64Array {
  const plane = values.length / options.mean.length;
  const mean = (of: Float64Array): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const own = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - own) ** 2)));
  return values.map((value, i) => {
    const channel = Math.floor(i / plane);
    const centred = options.samplewiseCenter ? value - own : value;
    const scaled = options.samplewiseDeviation ? centred / (deviation + 1e-6) : centred;
    return (scaled - options.mean[channel]!) / options.deviation[channel]!;
  });
}
