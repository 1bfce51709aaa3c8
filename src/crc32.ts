/** The reversed polynomial of CRC-32 as in zip, gzip and PNG (ISO/IEC 13239). */
const POLYNOMIAL = 0xedb88320;
const SLICES = 8;

/** `TABLE[256 * k + byte]`: what a byte does to the remainder when k more bytes follow it. */
const TABLE = new Int32Array(256 * SLICES);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  }
  TABLE[byte] = remainder;
}
for (let i = 256; i < TABLE.length; i++) {
  const shorter = TABLE[i - 256]!;
  TABLE[i] = (shorter >>> 8) ^ TABLE[shorter & 255]!;
}

/**
 * CRC-32, eight bytes a step ("slicing by 8", Kounavis and Berry 2005). Two byte strings of one
 * length that differ within 32 neighbouring bits only, so in any one byte, never have the same sum.
 *
 * @param bytes what to sum up
 * @param previous the sum of the bytes before these, where they come in parts; 0 at the start
 * @returns an unsigned 32-bit number
 * @example
 * crc32(new TextEncoder().encode('123456789')); // 0xcbf43926
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous;
  let i = 0;
  for (const end = bytes.length - (bytes.length % SLICES); i < end; i += SLICES) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      TABLE[1792 + (crc & 255)]! ^
      TABLE[1536 + ((crc >>> 8) & 255)]! ^
      TABLE[1280 + ((crc >>> 16) & 255)]! ^
      TABLE[1024 + (crc >>> 24)]! ^
      TABLE[768 + bytes[i + 4]!]! ^
      TABLE[512 + bytes[i + 5]!]! ^
      TABLE[256 + bytes[i + 6]!]! ^
      TABLE[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
