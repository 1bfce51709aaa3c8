/**
 * Writes messages of Protocol Buffers (https://protobuf.dev/programming-guides/encoding), as much of them
 * as ONNX needs. Every function gives one field as the parts that stand in the file one after the other,
 * so that the bytes of weights are not copied until the file is put together.
 */
export type Parts = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A field that holds a whole number from 0 on: an int32, int64 or enum. */
export const number = (field: number, value: number): Parts => [
  Uint8Array.of(...varint(field * 8 + VARINT), ...varint(value)),
];

/** A field that holds a float32. */
export const decimal = (field: number, value: number): Parts => [
  Uint8Array.of(...varint(field * 8 + FIXED32)),
  new Uint8Array(Float32Array.of(value).buffer),
];

/** A field of bytes. */
export const bytes = (field: number, value: Uint8Array): Parts => delimited(field, [value]);

/** A field of text, in UTF-8. */
export const text = (field: number, value: string): Parts =>
  bytes(field, new TextEncoder().encode(value));

/**
 * A field that holds a message.
 *
 * @param fields of that message, in any order
 * @example
 * message(8, text(1, ''), number(2, 13)); // ONNX: the version of the operators
 */
export const message = (field: number, ...fields: readonly Parts[]): Parts =>
  delimited(field, fields.flat());

/** The file of a message. */
export function encode(...fields: readonly Parts[]): Uint8Array<ArrayBuffer> {
  const parts = fields.flat();
  const file = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

function delimited(field: number, parts: Parts): Parts {
  const header = [...varint(field * 8 + LENGTH_DELIMITED), ...varint(lengthOf(parts))];
  return [Uint8Array.from(header), ...parts];
}

const lengthOf = (parts: Parts): number => parts.reduce((sum, { length }) => sum + length, 0);

/** Seven bits a byte, the lowest first; all but the last byte have their eighth bit set. */
function varint(value: number): number[] {
  if (!(Number.isSafeInteger(value) && value >= 0)) {
    throw new RangeError(`${value} cannot be written, expected a whole number from 0`);
  }
  const groups: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) groups.push((value % 128) + 128);
  return [...groups, value];
}
