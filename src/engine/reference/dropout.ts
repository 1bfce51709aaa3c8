import type { Shape } from '../../nn/network.ts';
import { streamKey, threefry2x32 } from '../../random.ts';
import { asMap } from '../layout.ts';

/** A training step, which decides what dropout drops. */
export interface DropoutStep {
  /** Any whole number in [0, 2^32). */
  readonly seed: number;
  /** Number of the step since training began, from 0. */
  readonly step: number;
}

/**
 * Factors of dropout: 0 with probability `rate`, in steps of 1 / 65536, else 1 / (1 - rate).
 *
 * Four neighbours share 64 random bits: the channels 0 to 3, 4 to 7, … of one place, in maps of a single
 * channel and in vectors the values 0 to 3, 4 to 7, … of a line; the last ones may be fewer. The groups
 * are counted over (row, y, x, channel). Group n has the two words
 * `threefry2x32([seed, streamKey('dropout/<layer>/<step>')], [n, 0])`, and its values have the lower and
 * the upper half of the first word, then those of the second one. A value is kept where this number of
 * 16 bits is at least `round(rate * 65536)`, or 65535 if that is less.
 *
 * @param layer number of the layer among the network's dropout layers, from 0
 * @param shape of a row; where a flatten made a vector of a map, that of the map
 * @returns (row, channel, y, x)
 */
export function dropoutMask(
  rate: number,
  layer: number,
  { seed, step }: DropoutStep,
  rows: number,
  shape: Shape,
): Float64Array {
  const key = [seed, streamKey(`dropout/${layer}/${step}`)] as const;
  const threshold = Math.min(Math.round(rate * 65536), 65535);
  const [channels, height, width] = asMap(shape);
  const area = height * width;
  const groups = Math.ceil((channels === 1 ? width : channels) / 4);
  return Float64Array.from({ length: rows * channels * area }, (_, i) => {
    const row = Math.floor(i / (channels * area));
    const channel = Math.floor(i / area) % channels;
    const [line, neighbour] =
      channels === 1 ? [Math.floor(i / width), i % width] : [row * area + (i % area), channel];
    const words = threefry2x32(key, [line * groups + (neighbour >> 2), 0]);
    const number = (words[(neighbour >> 1) & 1]! >>> (16 * (neighbour & 1))) & 0xffff;
    return number >= threshold ? 1 / (1 - rate) : 0;
  });
}
