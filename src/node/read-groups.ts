import { parseGroups } from '../data/groups.ts';
import { readText } from './read-file.ts';

/** Reads the group of every row of a table from a file `Row,Group`. */
export const readGroups = async (path: string, rows: number): Promise<Uint32Array> =>
  parseGroups(await readText(path), path, rows);
