import { encode } from 'fast-png';

/**
 * A grey picture as the bytes of a PNG file.
 *
 * @param grey values of shape (height, width), 0 is black
 * @param width in pixels
 * @example
 * greyPng(dataset.images.subarray(0, 96 * 96), 96, 96);
 */
export const greyPng = (grey: Uint8Array, width: number, height: number): Uint8Array =>
  encode({ width, height, data: grey, channels: 1, depth: 8 });

/** A grey picture as a `data:` address, to be embedded in SVG or HTML. */
export const greyPngUri = (grey: Uint8Array, width: number, height: number): string =>
  dataUri(greyPng(grey, width, height));

/** The bytes of a PNG file as a `data:` address. */
export function dataUri(png: Uint8Array): string {
  let bytes = '';
  for (const byte of png) bytes += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(bytes)}`;
}
