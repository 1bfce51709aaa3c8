import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../errors.ts';
import { printable } from './printable.ts';

/** Prints a value as JSON on one line; numbers that are none become `null`. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Says on the standard error what is passed over, and why, while the rest is done. */
export function saySkipped(message: string): void {
  process.stderr.write(printable(`skipped: ${message}\n`));
}

/**
 * A command line such that it can be pasted into a shell.
 *
 * @example
 * shellLine('fit', 'my run', '--resume'); // "fiducial fit 'my run' --resume"
 */
export const shellLine = (...words: readonly string[]): string =>
  ['fiducial', ...words]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');

/**
 * Refuses to go on where a file would be replaced or cannot be. Called before the work starts, so that
 * nobody waits for a result that cannot be kept. Devices and pipes (`/dev/stdout`) are never in the way.
 *
 * @param force whether the person allows it
 * @throws InputError where the file is there already and `force` is false, where it is a folder, and
 *   where the folder that it would be in does not exist
 * @example
 * await refuseToReplace('faces.csv.gz', options.force);
 */
export async function refuseToReplace(path: string, force: boolean): Promise<void> {
  await refuseExisting(path, force);
  const folder = dirname(path);
  if ((await statusOf(folder))?.isDirectory()) return;
  throw new InputError(
    `${path}: there is no folder ${folder}`,
    'Check the name, or create the folder first.',
  );
}

/** As `refuseToReplace`, for a file whose folder is made when it is written. */
export async function refuseExisting(path: string, force: boolean): Promise<void> {
  const existing = await statusOf(path);
  if (existing?.isDirectory()) {
    throw new InputError(`${path}: is a folder, expected a file`, 'Give the name of a file.');
  }
  if (existing?.isFile() && !force) {
    throw new InputError(
      `${path}: this file exists already`,
      'Choose another name, or add --force to replace it.',
    );
  }
}

const statusOf = (path: string) => stat(path).catch(() => undefined);
