import type { Channels } from '../data/image-format.ts';
import { InputError } from '../errors.ts';

/**
 * A picture of any size as decoders hand it out. A page's `ImageData` is one: its four channels are
 * red, green, blue and alpha.
 */
export interface Picture {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Values of shape (height, width, channels): grey; red, green, blue; or these and alpha. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** What stands behind a transparent picture. */
const WHITE = 255;

/**
 * Number of a picture's channels: 1, 3 or 4.
 *
 * @throws InputError where the values are no whole picture of one of these
 * @example
 * channelsOf(context.getImageData(0, 0, 640, 480)); // 4
 */
export function channelsOf({ width, height, data }: Picture): 1 | 3 | 4 {
  const channels = data.length / (width * height);
  if (channels === 1 || channels === 3 || channels === 4) return channels;
  throw new InputError(
    `a picture of ${width} x ${height} pixels has ${data.length} values, expected 1, 3 or 4 a pixel`,
    'Give grey, RGB or RGBA values, a pixel after the other, as an ImageData has them.',
  );
}

/**
 * A picture in the channels that a network sees, without transparency: what shines through is white.
 * Grey is the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, rounded.
 *
 * @param channels 1 for grey, 3 for red, green and blue; a grey picture gets three equal channels
 * @returns values of shape (channels, height, width), a plane after the other
 * @example
 * planesOf({ width: 1, height: 1, data: Uint8Array.of(255, 0, 0) }, 1); // [76]
 */
export function planesOf(picture: Picture, channels: Channels): Uint8Array {
  const { width, height, data } = picture;
  const given = channelsOf(picture);
  const pixels = width * height;
  const planes = new Uint8Array(channels * pixels);
  if (given === 1) {
    for (let plane = 0; plane < channels; plane++) planes.set(data, plane * pixels);
    return planes;
  }
  for (let i = 0; i < pixels; i++) {
    let red = data[i * given]!;
    let green = data[i * given + 1]!;
    let blue = data[i * given + 2]!;
    if (given === 4 && data[i * 4 + 3] !== WHITE) {
      const alpha = data[i * 4 + 3]!;
      red = overWhite(red, alpha);
      green = overWhite(green, alpha);
      blue = overWhite(blue, alpha);
    }
    if (channels === 1) {
      planes[i] = Math.round((299 * red + 587 * green + 114 * blue) / 1000);
    } else {
      planes[i] = red;
      planes[pixels + i] = green;
      planes[2 * pixels + i] = blue;
    }
  }
  return planes;
}

const overWhite = (value: number, alpha: number): number =>
  Math.round((value * alpha + WHITE * (WHITE - alpha)) / WHITE);
