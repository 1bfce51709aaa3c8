import { encode } from 'fast-png';
import { type ImageFormat, imageSize } from '../data/image-format.ts';

/**
 * An image of a dataset as the bytes of a PNG file.
 *
 * @param image bytes of shape (channels, side, side)
 * @example
 * imagePng(imageOf(dataset, 0), dataset.schema);
 */
export function imagePng(image: Uint8Array, format: ImageFormat): Uint8Array {
  const { side, channels } = format;
  if (image.length !== imageSize(format)) {
    throw new RangeError(`${image.length} bytes, expected ${channels} x ${side} x ${side}`);
  }
  const area = side ** 2;
  const data = Uint8Array.from(
    image,
    (_, i) => image[(i % channels) * area + Math.floor(i / channels)]!,
  );
  return encode({ width: side, height: side, data, channels, depth: 8 });
}

/** An image as a `data:` address, to be embedded in SVG or HTML. */
export const imageUri = (image: Uint8Array, format: ImageFormat): string =>
  dataUri(imagePng(image, format));

/** The bytes of a PNG file as a `data:` address. */
export function dataUri(png: Uint8Array): string {
  let bytes = '';
  for (const byte of png) bytes += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(bytes)}`;
}
