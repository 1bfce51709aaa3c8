/**
 * Event files of TensorBoard: records of TensorFlow's TFRecord format, each an `Event` as
 * tensorflow/core/util/event.proto and framework/summary.proto define it, in protobuf's wire format.
 */

import { crc32c } from '../crc32.ts';
import type { EpochRecord } from './epoch.ts';

/**
 * The record with which every event file begins.
 *
 * @param wallTime seconds since 1970
 */
export const eventFileStart = (wallTime: number): Uint8Array<ArrayBuffer> =>
  record([...double(1, wallTime), ...text(3, 'brain.Event:2')]);

/**
 * The record of an epoch: `loss/train`, `loss/valid` (scaled coordinates) and `rmse/valid` (pixels) at
 * the epoch as step.
 *
 * @param wallTime seconds since 1970
 * @example
 * const bytes = [eventFileStart(0), ...history.map((epoch) => epochEvent(epoch, 0))];
 */
export function epochEvent(
  { epoch, trainLoss, validLoss, validRmse }: EpochRecord,
  wallTime: number,
): Uint8Array<ArrayBuffer> {
  const scalars: Readonly<Record<string, number>> = {
    'loss/train': trainLoss,
    'loss/valid': validLoss,
    'rmse/valid': validRmse,
  };
  const values = Object.entries(scalars).flatMap(([tag, value]) =>
    message(1, [...text(1, tag), ...float(2, value)]),
  );
  return record([...double(1, wallTime), ...integer(2, epoch), ...message(5, values)]);
}

/** Length, its checksum, the bytes, their checksum; numbers are little-endian. */
function record(bytes: readonly number[]): Uint8Array<ArrayBuffer> {
  const framed = new Uint8Array(bytes.length + 16);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskedCrc(framed.subarray(0, 8)), true);
  framed.set(bytes, 12);
  view.setUint32(12 + bytes.length, maskedCrc(framed.subarray(12, 12 + bytes.length)), true);
  return framed;
}

/** Rotated and shifted, as TFRecord asks: sums of bytes that hold sums themselves are weak. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The wire types of protobuf that are needed here. */
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const key = (field: number, wire: keyof typeof WIRE): number[] => varint(field * 8 + WIRE[wire]);

/** Seven bits a byte, the lowest first; all but the last byte have their top bit set. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const integer = (field: number, value: number): number[] => [
  ...key(field, 'varint'),
  ...varint(value),
];

function double(field: number, value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [...key(field, 'fixed64'), ...bytes];
}

function float(field: number, value: number): number[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [...key(field, 'fixed32'), ...bytes];
}

const message = (field: number, content: readonly number[]): number[] => [
  ...key(field, 'bytes'),
  ...varint(content.length),
  ...content,
];

const text = (field: number, content: string): number[] =>
  message(field, [...new TextEncoder().encode(content)]);
