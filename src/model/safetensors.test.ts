import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { InputError } from '../errors.ts';
import { decodeSafetensors } from './decode-safetensors.ts';
import { fromFloat16, toFloat16 } from './float16.ts';
import { DTYPES, encodeSafetensors, type Tensor } from './safetensors.ts';
import { decodeHeader } from './safetensors-header.ts';

const small = (): Uint8Array<ArrayBuffer> =>
  encodeSafetensors(
    new Map([
      ['weight', { shape: [1, 2], values: Float32Array.of(1, -2) }],
      ['bias', { shape: [1], values: Float32Array.of(0.5) }],
    ]),
    { engine: 'plain' },
  );

/** A file of the given header and data, or number of data bytes. */
function fileOf(header: unknown, data: number | readonly number[]): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const dataBytes = typeof data === 'number' ? data : data.length;
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setUint16(0, json.length, true);
  file.set(json, 8);
  if (typeof data !== 'number') file.set(data, 8 + json.length);
  return file;
}

describe('encodeSafetensors', () => {
  test('writes the bytes of the published format', () => {
    const file = encodeSafetensors(
      new Map([['a', { shape: [2], values: Float32Array.of(1, -2) }]]),
      { k: 'v' },
    );
    const header =
      '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    expect(header.length).toBe(79);
    expect([...file.subarray(0, 8)]).toEqual([80, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(file.subarray(8, 88))).toBe(`${header} `);
    expect([...file.subarray(88)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  test('refuses values that do not fit their shape', () => {
    const tensors = new Map([['a', { shape: [3], values: new Float32Array(2) }]]);
    expect(() => encodeSafetensors(tensors)).toThrow(
      new RangeError('tensor "a": 2 values for shape [3]'),
    );
  });
});

describe('decodeSafetensors', () => {
  test('what was written is read back, to the bit', () => {
    const tensor = fc
      .array(fc.nat(4), { maxLength: 4 })
      .chain((shape) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return fc.tuple(
          fc.constant(shape),
          fc.float32Array({ minLength: size, maxLength: size }),
          fc.constantFrom(...DTYPES),
        );
      })
      .map(
        ([shape, values, dtype]): Tensor => ({
          shape,
          values: dtype === 'F16' ? fromFloat16(toFloat16(values)) : values,
          dtype,
        }),
      );
    const name = fc.string().filter((text) => !text.startsWith('__'));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 5 }),
        fc.dictionary(name, fc.string(), { noNullPrototype: true }),
        (entries, metadata) => {
          const file = encodeSafetensors(new Map(entries), metadata);
          const read = decodeSafetensors(file, 'a.safetensors');
          expect(read.metadata).toEqual(metadata);
          expect(new Map(read.tensors)).toEqual(new Map(entries));
          expect(encodeSafetensors(read.tensors, read.metadata)).toEqual(file);
        },
      ),
    );
  });

  test('a file of another writer is read: other order, spaces, no metadata, empty tensors', () => {
    const header =
      '{\n"second": {"shape": [2, 1], "data_offsets": [4, 12], "dtype": "F32"},' +
      ' "__metadata__": {},\t"first": {"data_offsets": [0, 4], "dtype": "F16", "shape": [2]},' +
      ' "none": {"dtype": "F32", "shape": [3, 0], "data_offsets": [4, 4]},' +
      ' "one": {"dtype": "F32", "shape": [], "data_offsets": [12, 16]} }   ';
    const data = [0, 0x3c, 0, 0xc0, ...[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], ...[0, 0, 0, 0x3f]];
    const { tensors, metadata } = decodeSafetensors(fileOf(header, data), 'a');
    expect(metadata).toEqual({});
    expect([...tensors]).toEqual([
      ['first', { shape: [2], values: Float32Array.of(1, -2), dtype: 'F16' }],
      ['none', { shape: [3, 0], values: new Float32Array(0), dtype: 'F32' }],
      ['second', { shape: [2, 1], values: Float32Array.of(1, -2), dtype: 'F32' }],
      ['one', { shape: [], values: Float32Array.of(0.5), dtype: 'F32' }],
    ]);
  });

  test('a file that begins anywhere in its buffer is read', () => {
    const file = small();
    const moved = new Uint8Array(file.length + 3);
    moved.set(file, 3);
    expect(decodeSafetensors(moved.subarray(3), 'a')).toEqual(decodeSafetensors(file, 'a'));
  });

  test.each<[dtype: string, bytes: Uint8Array]>([
    ['F64', new Uint8Array(Float64Array.of(1 / 3, -2).buffer)],
    ['BF16', Uint8Array.of(0xab, 0x3e, 0x00, 0xc0)],
  ])('%s is rounded to float32 or becomes it', (dtype, bytes) => {
    const file = fileOf({ a: { dtype, shape: [2], data_offsets: [0, bytes.length] } }, [...bytes]);
    const { values } = decodeSafetensors(Buffer.from(file), 'a').tensors.get('a')!;
    // The bfloat16 that is nearest to a third.
    expect(values).toEqual(Float32Array.of(dtype === 'F64' ? 1 / 3 : 171 / 512, -2));
  });

  test('every truncation is refused', () => {
    const file = small();
    for (let bytes = 0; bytes < file.length; bytes++) {
      expect(() => decodeSafetensors(file.subarray(0, bytes), 'a')).toThrow(InputError);
    }
  });

  const entry = (begin: number, end: number, shape = [2]) => ({
    dtype: 'F32',
    shape,
    data_offsets: [begin, end],
  });
  test.each<[string, unknown, number, RegExp]>([
    ['broken JSON', '{"a":', 0, /^a\.st, header: is not JSON/],
    ['a list', [], 0, /^a\.st: is not a safetensors file$/],
    [
      'another type of number',
      { a: { ...entry(0, 16), dtype: 'I64' } },
      16,
      /^a\.st: tensor "a" has numbers of type I64, expected F32, F16, F64, BF16$/,
    ],
    ['half a float16', { a: { ...entry(0, 8), dtype: 'F16' } }, 8, /has 8 bytes, expected 4 for/],
    ['a number as type', { a: { ...entry(0, 8), dtype: 32 } }, 8, /header, a\.dtype: /],
    ['a fraction of a shape', { a: entry(0, 8, [0.5]) }, 8, /header, a\.shape\[0\]: /],
    ['a negative offset', { a: entry(-8, 0) }, 8, /header, a\.data_offsets\[0\]: /],
    ['a number as metadata', { __metadata__: { k: 1 } }, 0, /header, __metadata__\.k: /],
    ['a wrong size', { a: entry(0, 12) }, 12, /tensor "a" has 12 bytes, expected 8 for \[2\]/],
    ['an end before the begin', { a: entry(0, 0) }, 0, /tensor "a" has 0 bytes, expected 8/],
    ['a shape beyond all bounds', { a: entry(0, 8, [2 ** 52, 2 ** 52]) }, 8, /has 8 bytes/],
    ['an end behind the file', { a: entry(0, 8) }, 4, /ends at byte 8 of the data, which has 4/],
    ['an overlap', { a: entry(0, 8), b: entry(4, 12) }, 12, /"b" begins at byte 4 .* expected 8/],
    ['a hole', { a: entry(0, 8), b: entry(12, 20) }, 20, /"b" begins at byte 12 .* expected 8/],
    ['data of no tensor', { a: entry(0, 8) }, 9, /fill 8 bytes of data, the file has 9/],
  ])('%s is refused', (_, header, dataBytes, message) => {
    expect(() => decodeSafetensors(fileOf(header, dataBytes), 'a.st')).toThrow(refusal(message));
  });

  test('an absurd header length and a header that is not UTF-8 are refused', () => {
    const file = small();
    file[6] = 1;
    expect(() => decodeSafetensors(file, 'a')).toThrow(
      refusal(/^a: the header should have 281474976710\d+ bytes, the whole file has \d+$/),
    );
    const brace = '{'.charCodeAt(0);
    expect(() => decodeSafetensors(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, brace, 255), 'a')).toThrow(
      refusal('a: the header is not UTF-8'),
    );
  });

  test('arbitrary damage is read or refused with an InputError', () => {
    const file = small();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(file.length),
        (changes, cut) => {
          const damaged = file.slice(0, file.length - (cut % 9));
          for (const [position, value] of changes) {
            if (position < damaged.length) damaged[position] = value;
          }
          try {
            expect(decodeSafetensors(damaged, 'a').tensors).toBeInstanceOf(Map);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('decodeHeader', () => {
  test('lists tensors of every type, also of one that nobody knows yet', () => {
    const place = (dtype: string, begin: number, end: number) => ({
      dtype,
      shape: [2],
      data_offsets: [begin, end],
    });
    const header = {
      b: place('I64', 3, 19),
      a: place('constructor', 0, 3),
      c: place('BF16', 19, 23),
    };
    const file = fileOf(header, 23);
    const { tensors } = decodeHeader(file, 'a');
    expect(tensors.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['a', 'constructor', [2]],
      ['b', 'I64', [2]],
      ['c', 'BF16', [2]],
    ]);
    expect(tensors.at(-1)!.end).toBe(file.length);
  });

  test('needs no more of the file than the header', () => {
    const file = small();
    const start = file.subarray(0, file.length - 12);
    expect(decodeHeader(start, 'a', file.length)).toEqual(decodeHeader(file, 'a'));
    expect(() => decodeHeader(start, 'a')).toThrow(
      refusal(/ends at byte 8 of the data, which has 0/),
    );
  });

  test('refuses an end before the begin in a tensor of unknown type', () => {
    const header = {
      a: { dtype: 'U8', shape: [4], data_offsets: [0, 4] },
      b: { dtype: 'F12', shape: [2], data_offsets: [4, 0] },
    };
    expect(() => decodeHeader(fileOf(header, 4), 'a')).toThrow(
      refusal('a: tensor "b" has -4 bytes, expected 0 for [2]'),
    );
  });
});
