import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { facesIn } from '../faces/face-finder.ts';
import { decodeDetector } from '../faces/tiny-face-detector.ts';
import type { Box } from '../picture/box.ts';
import type { Picture } from '../picture/picture.ts';
import { optionalPackage } from './optional-package.ts';

/** The package that ships the detector's weights; nothing of its code is run. */
const PACKAGE = '@vladmandic/face-api';
const WEIGHTS = `${PACKAGE}/model/tiny_face_detector_model`;

/**
 * Loads a finder of faces, whose weights come with an optional package.
 *
 * @returns a function that gives a square around each face of a picture, as `facesIn` describes it: the
 *   largest first, none where there is no face
 * @throws InputError where the package is absent
 * @example
 * const findFaces = await loadFaceFinder();
 * const [box = wholeBox(picture)] = findFaces(picture);
 */
export async function loadFaceFinder(): Promise<(picture: Picture) => Box[]> {
  const [manifest, bytes] = await optionalPackage(
    PACKAGE,
    'Found faces',
    () => {
      const { resolve } = createRequire(import.meta.url);
      return Promise.all([
        readFile(resolve(`${WEIGHTS}-weights_manifest.json`), 'utf8'),
        readFile(resolve(`${WEIGHTS}.bin`)),
      ]);
    },
    'give the boxes yourself',
  );
  const detector = decodeDetector(manifest, bytes);
  return (picture) => facesIn(picture, detector);
}
