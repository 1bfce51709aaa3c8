import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { explainSystemError } from './system-error.ts';

/** Bytes, text (written as UTF-8), or chunks of either as they come. */
export type FileData = Uint8Array | string | AsyncIterable<Uint8Array | string>;

const TEMPORARY = '.fiducial.tmp';

/** Whether a file was left by a process that was killed while it wrote another one. */
export const isTemporaryFile = (name: string): boolean => name.endsWith(TEMPORARY);

/**
 * Writes a file whole or not at all: into a temporary file in the same folder, then on to the disk,
 * then renamed. Whatever goes wrong, a file that was there before stays as it was and no temporary
 * file is left. A device or a pipe (`/dev/stdout`) is written to directly.
 *
 * @param path the file; its folder must exist
 * @param data what it will hold
 * @throws InputError where the system refuses (a full disk, a missing folder, no permission); what
 *   the chunks themselves throw is passed on
 * @example
 * await writeFileAtomically('submission.csv', text);
 */
export async function writeFileAtomically(path: string, data: FileData): Promise<void> {
  try {
    const existing = await stat(path).catch(() => undefined);
    if (existing && !existing.isFile() && !existing.isDirectory()) {
      await writeFile(path, data);
    } else {
      // A symbolic link keeps pointing to its file; that file is replaced.
      await replace(existing ? await realpath(path) : path, data);
    }
  } catch (error) {
    throw explainSystemError(error, path);
  }
}

async function replace(path: string, data: FileData): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}${TEMPORARY}`);
  const file = await open(temporary, 'wx');
  try {
    try {
      await writeFile(file, data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
