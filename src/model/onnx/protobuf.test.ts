import { expect, test } from 'vitest';
import { bytes, encode, message, number, text } from './protobuf.ts';

const hex = (file: Uint8Array): string => Buffer.from(file).toString('hex');

// The examples of https://protobuf.dev/programming-guides/encoding.
test('fields are encoded as the format has it', () => {
  expect(hex(encode(number(1, 150)))).toBe('089601');
  expect(hex(encode(text(2, 'testing')))).toBe('120774657374696e67');
  expect(hex(encode(message(3, number(1, 150))))).toBe('1a03089601');
});

test('numbers of fields, values and lengths may be large', () => {
  expect(hex(encode(number(20, 2)))).toBe('a00102');
  expect(hex(encode(number(1, 2 ** 32)))).toBe('088080808010');
  const file = encode(message(1, bytes(9, new Uint8Array(300))));
  expect(hex(file.subarray(0, 6))).toBe('0aaf024aac02');
  expect(file.length).toBe(3 + 3 + 300);
});

test.each([-1, 0.5, Number.NaN])('%d cannot be written', (value) => {
  expect(() => number(1, value)).toThrow('expected a whole number from 0');
});
