import { z } from 'zod';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { type Shape, sizeOf } from '../nn/network.ts';
import { LENGTH_BYTES, METADATA, type Safetensors } from './safetensors.ts';

/** Where a tensor stands in a safetensors file. */
export interface TensorPlace {
  readonly name: string;
  /** `F32`, or any other type that the format knows. */
  readonly dtype: string;
  readonly shape: Shape;
  /** First byte of the file, and the one after the last. */
  readonly begin: number;
  readonly end: number;
}

/** What stands before the numbers. */
export interface SafetensorsHeader {
  /** In the order of their places. */
  readonly tensors: readonly TensorPlace[];
  readonly metadata: Safetensors['metadata'];
}

/** The limit of the format's own implementation. */
const LARGEST_HEADER = 100_000_000;

/** Bytes of a number, where they are whole ones. */
const DTYPE_BYTES: Readonly<Record<string, number>> = {
  ...{ BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1 },
  ...{ U16: 2, I16: 2, F16: 2, BF16: 2 },
  ...{ U32: 4, I32: 4, F32: 4 },
  ...{ U64: 8, I64: 8, F64: 8, C64: 8 },
};

const length = z.int().nonnegative();
const headerFormat = z.object({ [METADATA]: z.record(z.string(), z.string()).optional() }).catchall(
  z.strictObject({
    dtype: z.string(),
    shape: z.array(length),
    data_offsets: z.tuple([length, length]),
  }),
);

/** A function that refuses a file, with what is wrong with it. */
const refuseFile =
  (fileName: string) =>
  (what: string): never => {
    throw new InputError(
      `${fileName}: ${what}`,
      'The file is damaged or not in the safetensors format; copy or download it again.',
    );
  };

/** Bytes from which it is seen whether a file is one in the safetensors format, and how long its header is. */
export const FIRST_BYTES = LENGTH_BYTES + 1;

/**
 * The place at which the numbers of a safetensors file begin.
 *
 * @param start the file's first bytes, `FIRST_BYTES` or all
 * @param fileBytes the size of the whole file
 * @throws InputError where it is a file of another kind, and where there is no room for its header
 */
export function dataStart(start: Uint8Array, fileName: string, fileBytes: number): number {
  // The format's own rule: a header begins with a brace.
  if (start[LENGTH_BYTES] !== '{'.charCodeAt(0)) {
    throw new InputError(
      `${fileName}: is not a safetensors file`,
      'Give a .safetensors file; a table of faces is shown by fiducial describe.',
    );
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > LARGEST_HEADER || LENGTH_BYTES + headerBytes > fileBytes) {
    refuseFile(fileName)(
      `the header should have ${headerBytes} bytes, the whole file has ${fileBytes}`,
    );
  }
  return LENGTH_BYTES + headerBytes;
}

/**
 * Reads the header of a safetensors file, whatever types of numbers it has.
 *
 * @param start the file, at least as far as its numbers begin
 * @param fileName for messages
 * @param fileBytes the size of the whole file, default that of `start`
 * @throws InputError where the file is cut short, its header is damaged, or the tensors do not fill
 *   its data exactly, one after the other
 * @example
 * decodeHeader(bytes, 'a.safetensors').tensors[0]; // { name: 'bias', dtype: 'F32', shape: [2], … }
 */
export function decodeHeader(
  start: Uint8Array,
  fileName: string,
  fileBytes = start.length,
): SafetensorsHeader {
  const refuse = refuseFile(fileName);
  const dataBegin = dataStart(start, fileName, fileBytes);
  const dataBytes = fileBytes - dataBegin;
  const { [METADATA]: metadata = {}, ...entries } = parseJson(
    headerFormat,
    decodeUtf8(start.subarray(LENGTH_BYTES, dataBegin)) ?? refuse('the header is not UTF-8'),
    `${fileName}, header`,
  );
  const inPlace = Object.entries(entries).sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  let position = 0;
  for (const [name, { dtype, shape, data_offsets }] of inPlace) {
    const [begin, end] = data_offsets;
    if (begin !== position) {
      refuse(`tensor "${name}" begins at byte ${begin} of the data, expected ${position}`);
    }
    const width = Object.hasOwn(DTYPE_BYTES, dtype) ? DTYPE_BYTES[dtype] : undefined;
    const bytes = width === undefined ? Math.max(0, end - begin) : width * sizeOf(shape);
    if (end - begin !== bytes) {
      refuse(`tensor "${name}" has ${end - begin} bytes, expected ${bytes} for [${shape}]`);
    }
    if (end > dataBytes) {
      refuse(`tensor "${name}" ends at byte ${end} of the data, which has ${dataBytes}`);
    }
    position = end;
  }
  if (position !== dataBytes) {
    refuse(`the tensors fill ${position} bytes of data, the file has ${dataBytes}`);
  }
  const tensors = inPlace.map(([name, { dtype, shape, data_offsets }]) => {
    const [begin, end] = data_offsets;
    return { name, dtype, shape, begin: dataBegin + begin, end: dataBegin + end };
  });
  return { tensors, metadata };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
