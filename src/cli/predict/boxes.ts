import type { PictureFile } from '../../node/picture-files.ts';
import { readText } from '../../node/read-file.ts';
import { requireBox, wholeBox } from '../../picture/box.ts';
import { type GivenBox, parseBox, parseBoxTable } from '../../picture/box-table.ts';
import type { FindBoxes } from './find-points.ts';

/** Where faces are, as the command line says it; without any of these, a picture is a face. */
export interface BoxFlags {
  /** x,y,width,height: the same in every picture. */
  readonly box?: string;
  /** A table with the boxes of each picture. */
  readonly boxes?: string;
  /** Whether faces are looked for. */
  readonly findFaces?: true;
}

/** How the boxes of a picture are found. */
export interface BoxSource {
  readonly find: FindBoxes;
  /** By the pictures' names, where a table says them. */
  readonly table?: ReadonlyMap<string, readonly GivenBox[]>;
  /** What all of it depends on; the same text, the same boxes. */
  readonly description: string;
}

/**
 * The boxes that the command line asks for.
 *
 * @throws InputError where they cannot be read, and where what finds faces is absent
 */
export async function boxSource({ box, boxes, findFaces }: BoxFlags): Promise<BoxSource> {
  if (boxes !== undefined) {
    const text = await readText(boxes);
    const table = parseBoxTable(text, boxes);
    const find: FindBoxes = (file) => {
      const given = table.get(file.path) ?? table.get(file.name);
      return given && checked(file, given);
    };
    return { find, table, description: text };
  }
  if (box !== undefined) {
    const given = [{ box: parseBox(box, '--box'), where: '--box' }];
    return { find: (file) => checked(file, given), description: box };
  }
  if (findFaces) {
    const { loadFaceFinder } = await import('../../node/find-faces.ts');
    const facesOf = await loadFaceFinder();
    return { find: () => facesOf, description: 'found' };
  }
  return { find: () => (picture) => [wholeBox(picture)], description: 'whole' };
}

const checked =
  ({ path }: PictureFile, given: readonly GivenBox[]): ReturnType<FindBoxes> =>
  (picture) =>
    given.map(({ box, where }) => {
      requireBox(box, picture, `${path}: ${where}`);
      return box;
    });
