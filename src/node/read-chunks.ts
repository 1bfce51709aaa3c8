import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { crc32, createGunzip, createInflateRaw } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { InputError } from '../errors.ts';
import { explainSystemError } from './system-error.ts';

const CHUNK_SIZE = 1 << 18;
const DOWNLOAD_AGAIN = 'Download it again, or copy it again from where it is whole.';

/** The first four bytes of a zip archive: of a local header, of the end of an empty archive. */
const ZIP_SIGNATURES: readonly number[] = [0x04034b50, 0x06054b50];
const GZIP_SIGNATURE = 0x8b1f;
/** Ways of packing in a zip archive. */
const STORED = 0;
const DEFLATED = 8;

/** Told how much of the file has been read, from 0 to 1. */
export type Progress = (fraction: number) => void;

/**
 * The bytes of a table, unpacked: of a plain file, of a gzip file, or of the one `.csv` in a zip
 * archive. What a file is follows from its first bytes, not from its name. A consumer that is slow
 * slows the reading down, so memory holds a few chunks only.
 *
 * @param path name of the file, as the person gave it
 * @param onProgress called for every chunk read from the disk
 * @throws InputError where the file is missing, no file, cut short, damaged (checksum) or an archive
 *   without exactly one `.csv`
 * @example
 * for await (const chunk of readChunks('training.zip')) parser.push(chunk);
 */
export async function* readChunks(path: string, onProgress?: Progress): AsyncGenerator<Uint8Array> {
  const { size, magic } = await inspect(path);
  if (magic === 'zip') {
    yield* readZip(path, onProgress);
  } else {
    const source = createReadStream(path, { highWaterMark: CHUNK_SIZE });
    const unpacker = magic === 'gzip' ? createGunzip({ chunkSize: CHUNK_SIZE }) : undefined;
    yield* unpack(path, watched(source, size, onProgress), unpacker);
  }
}

async function inspect(path: string): Promise<{ size: number; magic: 'zip' | 'gzip' | 'none' }> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) {
      throw new InputError(
        `${path}: this is a folder, expected a table`,
        'Give a .csv, .csv.gz or .zip file.',
      );
    }
    const file = await open(path);
    try {
      const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
      const magic = ZIP_SIGNATURES.includes(buffer.readUInt32LE())
        ? 'zip'
        : buffer.readUInt16LE() === GZIP_SIGNATURE
          ? 'gzip'
          : 'none';
      return { size: status.size, magic };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainSystemError(error, path);
  }
}

async function* readZip(path: string, onProgress?: Progress): AsyncGenerator<Uint8Array> {
  let archive: ZipFile | undefined;
  try {
    archive = await openPromise(path, { lazyEntries: true, autoClose: false });
    const entry = await onlyTable(path, archive);
    const source = await archive.openReadStreamPromise(entry, { decodeFileData: false });
    const unpacker =
      entry.compressionMethod === STORED ? undefined : createInflateRaw({ chunkSize: CHUNK_SIZE });
    let checksum = 0;
    for await (const chunk of unpack(
      path,
      watched(source, entry.compressedSize, onProgress),
      unpacker,
    )) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (checksum !== entry.crc32) {
      throw new InputError(
        `${path}: the archive is damaged, the checksum of ${entry.fileName} is wrong`,
        DOWNLOAD_AGAIN,
      );
    }
  } catch (error) {
    throw asInputError(path, error, 'the archive is cut short or damaged');
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

/** A stream's chunks through an unpacker; when the consumer stops early, both are closed. */
async function* unpack(
  path: string,
  source: AsyncIterable<Uint8Array>,
  unpacker: Transform | undefined,
): AsyncGenerator<Uint8Array> {
  const stream = unpacker ? pipeline(source, unpacker, () => {}) : source;
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    throw asInputError(path, error, 'the file is cut short or damaged');
  }
}

async function* watched(
  source: Readable,
  size: number,
  onProgress: Progress | undefined,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of source) {
    read += chunk.length;
    onProgress?.(read / size);
    yield chunk;
  }
}

/** An error of the system or of an unpacker in words; the latter's are `damage`. */
function asInputError(path: string, error: unknown, damage: string): unknown {
  const explained = explainSystemError(error, path);
  if (explained instanceof InputError || !(explained instanceof Error)) return explained;
  return new InputError(`${path}: ${damage} (${explained.message})`, DOWNLOAD_AGAIN, {
    cause: explained,
  });
}
