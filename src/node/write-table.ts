import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Dataset } from '../data/dataset.ts';
import { tableRows } from '../data/write-table.ts';
import { writeFileAtomically } from './write-file.ts';

/**
 * Writes a dataset as a table, packed with gzip where the name ends in `.gz`. The file appears whole
 * or not at all.
 *
 * @param path name of the file, `faces.csv` or `faces.csv.gz`; its folder must exist
 * @throws InputError where the system refuses: a full disk, a missing folder, no permission
 * @example
 * await writeTable('faces.csv.gz', dataset);
 */
export const writeTable = (path: string, dataset: Dataset): Promise<void> =>
  writeTableLines(path, tableRows(dataset));

/**
 * The same with lines that are made one after the other, for tables larger than the memory.
 *
 * @param lines `tableHeader`, then `tableLine`s; what they throw is passed on and leaves no file
 */
export async function writeTableLines(
  path: string,
  lines: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const stream = Readable.from(lines);
  // An error of the lines reaches the writer through the stream it reads.
  const data = path.endsWith('.gz') ? pipeline(stream, createGzip(), () => {}) : stream;
  await writeFileAtomically(path, data);
}
