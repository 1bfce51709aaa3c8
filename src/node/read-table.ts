import type { Dataset } from '../data/dataset.ts';
import { TableParser } from '../data/table-parser.ts';
import { readChunks } from './read-chunks.ts';

/**
 * Reads a table of labelled pictures: `.csv`, `.csv.gz`, or a `.zip` with one `.csv` in it, as Kaggle
 * hands them out.
 *
 * @param path name of the file
 * @param options `onProgress` is told how much has been read, from 0 to 1
 * @throws InputError where the file cannot be read (missing, cut short, damaged) or the table is not
 *   as `TableParser` expects it
 * @example
 * const dataset = await readTable('training.zip');
 */
export async function readTable(
  path: string,
  options: { readonly onProgress?: (fraction: number) => void } = {},
): Promise<Dataset> {
  const parser = new TableParser(path);
  let refused: { readonly error: unknown } | undefined;
  for await (const chunk of readChunks(path, options.onProgress)) {
    if (refused) continue;
    try {
      parser.push(chunk);
    } catch (error) {
      // A damaged archive may first show as nonsense in the table: read on, its checksum tells.
      refused = { error };
    }
  }
  if (refused) throw refused.error;
  return parser.finish();
}
