import { existsSync } from 'node:fs';
import type { Dataset } from '../data/dataset.ts';
import { groupNumbers, parseGroups } from '../data/groups.ts';
import { InputError } from '../errors.ts';
import { readText } from './read-file.ts';

/**
 * The group of every row of a table: of one of its own columns, or of a file `Row,Group`.
 *
 * @param name of a column or a file; a column comes first
 * @throws InputError where a row has no group, and where the file is missing or not as `parseGroups`
 *   expects it
 * @example
 * await readGroups('groups.csv', dataset);
 * await readGroups('person', dataset); // of a table that has such a column
 */
export async function readGroups(name: string, dataset: Dataset): Promise<Uint32Array> {
  const column = Object.hasOwn(dataset.columns, name) ? dataset.columns[name] : undefined;
  if (!column) return parseGroups(await readGroupFile(name, dataset), name, dataset.rows);
  const empty = column.indexOf('');
  if (empty >= 0) {
    throw new InputError(`row ${empty + 1}, column ${name}: empty`, 'Give every row a group.');
  }
  return groupNumbers(column);
}

async function readGroupFile(name: string, { columns }: Dataset): Promise<string> {
  try {
    return await readText(name);
  } catch (error) {
    if (!(error instanceof InputError) || existsSync(name)) throw error;
    const others = Object.keys(columns);
    throw new InputError(
      `${name}: neither a column of the table nor a file`,
      `Give a table Row,Group${others.length === 0 ? '' : `, or one of the columns ${others.join(', ')}`}.`,
      { cause: error },
    );
  }
}
