import { crc32, deflateRawSync } from 'node:zlib';

/** What a test packs; `crc` in place of the right checksum makes a damaged archive. */
export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array | string;
  readonly stored?: boolean;
  readonly crc?: number;
}

/**
 * A zip archive (PKWARE's APPNOTE 6.3): a local header and the data of each member, then the
 * directory.
 *
 * @example
 * zipOf([{ name: 'training.csv', data: 'Image\n1\n' }]);
 */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const data = Buffer.from(member.data);
    const packed = member.stored ? data : deflateRawSync(data);
    const name = Buffer.from(member.name);
    // From "version needed" to "extra field length", the same in both headers.
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(member.stored ? 0 : 8, 4);
    fields.writeUInt32LE(member.crc ?? crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, place, name]));
    locals.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\x05\x06'), end]);
}
