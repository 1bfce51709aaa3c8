import { crc32 } from '../crc32.ts';
import { InputError } from '../errors.ts';

/**
 * A model file carries the CRC-32 of all its other bytes as eight hexadecimal digits. They are the
 * first entry of the metadata, so they stand at a fixed place and nothing needs to be parsed before
 * the sum is known to be right.
 */
export const CHECKSUM_KEY = 'checksum';
/** What an encoder writes where the digits will stand. */
export const CHECKSUM_BLANK = '00000000';

const LENGTH_BYTES = 8;
const PREFIX = `{"__metadata__":{"${CHECKSUM_KEY}":"`;
const START = LENGTH_BYTES + PREFIX.length;
const END = START + CHECKSUM_BLANK.length;

const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const checksumOf = (file: Uint8Array): string =>
  crc32(file.subarray(END), crc32(file.subarray(0, START)))
    .toString(16)
    .padStart(CHECKSUM_BLANK.length, '0');

/** Writes the sum of a safetensors file into its blank digits, in place. */
export function writeChecksum(file: Uint8Array): void {
  file.set(new TextEncoder().encode(checksumOf(file)), START);
}

/**
 * Compares the sum that a model file carries with that of its bytes.
 *
 * @param file the whole file
 * @param fileName for messages
 * @throws InputError where they differ and where the file carries no sum
 */
export function verifyChecksum(file: Uint8Array, fileName: string): void {
  if (textOf(file.subarray(LENGTH_BYTES, START)) !== PREFIX || file.length < END) {
    throw new InputError(
      `${fileName}: is not a model of fiducial, or its first bytes are damaged`,
      'Give the model.safetensors of a run folder; if it is one, copy it again.',
    );
  }
  const carried = textOf(file.subarray(START, END));
  const found = checksumOf(file);
  if (carried !== found) {
    throw new InputError(
      `${fileName}: is damaged: its checksum is ${found}, expected ${JSON.stringify(carried)}`,
      'Copy the file again from where it came, or train the model again.',
    );
  }
}
