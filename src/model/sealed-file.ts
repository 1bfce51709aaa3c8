import { crc32, crc32Text } from '../crc32.ts';
import { InputError } from '../errors.ts';
import { encodeSafetensors, type Safetensors, type Tensor } from './safetensors.ts';

/**
 * A sealed file carries the CRC-32 of all its other bytes as eight hexadecimal digits. They are the
 * first entry of the metadata, so they stand at a fixed place and nothing needs to be parsed before
 * the sum is known to be right.
 */
const KEY = 'checksum';

/** What a sealed file may be. */
export type SealedKind = 'model' | 'checkpoint';
/** What stands there while the sum is computed. */
const BLANK = '00000000';

const LENGTH_BYTES = 8;
const PREFIX = `{"__metadata__":{"${KEY}":"`;
const START = LENGTH_BYTES + PREFIX.length;
const END = START + BLANK.length;

const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const checksumOf = (file: Uint8Array): string =>
  crc32Text(crc32(file.subarray(END), crc32(file.subarray(0, START))));

/**
 * Writes tensors as a safetensors file that carries a checksum over every byte.
 *
 * @param tensors by name, written in the map's order
 * @param metadata text by key
 * @throws RangeError where a tensor's values do not fit its shape
 * @example
 * encodeSealed(new Map([['bias', { shape: [2], values: Float32Array.of(1, 2) }]]), { fiducial: '1' });
 */
export function encodeSealed(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Safetensors['metadata'],
): Uint8Array<ArrayBuffer> {
  const file = encodeSafetensors(tensors, { [KEY]: BLANK, ...metadata });
  file.set(new TextEncoder().encode(checksumOf(file)), START);
  return file;
}

/** Whether a file carries a checksum, by its first bytes. */
export const isSealed = (file: Uint8Array): boolean =>
  file.length >= END && textOf(file.subarray(LENGTH_BYTES, START)) === PREFIX;

/**
 * Refuses a file whose sum is not that of its bytes.
 *
 * @param file the whole file
 * @param fileName for messages
 * @param kind what it should be, for messages
 * @returns the sum, as eight hexadecimal digits
 * @throws InputError where the sums differ and where the file carries none
 * @example
 * requireSeal(bytes, 'runs/a/model.safetensors', 'model');
 */
export function requireSeal(file: Uint8Array, fileName: string, kind: SealedKind): string {
  if (!isSealed(file)) {
    throw new InputError(
      `${fileName}: is not a ${kind} of fiducial, or its first bytes are damaged`,
      `Give a ${kind} from a run's folder; if it is one, copy it again.`,
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
  return found;
}
