import { stat } from 'node:fs/promises';
import { crc32 } from '../../crc32.ts';
import { InputError } from '../../errors.ts';
import type { PictureFile } from '../../node/picture-files.ts';
import type { GivenBox } from '../../picture/box-table.ts';
import { drawingPath } from './drawing.ts';

export interface SurveyOptions {
  /** Boxes by the names of their pictures. */
  readonly boxes?: ReadonlyMap<string, readonly GivenBox[]> | undefined;
  /** The folder of the drawings. */
  readonly draw?: string | undefined;
  /** Whether the names could be those of two pictures, since several folders or files were given. */
  readonly severalGiven: boolean;
}

/** What is known of pictures before the first is read. */
export interface Survey {
  readonly count: number;
  /** CRC-32 of their paths in their order. */
  readonly fingerprint: number;
}

/**
 * Counts pictures, and looks whether each can be told from the others and will not be replaced by its
 * own drawing.
 *
 * @throws InputError where two have one name, where a box belongs to none, and where a drawing would
 *   take a picture's place
 */
export async function surveyPictures(
  files: AsyncIterable<PictureFile>,
  { boxes, draw, severalGiven }: SurveyOptions,
): Promise<Survey> {
  const encoder = new TextEncoder();
  const paths = new Map<string, string>();
  const homeless = new Map(boxes);
  let count = 0;
  let fingerprint = 0;
  for await (const { path, name } of files) {
    count++;
    fingerprint = crc32(encoder.encode(`${path}\n`), fingerprint);
    homeless.delete(path);
    homeless.delete(name);
    if (severalGiven && (draw !== undefined || boxes)) {
      const other = paths.get(name);
      if (other !== undefined) throw sameName(other, path, name);
      paths.set(name, path);
    }
    if (draw !== undefined && (await isSameFile(drawingPath(draw, name), path))) {
      throw new InputError(
        `${path}: its drawing would take its place`,
        'Give --draw another folder than that of the pictures.',
      );
    }
  }
  for (const [name, [given]] of homeless) {
    throw new InputError(
      `${given!.where}, column picture: ${name} is not among the pictures`,
      'Name pictures as they stand in the folder that you give: "me.jpg", "holidays/beach.jpg".',
    );
  }
  return { count, fingerprint };
}

/** Whether two names lead to one file, perhaps through links. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}

const sameName = (first: string, second: string, name: string): InputError =>
  first === second
    ? new InputError(`${first}: is given twice`, 'Give every picture once.')
    : new InputError(
        `${first} and ${second}: are both called ${name}, so boxes and drawings cannot tell them apart`,
        'Give the folder that holds both, or call the command once for each.',
      );
