import { InputError } from '../errors.ts';
import { fromFloat16 } from './float16.ts';
import { bytesOf, DTYPES, type Safetensors, type Tensor } from './safetensors.ts';
import { decodeHeader } from './safetensors-header.ts';

/**
 * Reads a safetensors file of float32 and float16 tensors.
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
  for (const { name, dtype: found, shape, begin, end } of header.tensors) {
    const dtype = DTYPES.find((known) => known === found);
    if (!dtype) {
      throw new InputError(
        `${fileName}: tensor "${name}" has numbers of type ${found}, expected ${DTYPES.join(' or ')}`,
        'Write the file again as float32 where it came from.',
      );
    }
    const raw = bytes.subarray(begin, end);
    const values = dtype === 'F16' ? fromFloat16(wordsOf(raw)) : floatsOf(raw);
    tensors.set(name, { shape, values, dtype });
  }
  return { tensors, metadata: header.metadata };
}

// Copies, since a tensor may begin at any byte of the file.
function floatsOf(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bytes.length / 4);
  bytesOf(values).set(bytes);
  return values;
}

function wordsOf(bytes: Uint8Array): Uint16Array {
  const words = new Uint16Array(bytes.length / 2);
  bytesOf(words).set(bytes);
  return words;
}
