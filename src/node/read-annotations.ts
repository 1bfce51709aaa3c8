import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Annotation, Annotations } from '../annotations/annotations.ts';
import type { CocoOptions } from '../annotations/coco.ts';
import { parsePointNames } from '../annotations/point-names.ts';
import { parsePts } from '../annotations/pts.ts';
import { InputError } from '../errors.ts';
import { readText } from './read-file.ts';
import { PICTURE_ENDINGS } from './read-picture.ts';
import { explainSystemError } from './system-error.ts';

export interface AnnotationsOptions extends CocoOptions {
  /** The folder of pictures; names in annotations are relative to it. */
  readonly pictures: string;
  /** A file with the names of the points of `.pts` files, one a line; default: point_1, point_2, … */
  readonly names?: string | undefined;
}

/**
 * Reads annotations in any of three forms: a folder with `.pts` files, a COCO file (it starts with
 * `{`) or a table of points.
 *
 * @throws InputError where the file cannot be read or has another form
 * @example
 * const { points, annotations } = await readAnnotations('points.csv', { pictures: 'photos' });
 */
export async function readAnnotations(
  path: string,
  options: AnnotationsOptions,
): Promise<Annotations> {
  const status = await stat(path).catch((error) => {
    throw explainSystemError(error, path);
  });
  if (status.isDirectory()) return readPtsFolder(path, options);
  const text = await readText(path);
  await requireFolder(options.pictures);
  if (/^\s*\[/.test(text)) {
    throw new InputError(
      `${path}: is a list in JSON, expected an object with "images", "annotations" and "categories"`,
      'Give a COCO keypoints file or a table of points; "fiducial predict" writes one to a .csv.',
    );
  }
  if (/^\s*\{/.test(text)) {
    const { parseCoco } = await import('../annotations/coco.ts');
    return parseCoco(text, path, options);
  }
  const { parsePointTable } = await import('../annotations/point-table.ts');
  return parsePointTable(text, path, options);
}

async function requireFolder(pictures: string): Promise<void> {
  const status = await stat(pictures).catch((error) => {
    throw explainSystemError(error, pictures);
  });
  if (status.isDirectory()) return;
  throw new InputError(
    `${pictures}: is a file, expected the folder of pictures`,
    'Give the folder with --pictures.',
  );
}

/**
 * Reads all `.pts` files of a folder and of those in it, in the order of their names. The picture of
 * `a/b.pts` is `a/b.jpg`, or `a/b` with another ending, in the folder of pictures.
 */
async function readPtsFolder(
  folder: string,
  { pictures, names, firstPixel }: AnnotationsOptions,
): Promise<Annotations> {
  const files = (await filesIn(folder)).filter((name) => name.endsWith('.pts'));
  if (files.length === 0) {
    throw new InputError(
      `${folder}: no .pts file in this folder`,
      'Give a folder with .pts files, a COCO file or a table of points.',
    );
  }
  const pictureOf = picturesByStem(await filesIn(pictures));
  const given = names === undefined ? undefined : parsePointNames(await readText(names), names);
  let first: { readonly file: string; readonly count: number } | undefined;
  const annotations: Annotation[] = [];
  const faults: InputError[] = [];
  for (const file of files) {
    const where = join(folder, file);
    try {
      const points = parsePts(await readText(where), where, firstPixel);
      const count = points.length / 2;
      const expected = given?.length ?? first?.count ?? count;
      if (count !== expected) {
        const like = given ? `${names} names` : `${first!.file} has`;
        throw new InputError(`${where}: ${count} points, but ${like} ${expected}`);
      }
      first ??= { file: where, count };
      const stem = file.slice(0, -'.pts'.length);
      const picture = onlyPicture(pictureOf.get(stem) ?? [], join(pictures, stem), where);
      annotations.push({ where, picture, box: undefined, points });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      faults.push(error);
    }
  }
  const count = given?.length ?? first?.count ?? 0;
  const points = given ?? Array.from({ length: count }, (_, index) => `point_${index + 1}`);
  return { points, annotations, empty: 0, faults };
}

function onlyPicture(found: readonly string[], stem: string, where: string): string {
  if (found.length === 1) return found[0]!;
  throw new InputError(
    found.length === 0
      ? `${where}: there is no picture ${stem}.jpg, nor one with another ending`
      : `${where}: there are several pictures, ${found.join(' and ')}`,
  );
}

function picturesByStem(files: readonly string[]): Map<string, string[]> {
  const pictures = new Map<string, string[]>();
  for (const file of files) {
    const ending = PICTURE_ENDINGS.find((one) => file.toLowerCase().endsWith(one));
    if (!ending) continue;
    const stem = file.slice(0, -ending.length);
    pictures.set(stem, [...(pictures.get(stem) ?? []), file]);
  }
  return pictures;
}

/** Names of what is in a folder and the folders in it, in order. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder, { recursive: true })).sort();
  } catch (error) {
    throw explainSystemError(error, folder);
  }
}
