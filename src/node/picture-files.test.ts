import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { type PictureFile, pictureFiles } from './picture-files.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-pictures-'));
  for (const name of ['a/z', 'a/y.jpg', '.git', 'empty/below']) {
    await mkdir(at(name), { recursive: true });
  }
  for (const name of ['b.JPG', 'Z.png', '10.webp', '9.webp', 'notes.txt', '.b.jpg', '.git/c.jpg']) {
    await writeFile(at(name), '');
  }
  await writeFile(at('a/z/c.tif'), '');
  await writeFile(at('a/y.jpg/d.avif'), '');
  await symlink(at('b.JPG'), at('link.jpg'));
  await symlink(folder, at('round'));
  // Windows has no such pipe in a folder.
  if (process.platform !== 'win32') execFileSync('mkfifo', [at('pipe.jpg')]);
});
afterAll(() => rm(folder, { recursive: true }));

async function files(given: string[], except?: string): Promise<PictureFile[]> {
  const list: PictureFile[] = [];
  for await (const file of pictureFiles(given.map(at), except && at(except))) list.push(file);
  return list;
}

test('a folder is walked in the order of names, its own pictures first', async () => {
  const names = ['10.webp', '9.webp', 'Z.png', 'b.JPG', 'link.jpg', 'a/y.jpg/d.avif', 'a/z/c.tif'];
  expect(await files(['.'])).toEqual(names.map((name) => ({ path: at(name), name })));
  expect((await files(['.'], 'a')).map(({ name }) => name)).toEqual(names.slice(0, 5));
});

test('the folder of drawings is known by whatever way it is reached', async () => {
  expect((await files(['round'], 'a')).map(({ name }) => name)).not.toContain('a/z/c.tif');
  const listed = pictureFiles([at('round')], at('round/new'));
  await listed.next();
  await mkdir(at('new'));
  await writeFile(at('new/drawing.jpg'), '');
  const rest: string[] = [];
  for await (const { name } of listed) rest.push(name);
  await rm(at('new'), { recursive: true });
  expect(rest).not.toContain('new/drawing.jpg');
  await expect(files(['a'], 'round/a')).rejects.toThrow(
    refusal(`${at('a')}: is also the folder that drawings go to`),
  );
});

test('what is named itself is taken whatever its name', async () => {
  expect(await files(['notes.txt', 'a/z', '.b.jpg'])).toEqual([
    { path: at('notes.txt'), name: 'notes.txt' },
    { path: at('a/z/c.tif'), name: 'c.tif' },
    { path: at('.b.jpg'), name: '.b.jpg' },
  ]);
});

test('what is missing is refused, and a folder without pictures is', async () => {
  await expect(files(['nobody.jpg'])).rejects.toThrow(
    refusal(`${at('nobody.jpg')}: no such file or folder`),
  );
  await expect(files(['b.JPG', 'empty'])).rejects.toThrow(
    refusal(`${at('empty')}: there is no picture in this folder or below it`),
  );
});
