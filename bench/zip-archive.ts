/** A file in a zip archive, packed already. */
export interface PackedFile {
  readonly name: string;
  /** 0: stored as it is; 8: deflated. */
  readonly method: 0 | 8;
  /** Checksum and number of bytes of what is packed. */
  readonly crc32: number;
  readonly size: number;
  /** The packed bytes, in pieces that follow each other. */
  readonly packed: readonly Uint8Array[];
}

/**
 * The bytes of a zip archive (PKWARE's APPNOTE 6.3), in pieces: a local header and the data of each file,
 * then the directory. Archives of less than 4 GiB.
 */
export function zipArchive(files: readonly PackedFile[]): Uint8Array[] {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const packedSize = lengthOf(file.packed);
    // From "version needed" to "extra field length", the same in both headers.
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(file.method, 4);
    fields.writeUInt32LE(file.crc32, 10);
    fields.writeUInt32LE(packedSize, 14);
    fields.writeUInt32LE(file.size, 18);
    fields.writeUInt16LE(name.length, 22);
    const header = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, place, name]));
    locals.push(header, ...file.packed);
    offset += header.length + packedSize;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(lengthOf(directory), 8);
  end.writeUInt32LE(offset, 12);
  return [...locals, ...directory, Buffer.from('PK\x05\x06'), end];
}

const lengthOf = (parts: readonly Uint8Array[]): number =>
  parts.reduce((sum, { length }) => sum + length, 0);
