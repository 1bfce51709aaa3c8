import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { InputError } from '../errors.ts';

/** Ways of packing in a zip archive. */
const STORED = 0;
const DEFLATED = 8;

/** Where in an archive a table stands, and how. */
export interface ZipTable {
  readonly name: string;
  /** Place of its first byte in the archive. */
  readonly start: number;
  /** Number of bytes in the archive. */
  readonly length: number;
  /** Deflated, or else stored as it is. */
  readonly isPacked: boolean;
  /** CRC-32 of the unpacked table. */
  readonly crc32: number;
}

/**
 * Finds the one table of a zip archive.
 *
 * @param path name of the archive, as the person gave it
 * @throws InputError where it has not exactly one `.csv`, or one that cannot be unpacked
 * @throws Error where it is cut short or damaged
 */
export async function findZipTable(path: string): Promise<ZipTable> {
  let archive: ZipFile | undefined;
  try {
    archive = await openPromise(path, { lazyEntries: true, autoClose: false });
    const entry = await onlyTable(path, archive);
    const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
    return {
      name: entry.fileName,
      start: fileDataStart,
      length: entry.compressedSize,
      isPacked: entry.compressionMethod === DEFLATED,
      crc32: entry.crc32,
    };
  } finally {
    archive?.close();
  }
}

/** The single `.csv` of an archive; macOS puts shadows of files into `__MACOSX/`, which do not count. */
async function onlyTable(path: string, archive: ZipFile): Promise<Entry> {
  const entries: Entry[] = [];
  for await (const entry of archive.eachEntry()) {
    if (!/^__MACOSX\/|\/$/.test(entry.fileName)) entries.push(entry);
  }
  const tables = entries.filter((entry) => /\.csv$/i.test(entry.fileName));
  const [table] = tables;
  const list = (found: readonly Entry[]) => found.map((entry) => entry.fileName).join(', ');
  if (!table) {
    throw new InputError(
      `${path}: no .csv file in the archive; it holds ${list(entries) || 'nothing'}`,
      'Give an archive with one table in it.',
    );
  }
  if (tables.length > 1) {
    throw new InputError(
      `${path}: ${tables.length} .csv files in the archive: ${list(tables)}`,
      'Unpack the archive and give the one table you mean.',
    );
  }
  if (table.isEncrypted() || ![STORED, DEFLATED].includes(table.compressionMethod)) {
    throw new InputError(
      `${path}: ${table.fileName} is encrypted or packed in an unusual way`,
      'Unpack the archive and give the table in it.',
    );
  }
  return table;
}
