import { type FileHandle, open } from 'node:fs/promises';
import { decodeModel } from '../model/decode-model.ts';
import type { Model } from '../model/model-file.ts';
import {
  dataStart,
  decodeHeader,
  FIRST_BYTES,
  type SafetensorsHeader,
} from '../model/safetensors-header.ts';
import { isSealed, requireSeal } from '../model/sealed-file.ts';
import { readBytes } from './read-file.ts';
import { explainSystemError } from './system-error.ts';

/** What a safetensors file holds. */
export interface InspectedFile {
  readonly file: string;
  readonly bytes: number;
  /** Of all other bytes, found to be right; files of others have none. */
  readonly checksum: string | undefined;
  readonly header: SafetensorsHeader;
  /** Where it is a model of ours. */
  readonly model: Model | undefined;
}

/**
 * Looks into a safetensors file of any writer. Of a file of others only the header is read, however
 * large it is.
 *
 * @throws InputError where it is missing, damaged or no safetensors file
 * @example
 * (await inspectFile('runs/net2/model.safetensors')).model?.card;
 */
export async function inspectFile(file: string): Promise<InspectedFile> {
  const { start, bytes } = await readHeader(file);
  if (!isSealed(start)) {
    const header = decodeHeader(start, file, bytes);
    return { file, bytes, header, checksum: undefined, model: undefined };
  }
  const whole = await readBytes(file);
  const checksum = requireSeal(whole, file, 'model');
  const header = decodeHeader(whole, file);
  const model = 'fiducial' in header.metadata ? decodeModel(whole, file) : undefined;
  return { file, bytes, checksum, header, model };
}

/** A file up to where its numbers begin, and how long it is. */
async function readHeader(file: string): Promise<{ start: Uint8Array; bytes: number }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { size: bytes } = await handle.stat();
    const first = await firstBytes(handle, FIRST_BYTES);
    return { start: await firstBytes(handle, dataStart(first, file, bytes)), bytes };
  } catch (error) {
    throw explainSystemError(error, file);
  } finally {
    await handle?.close();
  }
}

async function firstBytes(handle: FileHandle, count: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(count), 0, count, 0);
  return buffer.subarray(0, bytesRead);
}
