import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochEvent, eventFileStart } from './tensorboard.ts';

// An independent reader: none of the writer's code is used.

/** CRC-32C bit by bit, masked. */
function maskedSum(bytes: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (crc & 1n ? 0x82f63b78n : 0n);
  }
  crc ^= 0xffffffffn;
  const rotated = (crc >> 15n) | ((crc << 17n) & 0xffffffffn);
  return Number((rotated + 0xa282ead8n) & 0xffffffffn);
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readRecords(file: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const view = viewOf(file);
    const length = Number(view.getBigUint64(at, true));
    if (view.getUint32(at + 8, true) !== maskedSum(file.subarray(at, at + 8)))
      throw new Error(`record at ${at}: the length is damaged`);
    const bytes = file.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 12 + length, true) !== maskedSum(bytes))
      throw new Error(`record at ${at}: the bytes are damaged`);
    records.push(bytes);
    at += length + 16;
  }
  return records;
}

type Field = readonly [number: number, wire: number, value: Uint8Array | bigint];

/** The fields of a protobuf message in their order. */
function readMessage(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const wire = key % 8;
    if (wire === 0) {
      fields.push([key >> 3, wire, varint()]);
    } else {
      const length = wire === 1 ? 8 : wire === 5 ? 4 : Number(varint());
      fields.push([key >> 3, wire, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  return fields;
}

const float64 = (value: unknown): number => viewOf(value as Uint8Array).getFloat64(0, true);
const float32 = (value: unknown): number => viewOf(value as Uint8Array).getFloat32(0, true);
const string = (value: unknown): string => new TextDecoder().decode(value as Uint8Array);

function readEpoch(bytes: Uint8Array) {
  const [time, step, summary, ...rest] = readMessage(readRecords(bytes)[0]!);
  expect([time?.slice(0, 2), step?.slice(0, 2), summary?.slice(0, 2)]).toEqual([
    [1, 1],
    [2, 0],
    [5, 2],
  ]);
  expect(rest).toEqual([]);
  const scalars = readMessage(summary![2] as Uint8Array).map(([field, wire, value]) => {
    expect([field, wire]).toEqual([1, 2]);
    const [tag, simple] = readMessage(value as Uint8Array);
    expect([tag?.slice(0, 2), simple?.slice(0, 2)]).toEqual([
      [1, 2],
      [2, 5],
    ]);
    return [string(tag![2]), float32(simple![2])];
  });
  return { wallTime: float64(time![2]), step: step![2], scalars: Object.fromEntries(scalars) };
}

const concat = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

describe('event files', () => {
  test('begin with their version', () => {
    const [first, ...others] = readRecords(eventFileStart(1_700_000_000.5));
    expect(others).toEqual([]);
    const [time, version] = readMessage(first!);
    expect([time![0], time![1], float64(time![2])]).toEqual([1, 1, 1_700_000_000.5]);
    expect([version![0], version![1], string(version![2])]).toEqual([3, 2, 'brain.Event:2']);
  });

  test('the first record begins as those of TensorFlow do', () => {
    const hex = [...eventFileStart(0)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    expect(hex.slice(0, 24)).toBe('1800000000000000a37f4b22');
    expect(hex.slice(24, 24 + 48)).toBe('090000000000000000' + '1a0d627261696e2e4576656e743a32');
  });

  test('epochs come back with step, time and scalars', () => {
    const numbers = fc.double({ noDefaultInfinity: true });
    const epochs = fc.integer({ min: 1, max: 2 ** 40 });
    fc.assert(
      fc.property(
        epochs,
        numbers,
        numbers,
        numbers,
        fc.double({ min: 0, max: 4e9, noNaN: true }),
        (epoch, trainLoss, validLoss, validRmse, wallTime) => {
          const record = { epoch, trainLoss, validLoss, validRmse, seconds: 1 };
          expect(readEpoch(epochEvent(record, wallTime))).toEqual({
            wallTime,
            step: BigInt(epoch),
            scalars: {
              'loss/train': Math.fround(trainLoss),
              'loss/valid': Math.fround(validLoss),
              'rmse/valid': Math.fround(validRmse),
            },
          });
        },
      ),
    );
  });

  test('records follow one another', () => {
    const record = { epoch: 1, trainLoss: 1, validLoss: 1, validRmse: 1, seconds: 1 };
    const file = concat([
      eventFileStart(0),
      ...[1, 2, 300].map((epoch) => epochEvent({ ...record, epoch }, 0)),
    ]);
    const steps = readRecords(file).map((bytes) => readMessage(bytes)[1]![2]);
    expect(steps.slice(1)).toEqual([1n, 2n, 300n]);
  });

  test('a changed byte is noticed by the reader of this test', () => {
    const file = eventFileStart(0);
    for (const at of [0, 9, 12, file.length - 1]) {
      const changed = Uint8Array.from(file);
      changed[at]! ^= 1;
      expect(() => readRecords(changed)).toThrow();
    }
  });
});
