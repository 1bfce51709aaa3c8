import { InputError } from '../errors.ts';
import { fromFloat16 } from './float16.ts';
import type { Safetensors, Tensor } from './safetensors.ts';
import { decodeHeader, type TensorPlace } from './safetensors-header.ts';

/**
 * Reads a safetensors file of floating-point numbers.
 *
 * @param bytes the file
 * @param fileName for messages
 * @returns copies of the tensors as float32, in the order of their places in the file
 * @throws InputError where the file is cut short, its header is damaged, the tensors do not fill its
 *   data exactly, one after the other, or have numbers of another type
 * @example
 * decodeSafetensors(encodeSafetensors(tensors), 'a.safetensors').tensors.get('bias');
 */
export function decodeSafetensors(bytes: Uint8Array, fileName: string): Safetensors {
  const header = decodeHeader(bytes, fileName);
  const tensors = new Map<string, Tensor<Float32Array<ArrayBuffer>>>();
  for (const place of header.tensors) {
    const { name, dtype, shape } = place;
    const values = decodeTensor(bytes, place, fileName);
    tensors.set(name, { shape, values, dtype: dtype === 'F16' ? dtype : 'F32' });
  }
  return { tensors, metadata: header.metadata };
}

/**
 * Reads one tensor of a safetensors file.
 *
 * @param bytes the file
 * @param place as its header has it
 * @param fileName for messages
 * @returns a copy, rounded to float32
 * @throws InputError where the numbers are no floating-point numbers
 */
export function decodeTensor(
  bytes: Uint8Array,
  { name, dtype, begin, end }: TensorPlace,
  fileName: string,
): Float32Array<ArrayBuffer> {
  const read = Object.hasOwn(READERS, dtype) ? READERS[dtype] : undefined;
  // Not slice(): a Buffer's copies nothing.
  if (read) return read(new Uint8Array(bytes.subarray(begin, end)).buffer);
  throw new InputError(
    `${fileName}: tensor "${name}" has numbers of type ${dtype}, expected ${Object.keys(READERS).join(', ')}`,
    'Write the file again as float32 where it came from.',
  );
}

/** How numbers of each type become float32. They are copies, since a tensor may begin at any byte of a file. */
const READERS: Readonly<Record<string, (bytes: ArrayBuffer) => Float32Array<ArrayBuffer>>> = {
  F32: (bytes) => new Float32Array(bytes),
  F16: (bytes) => fromFloat16(new Uint16Array(bytes)),
  F64: (bytes) => Float32Array.from(new Float64Array(bytes)),
  // The first half of a float32.
  BF16: (bytes) =>
    new Float32Array(Uint32Array.from(new Uint16Array(bytes), (word) => word << 16).buffer),
};
