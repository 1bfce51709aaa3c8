import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { writeFileAtomically } from './write-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-write-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function* chunks(count: number, bytes: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield new Uint8Array(bytes).fill(i);
}

test('bytes, text and chunks arrive whole, and nothing else is left', async () => {
  await writeFileAtomically(join(folder, 'bytes'), Uint8Array.of(0, 255, 7));
  await writeFileAtomically(join(folder, 'text'), 'grün');
  await writeFileAtomically(join(folder, 'chunks'), chunks(3, 2));
  expect([...(await readFile(join(folder, 'bytes')))]).toEqual([0, 255, 7]);
  expect(await readFile(join(folder, 'text'), 'utf8')).toBe('grün');
  expect([...(await readFile(join(folder, 'chunks')))]).toEqual([0, 0, 1, 1, 2, 2]);
  expect((await readdir(folder)).sort()).toEqual(['bytes', 'chunks', 'text']);
});

test('an error in the chunks leaves the old file as it was', async () => {
  const path = join(folder, 'a');
  await writeFile(path, 'old');
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1);
    throw new RangeError('a bug');
  }
  await expect(writeFileAtomically(path, broken())).rejects.toThrow(new RangeError('a bug'));
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['a']);
});

test('a symbolic link stays a link and its file is replaced', async () => {
  await writeFile(join(folder, 'file'), 'old');
  await symlink('file', join(folder, 'link'));
  await writeFileAtomically(join(folder, 'link'), 'new');
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('new');
});

test('a missing folder, a file as a folder and a folder as the file are refused', async () => {
  const missing = join(folder, 'missing', 'a');
  await expect(writeFileAtomically(missing, '')).rejects.toThrow(
    refusal(`${missing}: no such file or folder`),
  );
  await writeFile(join(folder, 'a'), '');
  const below = join(folder, 'a', 'b');
  await expect(writeFileAtomically(below, '')).rejects.toThrow(
    refusal(`${below}: a part of the path is a file, expected a folder`),
  );
  await mkdir(join(folder, 'c'));
  await expect(writeFileAtomically(join(folder, 'c'), '')).rejects.toThrow(
    refusal(`${join(folder, 'c')}: is a folder, expected a file`),
  );
  expect((await readdir(folder)).sort()).toEqual(['a', 'c']);
});

test.skipIf(!existsSync('/dev/full'))(
  'a device is written to directly and a full one is refused (skipped without /dev/full)',
  async () => {
    await writeFileAtomically('/dev/null', 'gone');
    await expect(writeFileAtomically('/dev/full', 'text')).rejects.toThrow(
      refusal('/dev/full: no space left on the device'),
    );
  },
);

test('a full disk is refused, the old file stays and the new one is removed', async (context) => {
  const mountArguments = ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder];
  try {
    execFileSync('mount', mountArguments, { stdio: 'ignore' });
  } catch {
    context.skip('skipped: a small file system cannot be mounted here (it needs root)');
  }
  try {
    const path = join(folder, 'a');
    await writeFile(path, 'old');
    for (const data of [new Uint8Array(100_000), 'x'.repeat(100_000), chunks(100, 1000)]) {
      await expect(writeFileAtomically(path, data)).rejects.toThrow(
        refusal(`${path}: no space left on the device`),
      );
    }
    expect(await readdir(folder)).toEqual(['a']);
    expect(await readFile(path, 'utf8')).toBe('old');
  } finally {
    execFileSync('umount', [folder]);
  }
});
