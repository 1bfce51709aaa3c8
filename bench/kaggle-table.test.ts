import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { readTable } from '../src/node/read-table.ts';
import { writeKaggleZip } from './kaggle-table.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-kaggle-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([7, 230])('an archive of %d rows holds drawn faces, again and again', async (rows) => {
  const path = join(folder, `${rows}.zip`);
  await writeKaggleZip(path, rows);
  const { images, rows: found } = await readTable(path);
  expect(found).toBe(rows);
  const drawn = synthesize({ rows: Math.min(rows, 100), seed: 42 }).images;
  for (let at = 0; at < images.length; at += drawn.length) {
    const again = images.subarray(at, at + drawn.length);
    expect(Buffer.compare(again, drawn.subarray(0, again.length))).toBe(0);
  }
});
