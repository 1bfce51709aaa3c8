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
export async function writeTable(path: string, dataset: Dataset): Promise<void> {
  const lines = Readable.from(tableRows(dataset));
  // An error of `lines` reaches the writer through the stream it reads.
  const data = path.endsWith('.gz') ? pipeline(lines, createGzip(), () => {}) : lines;
  await writeFileAtomically(path, data);
}
