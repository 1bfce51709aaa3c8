import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { readBytes, readText } from './read-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-read-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('bytes and text are read; a byte-order mark is dropped', async () => {
  const path = join(folder, 'a');
  await writeFile(path, Uint8Array.of(0xef, 0xbb, 0xbf, 0x67, 0xc3, 0xbc));
  expect([...(await readBytes(path))]).toEqual([0xef, 0xbb, 0xbf, 0x67, 0xc3, 0xbc]);
  expect(await readText(path)).toBe('gü');
});

test('a missing file and a folder are refused', async () => {
  const missing = join(folder, 'missing');
  await expect(readBytes(missing)).rejects.toThrow(refusal(`${missing}: no such file or folder`));
  await expect(readText(folder)).rejects.toThrow(
    refusal(`${folder}: is a folder, expected a file`),
  );
});

test('a file that is not text is refused', async () => {
  const path = join(folder, 'archive.zip');
  await writeFile(path, Uint8Array.of(0x50, 0x4b, 3, 4, 0xff));
  await expect(readText(path)).rejects.toThrow(refusal(`${path}: is not a text in UTF-8`));
});
