import type { Dataset } from '../data/dataset.ts';
import { InputError } from '../errors.ts';
import { readTable } from '../node/read-table.ts';

/**
 * Reads the table that a run goes on with, which its facts name as it was typed when the run began.
 *
 * @throws InputError where it cannot be read, with advice to say where it is
 */
export async function readRunTable(name: string): Promise<Dataset> {
  try {
    return await readTable(name);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${error.message}; the run was begun with that table`,
      'Say where it is now with --data.',
      { cause: error },
    );
  }
}
