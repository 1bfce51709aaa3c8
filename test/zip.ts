import { crc32, deflateRawSync } from 'node:zlib';
import { zipArchive } from '../bench/zip-archive.ts';

/** What a test packs; `crc` in place of the right checksum makes a damaged archive. */
export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array | string;
  readonly stored?: boolean;
  readonly crc?: number;
}

/**
 * A zip archive with small files.
 *
 * @example
 * zipOf([{ name: 'training.csv', data: 'Image\n1\n' }]);
 */
export const zipOf = (members: readonly ZipMember[]): Buffer =>
  Buffer.concat(
    zipArchive(
      members.map((member) => {
        const data = Buffer.from(member.data);
        return {
          name: member.name,
          method: member.stored ? 0 : 8,
          crc32: member.crc ?? crc32(data),
          size: data.length,
          packed: [member.stored ? data : deflateRawSync(data)],
        };
      }),
    ),
  );
