const SLICES = 8;

/** CRC-32 as in zip, gzip and PNG (ISO/IEC 13239). */
const ZIP = slices(0xedb88320);
/** CRC-32C (Castagnoli), as in iSCSI (RFC 3720) and TFRecord files. */
const CASTAGNOLI = slices(0x82f63b78);

/**
 * `table[256 * k + byte]`: what a byte does to the remainder when k more bytes follow it.
 *
 * @param polynomial with its bits reversed
 */
function slices(polynomial: number): Int32Array {
  const table = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
    }
    table[byte] = remainder;
  }
  for (let i = 256; i < table.length; i++) {
    const shorter = table[i - 256]!;
    table[i] = (shorter >>> 8) ^ table[shorter & 255]!;
  }
  return table;
}

/**
 * CRC-32. Two byte strings of one length that differ within 32 neighbouring bits only, so in any one
 * byte, never have the same sum.
 *
 * @param bytes what to sum up
 * @param previous the sum of the bytes before these, where they come in parts; 0 at the start
 * @returns an unsigned 32-bit number
 * @example
 * crc32(new TextEncoder().encode('123456789')); // 0xcbf43926
 */
export const crc32 = (bytes: Uint8Array, previous = 0): number => sum(ZIP, bytes, previous);

/**
 * A sum as eight hexadecimal digits.
 *
 * @example
 * crc32Text(0xbf43926); // '0bf43926'
 */
export const crc32Text = (sum: number): string => sum.toString(16).padStart(8, '0');

/**
 * CRC-32C, otherwise like `crc32`.
 *
 * @example
 * crc32c(new TextEncoder().encode('123456789')); // 0xe3069283
 */
export const crc32c = (bytes: Uint8Array, previous = 0): number => sum(CASTAGNOLI, bytes, previous);

/** Eight bytes a step ("slicing by 8", Kounavis and Berry 2005). */
function sum(table: Int32Array, bytes: Uint8Array, previous: number): number {
  let crc = ~previous;
  let i = 0;
  for (const end = bytes.length - (bytes.length % SLICES); i < end; i += SLICES) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      table[1792 + (crc & 255)]! ^
      table[1536 + ((crc >>> 8) & 255)]! ^
      table[1280 + ((crc >>> 16) & 255)]! ^
      table[1024 + (crc >>> 24)]! ^
      table[768 + bytes[i + 4]!]! ^
      table[512 + bytes[i + 5]!]! ^
      table[256 + bytes[i + 6]!]! ^
      table[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
