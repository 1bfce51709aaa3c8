import { readFile } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { explainSystemError } from './system-error.ts';

/**
 * Reads a whole file.
 *
 * @throws InputError where it is missing, a folder or not readable
 * @example
 * const model = decodeModel(await readBytes('model.safetensors'), 'model.safetensors');
 */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(path);
  } catch (error) {
    throw explainSystemError(error, path);
  }
}

/**
 * Reads a whole text file; a byte-order mark is dropped.
 *
 * @throws InputError where it is missing, a folder, not readable or not UTF-8
 * @example
 * const lookup = parseLookup(await readText('IdLookupTable.csv'), 'IdLookupTable.csv');
 */
export async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(
      `${path}: is not a text in UTF-8`,
      'If it is an archive, unpack it first; if it comes from a spreadsheet, export it as UTF-8.',
      { cause },
    );
  }
}
