import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32, crc32c } from './crc32.ts';

test.each([
  ['crc32', crc32, 0xcbf43926],
  ['crc32c', crc32c, 0xe3069283],
])('%s: the check value of the standard', (_, sum, check) => {
  expect(sum(new TextEncoder().encode('123456789'))).toBe(check);
  expect(sum(new Uint8Array())).toBe(0);
});

// RFC 3720, B.4, whose bytes stand in the order of transmission.
test.each([
  ['zeros', new Uint8Array(32), 0x8a9136aa],
  ['ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['ascending', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['descending', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
])('crc32c of 32 bytes: %s', (_, bytes, check) => {
  expect(crc32c(bytes)).toBe(check);
});

test.each([
  ['crc32', crc32, 0xedb88320],
  ['crc32c', crc32c, 0x82f63b78],
])('%s equals a sum bit by bit, whole and in parts', (_, sum, polynomial) => {
  const bitByBit = (bytes: Uint8Array): number => {
    let crc = -1;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    }
    return ~crc >>> 0;
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), (bytes, cut) => {
      const expected = bitByBit(bytes);
      expect(sum(bytes)).toBe(expected);
      expect(sum(bytes.subarray(cut), sum(bytes.subarray(0, cut)))).toBe(expected);
    }),
  );
});
