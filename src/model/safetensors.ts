import { type Shape, sizeOf } from '../nn/network.ts';
import { toFloat16 } from './float16.ts';

/** The types of numbers that are read and written. */
export const DTYPES = ['F32', 'F16'] as const;
export type Dtype = (typeof DTYPES)[number];

/** Numbers in row-major order and their shape. */
export interface Tensor<Values extends Float32Array = Float32Array> {
  readonly shape: Shape;
  readonly values: Values;
  /** How they stand in the file, default `F32`. */
  readonly dtype?: Dtype;
}

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor<Float32Array<ArrayBuffer>>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Name of the header's entry that holds the metadata. */
export const METADATA = '__metadata__';
export const LENGTH_BYTES = 8;

/**
 * Writes tensors in the safetensors format, version 1: the header's length (64 bits, little-endian),
 * the header as JSON padded with spaces to a multiple of 8, then the numbers of one tensor after the
 * other as little-endian float32, or rounded to float16 where the tensor says so. See https://github.com/huggingface/safetensors#format.
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
  const parts: Uint8Array[] = [];
  let dataBytes = 0;
  for (const [name, { shape, values, dtype = 'F32' }] of tensors) {
    if (name === METADATA || sizeOf(shape) !== values.length) {
      throw new RangeError(`tensor "${name}": ${values.length} values for shape [${shape}]`);
    }
    const begin = dataBytes;
    const part = bytesOf(dtype === 'F16' ? toFloat16(values) : values);
    dataBytes += part.length;
    parts.push(part);
    entries.push([name, { dtype, shape, data_offsets: [begin, dataBytes] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerBytes;
  for (const part of parts) {
    file.set(part, position);
    position += part.length;
  }
  return file;
}

/** The bytes of numbers, not copied; little-endian, as on every processor that JavaScript still meets. */
export const bytesOf = ({
  buffer,
  byteOffset,
  byteLength,
}: Float32Array | Uint16Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);
