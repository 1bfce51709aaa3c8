import { InputError } from '../errors.ts';
import type { Picture } from '../picture/picture.ts';
import { decoder } from './picture-decoder.ts';
import { readBytes } from './read-file.ts';

/** What sharp calls the formats that are read; an SVG may refer to other files, so it is none of them. */
const FORMATS: readonly string[] = ['jpeg', 'png', 'webp', 'heif', 'gif', 'tiff'];
/** How the names of such files end. */
export const PICTURE_ENDINGS: readonly string[] = [
  ...['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff'],
];

/** A picture with fewer pixels a side shows nothing, one with more in all takes 400 MB and more. */
const SMALLEST_SIDE = 2;
const MOST_PIXELS = 2 ** 27;

/**
 * Reads a picture as it is displayed: JPEG, PNG, WebP, AVIF, GIF or TIFF, turned upright as its
 * orientation says, in 8-bit sRGB, whatever it was (16 bits, CMYK, a palette). Of an animation it is
 * the first frame.
 *
 * @param path name of the file
 * @returns RGB, or RGBA where the file has transparency
 * @throws InputError where the file is missing, no picture, cut short, too small or too large, and
 *   where the optional package "sharp" is absent
 * @example
 * const picture = await readPicture('photo.jpg');
 * cropPicture(picture, squareOf(wholeBox(picture)), { side: 96, channels: 1 });
 */
export async function readPicture(path: string): Promise<Picture> {
  return decodePicture(await readBytes(path), path);
}

/**
 * Decodes the bytes of a picture's file, as `readPicture`.
 *
 * @param bytes the whole file
 * @param fileName for messages
 * @example
 * const picture = await decodePicture(new Uint8Array(await response.arrayBuffer()), 'upload.jpg');
 */
export async function decodePicture(bytes: Uint8Array, fileName: string): Promise<Picture> {
  const sharp = await decoder();
  try {
    // Sizes are checked by us, with a sentence of its own; whole lines that are missing are an error.
    const image = sharp(bytes, { limitInputPixels: false, failOn: 'error', pages: 1 });
    const { format, width, height } = await image.metadata();
    if (!FORMATS.includes(format)) throw unreadable(fileName, `a file of the format ${format}`);
    requireSize(fileName, width, height);
    const { data, info } = await image
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw unreadable(fileName, firstLine(cause), cause);
  }
}

function requireSize(fileName: string, width: number, height: number): void {
  const size = `${fileName}: a picture of ${width} x ${height} pixels`;
  if (Math.min(width, height) < SMALLEST_SIDE) {
    throw new InputError(
      `${size}, expected ${SMALLEST_SIDE} x ${SMALLEST_SIDE} at least`,
      'Give a picture in which something can be seen.',
    );
  }
  if (width * height > MOST_PIXELS) {
    throw new InputError(
      `${size} has more than ${MOST_PIXELS.toLocaleString('en')} pixels`,
      'Make it smaller, or cut out the part that matters.',
    );
  }
}

const unreadable = (fileName: string, what: string, cause?: unknown): InputError =>
  new InputError(
    `${fileName}: no picture that can be read (${what})`,
    'Give a whole JPEG, PNG, WebP, AVIF, GIF or TIFF file.',
    { cause },
  );

/** Of what libvips says, which lists what it tried line by line. */
const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
