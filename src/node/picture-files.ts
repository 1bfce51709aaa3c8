import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../errors.ts';
import { PICTURE_ENDINGS } from './read-picture.ts';
import { explainSystemError } from './system-error.ts';

/** A file that is taken for a picture. */
export interface PictureFile {
  /** As this process opens it: what was given, and the way from there. */
  readonly path: string;
  /** The way from the folder that was given, with slashes; of a file that was given, its own name. */
  readonly name: string;
}

/**
 * Files, and the pictures of folders with all that is below them: first a folder's own pictures, then
 * its folders, both in the order of their names' code units. A file that is named itself is taken
 * whatever its ending. What begins with a dot is passed over, and links to folders are. Memory holds
 * the names of one folder and of those around it.
 *
 * @param given files and folders, in their order
 * @param except the folder of drawings, which is passed over wherever it is met
 * @throws InputError where something is missing or not readable, and for a folder without pictures or
 *   that of the drawings
 * @example
 * for await (const { path } of pictureFiles(['photos', 'me.jpg'])) await readPicture(path);
 */
export async function* pictureFiles(
  given: readonly string[],
  except?: string,
): AsyncGenerator<PictureFile> {
  const hidden = except === undefined ? undefined : await realPath(except);
  for (const path of given) {
    if (!(await statusOf(path)).isDirectory()) {
      yield { path, name: basename(path) };
      continue;
    }
    if ((await realPath(path)) === hidden) {
      throw new InputError(
        `${path}: is also the folder that drawings go to`,
        'Give --draw another folder than that of the pictures.',
      );
    }
    let count = 0;
    for await (const file of picturesBelow(path, '', hidden)) {
      count++;
      yield file;
    }
    if (count > 0) continue;
    throw new InputError(
      `${path}: there is no picture in this folder or below it`,
      `The names of pictures end in ${PICTURE_ENDINGS.join(', ')}; a file with another name can be given itself.`,
    );
  }
}

async function* picturesBelow(
  root: string,
  folder: string,
  hidden: string | undefined,
): AsyncGenerator<PictureFile> {
  const path = join(root, folder);
  if (hidden !== undefined && (await realPath(path)) === hidden) return;
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of await entriesOf(path)) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) folders.push(entry.name);
    else if (isFile(entry) && hasPictureEnding(entry.name)) files.push(entry.name);
  }
  const inside = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
  for (const name of files.sort()) yield { path: join(path, name), name: inside(name) };
  for (const name of folders.sort()) yield* picturesBelow(root, inside(name), hidden);
}

/** A pipe has no end, so only files and links to some are read. */
const isFile = (entry: Dirent): boolean => entry.isFile() || entry.isSymbolicLink();

const hasPictureEnding = (name: string): boolean =>
  PICTURE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));

const statusOf = (path: string) =>
  stat(path).catch((error) => {
    throw explainSystemError(error, path);
  });

/** The one path to what may be reached through links, also where its last parts are not there yet. */
const realPath = (path: string): Promise<string> =>
  realpath(path).catch(async () => {
    const whole = resolve(path);
    return join(await realPath(dirname(whole)), basename(whole));
  });

const entriesOf = (path: string) =>
  readdir(path, { withFileTypes: true }).catch((error) => {
    throw explainSystemError(error, path);
  });
