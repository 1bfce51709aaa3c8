import { crc32 } from '../crc32.ts';
import { applyCorrections, type Correction, parseCorrections } from '../data/corrections.ts';
import type { Dataset } from '../data/dataset.ts';
import { readText } from './read-file.ts';
import { readTable } from './read-table.ts';
import type { CorrectionsFacts } from './run-facts.ts';

/** A file of corrections. */
export interface CorrectionsFile {
  readonly facts: CorrectionsFacts;
  readonly text: string;
  readonly corrections: readonly Correction[];
  /** The table as it was read, without them. */
  readonly table: Dataset;
}

/** A table whose labels are those of its file but for what somebody has corrected. */
export interface CorrectedTable {
  readonly dataset: Dataset;
  /** Undefined where nothing is corrected. */
  readonly corrections: CorrectionsFile | undefined;
}

/**
 * Reads a table and, where there is such a file, corrects its labels.
 *
 * @param path of the table, as `readTable` takes it
 * @param corrections the file of corrections
 * @throws InputError as `readTable` and `parseCorrections`
 * @example
 * const { dataset } = await readCorrectedTable('training.zip', 'corrections.csv');
 */
export async function readCorrectedTable(
  path: string,
  corrections: string | undefined,
): Promise<CorrectedTable> {
  return correctedTable(await readTable(path), corrections);
}

/**
 * Corrects the labels of a table that was read before.
 *
 * @param corrections the file of corrections, if there is any
 * @throws InputError as `parseCorrections`
 */
export async function correctedTable(
  table: Dataset,
  corrections: string | undefined,
): Promise<CorrectedTable> {
  if (corrections === undefined) return { dataset: table, corrections: undefined };
  const file = await readCorrections(corrections, table);
  return { dataset: applyCorrections(table, file.corrections), corrections: file };
}

/**
 * Reads a file of corrections.
 *
 * @param table the table as it was read, without corrections
 * @throws InputError where the file is missing or not as `parseCorrections` expects it
 */
async function readCorrections(path: string, table: Dataset): Promise<CorrectionsFile> {
  const text = await readText(path);
  const corrections = parseCorrections(text, path, table);
  const sum = crc32(new TextEncoder().encode(text));
  return { facts: { name: path, count: corrections.length, crc32: sum }, text, corrections, table };
}
