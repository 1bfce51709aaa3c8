import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zipOf } from '../../test/zip.ts';
import { findZipTable } from './zip-table.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([true, false])('where the table stands (stored: %s)', async (stored) => {
  const text = 'Image\n1 2 3 4\n';
  const archive = zipOf([
    { name: 'readme.txt', data: 'not a table' },
    { name: 'training.csv', data: text, stored },
  ]);
  const path = join(folder, 'two.zip');
  await writeFile(path, archive);
  const { name, start, length, isPacked, crc32: sum } = await findZipTable(path);
  expect({ name, isPacked, sum }).toEqual({
    name: 'training.csv',
    isPacked: !stored,
    sum: crc32(text),
  });
  const bytes = archive.subarray(start, start + length);
  expect(String(isPacked ? inflateRawSync(bytes) : bytes)).toBe(text);
});
