/** How the bytes of every image of a dataset stand: (channels, side, side), a plane after the other. */
export interface ImageFormat {
  /** Width and height, in pixels. */
  readonly side: number;
  /** 1: grey values; 3: red, green and blue. */
  readonly channels: Channels;
}

/** 1 for grey, 3 for red, green and blue. */
export type Channels = 1 | 3;

/** What images of so many channels are called. */
export const COLOURS: Readonly<Record<Channels, string>> = { 1: 'grey', 3: 'RGB' };

/** Bytes of an image. */
export const imageSize = ({ side, channels }: ImageFormat): number => channels * side ** 2;

/**
 * The square image that has so many bytes. There is one at most, for three times a square is no square.
 *
 * @returns undefined where there is none
 * @example
 * formatOfSize(27_648); // { side: 96, channels: 3 }
 */
export function formatOfSize(bytes: number): ImageFormat | undefined {
  const formats = ([1, 3] as const).map((channels) => ({
    side: Math.round(Math.sqrt(bytes / channels)),
    channels,
  }));
  return bytes > 0 ? formats.find((format) => imageSize(format) === bytes) : undefined;
}

/**
 * Size and colours of an image in words.
 *
 * @example
 * imageText({ side: 64, channels: 3 }); // 64 x 64 pixels, RGB
 */
export const imageText = ({ side, channels }: ImageFormat): string =>
  `${side} x ${side} pixels${channels === 1 ? '' : `, ${COLOURS[channels]}`}`;
