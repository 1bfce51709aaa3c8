import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { drawPoints } from '../../node/draw-points.ts';
import { explainSystemError } from '../../node/system-error.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import type { Picture } from '../../picture/picture.ts';
import type { FoundFace } from '../../predict/detector.ts';

/**
 * Where the drawing of a picture goes: the picture's own name, which tells PNG from JPEG, or that and
 * ".jpg" where it is neither.
 */
export const drawingPath = (folder: string, name: string): string =>
  join(folder, /\.(jpe?g|png)$/i.test(name) ? name : `${name}.jpg`);

/** Draws what was found in a picture into the folder of drawings. */
export async function writeDrawing(
  folder: string,
  name: string,
  picture: Picture,
  faces: readonly FoundFace[],
): Promise<void> {
  const path = drawingPath(folder, name);
  const bytes = await drawPoints(picture, faces, /\.png$/i.test(path) ? 'png' : 'jpeg');
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw explainSystemError(error, dirname(path));
  }
  await writeFileAtomically(path, bytes);
}
