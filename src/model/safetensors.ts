import { z } from 'zod';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { type Shape, sizeOf } from '../nn/network.ts';

/** Numbers in row-major order and their shape. */
export interface Tensor<Values extends Float32Array = Float32Array> {
  readonly shape: Shape;
  readonly values: Values;
}

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor<Float32Array<ArrayBuffer>>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Name of the header's entry that holds the metadata. */
const METADATA = '__metadata__';
const LENGTH_BYTES = 8;
/** The limit of the format's own implementation. */
const LARGEST_HEADER = 100_000_000;

/**
 * Writes tensors in the safetensors format, version 1: the header's length (64 bits, little-endian),
 * the header as JSON padded with spaces to a multiple of 8, then the numbers of one tensor after the
 * other as little-endian float32. See https://github.com/huggingface/safetensors#format.
 *
 * @param tensors by name, written in the map's order
 * @param metadata text by key, written first (default: none)
 * @returns the file
 * @throws RangeError where a tensor's values do not fit its shape
 * @example
 * encodeSafetensors(new Map([['bias', { shape: [2], values: Float32Array.of(1, 2) }]]));
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries: [string, unknown][] = [[METADATA, metadata]];
  let dataBytes = 0;
  for (const [name, { shape, values }] of tensors) {
    if (name === METADATA || sizeOf(shape) !== values.length) {
      throw new RangeError(`tensor "${name}": ${values.length} values for shape [${shape}]`);
    }
    const begin = dataBytes;
    dataBytes += values.byteLength;
    entries.push([name, { dtype: 'F32', shape, data_offsets: [begin, dataBytes] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerBytes;
  for (const { values } of tensors.values()) {
    file.set(bytesOf(values), position);
    position += values.byteLength;
  }
  return file;
}

const length = z.int().nonnegative();
const headerFormat = z.object({ [METADATA]: z.record(z.string(), z.string()).optional() }).catchall(
  z.strictObject({
    dtype: z.literal('F32'),
    shape: z.array(length),
    data_offsets: z.tuple([length, length]),
  }),
);

/**
 * Reads a safetensors file of float32 tensors.
 *
 * @param bytes the file
 * @param fileName for messages
 * @returns copies of the tensors, in the order of their places in the file
 * @throws InputError where the file is cut short, its header is damaged, or the tensors do not fill
 *   its data exactly, one after the other
 * @example
 * decodeSafetensors(encodeSafetensors(tensors), 'a.safetensors').tensors.get('bias');
 */
export function decodeSafetensors(bytes: Uint8Array, fileName: string): Safetensors {
  const refuse = (what: string): never => {
    throw new InputError(
      `${fileName}: ${what}`,
      'The file is damaged or not in the safetensors format; copy or download it again.',
    );
  };
  if (bytes.length < LENGTH_BYTES) refuse(`${bytes.length} bytes, too short for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const dataStart = LENGTH_BYTES + headerBytes;
  if (headerBytes > LARGEST_HEADER || dataStart > bytes.length) {
    refuse(`the header should have ${headerBytes} bytes, the whole file has ${bytes.length}`);
  }
  const { [METADATA]: metadata = {}, ...entries } = parseJson(
    headerFormat,
    decodeUtf8(bytes.subarray(LENGTH_BYTES, dataStart)) ?? refuse('the header is not UTF-8'),
    `${fileName}, header`,
  );
  const inPlace = Object.entries(entries).sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  const data = bytes.subarray(dataStart);
  const tensors = new Map<string, Tensor<Float32Array<ArrayBuffer>>>();
  let position = 0;
  for (const [name, { shape, data_offsets }] of inPlace) {
    const [begin, end] = data_offsets;
    const size = sizeOf(shape);
    if (begin !== position) {
      refuse(`tensor "${name}" begins at byte ${begin} of the data, expected ${position}`);
    }
    if (end - begin !== 4 * size) {
      refuse(`tensor "${name}" has ${end - begin} bytes, expected ${4 * size} for [${shape}]`);
    }
    if (end > data.length) {
      refuse(`tensor "${name}" ends at byte ${end} of the data, which has ${data.length}`);
    }
    const values = new Float32Array(size);
    bytesOf(values).set(data.subarray(begin, end));
    tensors.set(name, { shape, values });
    position = end;
  }
  if (position !== data.length) {
    refuse(`the tensors fill ${position} bytes of data, the file has ${data.length}`);
  }
  return { tensors, metadata };
}

/** The bytes of numbers, not copied; little-endian, as on every processor that JavaScript still meets. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
