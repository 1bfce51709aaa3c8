import { z } from 'zod';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { sizeOf } from '../nn/network.ts';
import { bytesOf, LENGTH_BYTES, METADATA, type Safetensors, type Tensor } from './safetensors.ts';

/** The limit of the format's own implementation. */
const LARGEST_HEADER = 100_000_000;

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

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
