import { channelsOf, type Picture } from '../picture/picture.ts';
import { pointsOnPicture } from '../plot/points-on-picture.ts';
import type { FoundFace } from '../predict/detector.ts';
import { decoder } from './picture-decoder.ts';
import { renderPixels } from './render-png.ts';

/** The longer side of a drawing, in pixels: small pictures grow to the first, large ones shrink to the other. */
const SMALLEST = 480;
const LARGEST = 1600;

/**
 * A photograph with the boxes and points of its faces drawn on it.
 *
 * @param picture the photograph; what is transparent becomes white
 * @param faces in the photograph's pixels
 * @param format of the file
 * @returns the file's bytes
 * @throws InputError where one of the optional packages is absent
 * @example
 * await writeFile('drawn.jpg', await drawPoints(picture, [{ box, points }], 'jpeg'));
 */
export async function drawPoints(
  picture: Picture,
  faces: readonly FoundFace[],
  format: 'jpeg' | 'png',
): Promise<Uint8Array> {
  const sharp = await decoder();
  const longer = Math.max(picture.width, picture.height);
  const scale = Math.min(Math.max(longer, SMALLEST), LARGEST) / longer;
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const marks = await renderPixels(pointsOnPicture(faces, width, height, scale), 'Drawings');
  return sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: channelsOf(picture) },
    limitInputPixels: false,
  })
    .flatten({ background: '#fff' })
    .resize(width, height, { fit: 'fill' })
    .composite([
      {
        input: Buffer.from(marks.data.buffer, marks.data.byteOffset, marks.data.length),
        raw: { width: marks.width, height: marks.height, channels: 4, premultiplied: true },
      },
    ])
    .toFormat(format)
    .toBuffer();
}
