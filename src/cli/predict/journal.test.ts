import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import { Journal } from './journal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-journal-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SUBJECT = { model: 'a', '--refine': '1' };

async function written(path: string, goOn: boolean, ...items: number[]): Promise<number> {
  const journal = await Journal.open<number>(path, SUBJECT, goOn);
  const before = journal.length;
  for (const item of items) await journal.append(item);
  await journal.close();
  return before;
}

async function itemsOf(path: string): Promise<number[]> {
  const journal = await Journal.open<number>(path, SUBJECT, true);
  await journal.close();
  return itemsIn(journal);
}

async function itemsIn<T>(journal: Journal<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of journal.items()) items.push(item);
  return items;
}

test('goes on behind its last whole line', async () => {
  const path = join(folder, 'a');
  expect(await written(path, true, 1, 2)).toBe(0);
  await appendFile(path, '3');
  expect(await written(path, true, 4)).toBe(2);
  expect(await itemsOf(path)).toEqual([1, 2, 4]);
  expect(await written(path, false, 5)).toBe(0);
  expect(await itemsOf(path)).toEqual([5]);
});

test('an item may hold what other files end lines with', async () => {
  const path = join(folder, 'lines');
  const journal = await Journal.open<string>(path, SUBJECT, false);
  const names = ['a\u2028b', 'c\r\nd', 'e\u0085f'];
  for (const name of names) await journal.append(name);
  await journal.close();
  expect(await itemsIn(journal)).toEqual(names);
});

test.each([
  ['more', '1\n2\n3\n'],
  ['less', '1\n'],
  ['no JSON', '1\n\0\0\n'],
])('refuses a file that another command has changed: %s', async (_, items) => {
  const path = join(folder, 'changed');
  const journal = await Journal.open<number>(path, SUBJECT, false);
  await journal.append(1);
  await journal.append(2);
  await journal.close();
  await writeFile(path, `${JSON.stringify(SUBJECT)}\n${items}`);
  await expect(itemsIn(journal)).rejects.toThrow(
    refusal(`${path}: does not hold what was written; does another command write it too?`),
  );
});

test('leaves no file where nothing was done', async () => {
  await written(join(folder, 'empty'), false);
  expect(await readdir(folder)).not.toContain('empty');
});

test('begins where not even its first line is whole', async () => {
  const path = join(folder, 'b');
  await writeFile(path, '{"model":');
  expect(await written(path, true, 1)).toBe(0);
  expect(await itemsOf(path)).toEqual([1]);
});

test('is not gone on with for something else', async () => {
  const path = join(folder, 'c');
  await written(path, false, 1);
  const text = await readFile(path, 'utf8');
  const other = { ...SUBJECT, model: 'b', build: 'plain' };
  await expect(Journal.open(path, other, true)).rejects.toThrow(
    refusal(`${path}: was begun with another model and another build`),
  );
  expect(await readFile(path, 'utf8')).toBe(text);
  await writeFile(path, 'no journal\n');
  await expect(Journal.open(path, SUBJECT, true)).rejects.toThrow(
    refusal(`${path}: was begun with another model and another --refine`),
  );
});

test('needs a folder', async () => {
  await expect(Journal.open(join(folder, 'no', 'd'), SUBJECT, true)).rejects.toThrow(
    refusal(/no such file or folder$/),
  );
});
