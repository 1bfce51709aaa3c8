import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { crc32, createGunzip, createInflateRaw } from 'node:zlib';
import { InputError } from '../errors.ts';
import { explainSystemError } from './system-error.ts';

const CHUNK_SIZE = 1 << 20;
/**
 * Node hands `highWaterMark` on to the stream, which then unpacks in another thread while the chunks
 * before are parsed; with its usual 16 KB it would stop after each.
 */
const UNPACKING = { chunkSize: CHUNK_SIZE, highWaterMark: 2 * CHUNK_SIZE };
const DOWNLOAD_AGAIN = 'Download it again, or copy it again from where it is whole.';

/** The first four bytes of a zip archive: of a local header, of the end of an empty archive. */
const ZIP_SIGNATURES: readonly number[] = [0x04034b50, 0x06054b50];
const GZIP_SIGNATURE = 0x8b1f;

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
  try {
    if (magic === 'zip') {
      yield* readZip(path, onProgress);
    } else {
      const bytes = readBytes(path, { start: 0, length: size }, onProgress);
      yield* magic === 'gzip' ? pipeline(bytes, createGunzip(UNPACKING), () => {}) : bytes;
    }
  } catch (error) {
    throw asInputError(path, error, magic === 'zip' ? 'archive' : 'file');
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
  const { findZipTable } = await import('./zip-table.ts');
  const table = await findZipTable(path);
  const bytes = readBytes(path, table, onProgress);
  const chunks = table.isPacked ? pipeline(bytes, createInflateRaw(UNPACKING), () => {}) : bytes;
  let checksum = 0;
  for await (const chunk of chunks) {
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (checksum !== table.crc32) {
    throw new InputError(
      `${path}: the archive is damaged, the checksum of ${table.name} is wrong`,
      DOWNLOAD_AGAIN,
    );
  }
}

/** A part of a file as it stands there. */
async function* readBytes(
  path: string,
  { start, length }: { readonly start: number; readonly length: number },
  onProgress: Progress | undefined,
): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (let done = 0; done < length; ) {
      const wanted = Math.min(CHUNK_SIZE, length - done);
      const { bytesRead, buffer } = await file.read(
        Buffer.allocUnsafe(wanted),
        0,
        wanted,
        start + done,
      );
      if (bytesRead === 0) return;
      done += bytesRead;
      onProgress?.(done / length);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** An error of the system or of an unpacker in words; the latter's mean damage. */
function asInputError(path: string, error: unknown, what: string): unknown {
  const explained = explainSystemError(error, path);
  if (explained instanceof InputError || !(explained instanceof Error)) return explained;
  const message = `${path}: the ${what} is cut short or damaged (${explained.message})`;
  return new InputError(message, DOWNLOAD_AGAIN, { cause: explained });
}
