import { InputError } from '../errors.ts';

const CAUSES: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  EACCES: ['permission denied', 'Choose another place or change the permissions.'],
  EDQUOT: ['the disk quota is used up', 'Free some space and repeat the command.'],
  EEXIST: ['something else is there already', 'Choose another name.'],
  EFBIG: ['the file is too large for this file system', 'Choose another place.'],
  EISDIR: ['is a folder, expected a file', 'Give the name of a file.'],
  ENOENT: ['no such file or folder', 'Check the name.'],
  ENOSPC: ['no space left on the device', 'Free some space and repeat the command.'],
  ENOTDIR: ['a part of the path is a file, expected a folder', 'Check the name.'],
  EPERM: ['the system does not permit it', 'Choose another place or change the permissions.'],
  EROFS: ['the file system is read-only', 'Choose another place.'],
};

/**
 * What the operating system refused, in words; every other error is given back as it is.
 *
 * @param error anything that was thrown
 * @param path the file as the person named it
 * @returns an `InputError` with the path, or `error` itself where it does not come from the system
 * @example
 * await rename(from, to).catch((error) => { throw explainSystemError(error, to); });
 */
export function explainSystemError(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error;
  const [what, advice] = CAUSES[String(error.code)] ?? [error.message, undefined];
  return new InputError(`${path}: ${what}`, advice, { cause: error });
}
