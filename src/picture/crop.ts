import type { ImageFormat } from '../data/image-format.ts';
import type { Square } from './box.ts';
import { channelsOf, type Picture, planesOf } from './picture.ts';

/**
 * A square part of a picture in the form that a network takes: resized with a triangle filter, which
 * mixes neighbours where it grows and averages where it shrinks. Beyond the edge stand the picture's
 * nearest pixels.
 *
 * Sums and products in a fixed order: the same bytes on every machine.
 *
 * @param square in the picture's pixels; it may reach beyond the edge
 * @param format `side` of the result in pixels, and `channels`: 1 for grey, 3 for red, green and blue
 * @returns values of shape (channels, side, side), as `Dataset.images` has them
 * @example
 * cropPicture(picture, squareOf(box), { side: 96, channels: 1 });
 */
export function cropPicture(picture: Picture, square: Square, format: ImageFormat): Uint8Array {
  const { side, channels } = format;
  const across = sources(square.x, square.side, side, picture.width);
  const down = sources(square.y, square.side, side, picture.height);
  const narrow = narrowed(picture, across, down, format);
  const crop = new Uint8Array(channels * side * side);
  for (let channel = 0; channel < channels; channel++) {
    const plane = narrow.subarray(channel * (down.end - down.first) * side);
    for (let y = 0; y < side; y++) {
      const { first, weights } = down.pixels[y]!;
      for (let x = 0; x < side; x++) {
        const start = (first - down.first) * side + x;
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * plane[start + i * side]!;
        crop[(channel * side + y) * side + x] = Math.round(sum);
      }
    }
  }
  return crop;
}

/** Along one axis: which pixels of the picture the result is mixed from. */
interface Sources {
  /** The first that is needed, and the one behind the last. */
  readonly first: number;
  readonly end: number;
  /** Per pixel of the result: neighbours from `first` on, by weights whose sum is 1. */
  readonly pixels: readonly { readonly first: number; readonly weights: Float64Array }[];
}

/** The sources of `count` pixels that cover [start, start + extent] of a line of `length` pixels. */
function sources(start: number, extent: number, count: number, length: number): Sources {
  const step = extent / count;
  const reach = Math.max(1, step);
  const inside = (index: number): number => Math.min(Math.max(index, 0), length - 1);
  const pixels = Array.from({ length: count }, (_, i) => {
    // As the index of a pixel, whose own centre lies half a pixel behind its edge.
    const centre = start + (i + 0.5) * step - 0.5;
    const low = Math.floor(centre - reach) + 1;
    const high = Math.ceil(centre + reach) - 1;
    const first = inside(low);
    const weights = new Float64Array(inside(high) - first + 1);
    let sum = 0;
    for (let index = low; index <= high; index++) {
      const weight = 1 - Math.abs(index - centre) / reach;
      weights[inside(index) - first]! += weight;
      sum += weight;
    }
    return { first, weights: weights.map((weight) => weight / sum) };
  });
  const last = pixels.at(-1)!;
  return { first: pixels[0]!.first, end: last.first + last.weights.length, pixels };
}

/**
 * The lines that the sources lie in, as narrow as the result: shape (channels, lines, side). Line by
 * line, and only what is looked at: a photograph is large, and a face may be small in it.
 */
function narrowed(
  picture: Picture,
  across: Sources,
  down: Sources,
  { side, channels }: ImageFormat,
): Float64Array {
  const given = channelsOf(picture);
  const width = across.end - across.first;
  const lines = down.end - down.first;
  const narrow = new Float64Array(channels * lines * side);
  for (let y = 0; y < lines; y++) {
    const from = ((down.first + y) * picture.width + across.first) * given;
    const data = picture.data.subarray(from, from + width * given);
    const planes = planesOf({ width, height: 1, data }, channels);
    for (let channel = 0; channel < channels; channel++) {
      for (let x = 0; x < side; x++) {
        const { first, weights } = across.pixels[x]!;
        const start = channel * width + first - across.first;
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * planes[start + i]!;
        narrow[(channel * lines + y) * side + x] = sum;
      }
    }
  }
  return narrow;
}

/**
 * Points of a crop as points of the picture.
 *
 * @param coordinates x before y, in the crop's pixels
 * @param square where the crop was taken
 * @param side of the crop, in pixels
 * @example
 * toPicture(Float32Array.of(48, 96), { x: 100, y: 50, side: 192 }, 96); // [196, 242]
 */
export const toPicture = (
  coordinates: Float32Array,
  square: Square,
  side: number,
): Float64Array<ArrayBuffer> =>
  Float64Array.from(
    coordinates,
    (value, i) => (i % 2 === 0 ? square.x : square.y) + (value * square.side) / side,
  );

/**
 * Points of the picture as points of a crop: the inverse of `toPicture`.
 *
 * @param coordinates x before y, in the picture's pixels
 * @param square what was cut out
 * @param side of the crop, in pixels
 * @returns x before y, in the crop's pixels
 * @example
 * toCrop([196, 242], { x: 100, y: 50, side: 192 }, 96); // [48, 96]
 */
export const toCrop = (
  coordinates: ArrayLike<number>,
  square: Square,
  side: number,
): Float32Array<ArrayBuffer> =>
  Float32Array.from(
    coordinates,
    (value, i) => ((value - (i % 2 === 0 ? square.x : square.y)) * side) / square.side,
  );
