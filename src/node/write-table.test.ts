import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { tableHeader, tableLine } from '../data/write-table.ts';
import { readTable } from './read-table.ts';
import { writeTable, writeTableLines } from './write-table.ts';

const DATASET: Dataset = {
  schema: keypointSchema(['left_eye', 'right_eye'], 2),
  rows: 2,
  images: Uint8Array.of(0, 1, 22, 255, 9, 80, 7, 6),
  labels: Float32Array.of(1.5, 2, Number.NaN, 0.25, -1, 10, 3, 0.5),
  columns: { ImageId: ['a', 'b'] },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-'));
});
afterEach(() => rm(folder, { recursive: true }));

test.each(['faces.csv', 'faces.csv.gz'])('%s reads back the same', async (name) => {
  const path = join(folder, name);
  await writeTable(path, DATASET);
  expect(await readTable(path)).toEqual(DATASET);
  expect(await readdir(folder)).toEqual([name]);
});

test('.gz is packed, .csv is not', async () => {
  await writeTable(join(folder, 'a.csv'), DATASET);
  await writeTable(join(folder, 'a.csv.gz'), DATASET);
  const plain = await readFile(join(folder, 'a.csv'));
  expect(gunzipSync(await readFile(join(folder, 'a.csv.gz'))).equals(plain)).toBe(true);
});

test('a missing folder is refused', async () => {
  const path = join(folder, 'nowhere', 'a.csv.gz');
  await expect(writeTable(path, DATASET)).rejects.toEqual(
    refusal(`${path}: no such file or folder`),
  );
});

test.each(['faces.csv', 'faces.csv.gz'])('an error half-way leaves no %s', async (name) => {
  const broken: Dataset = {
    ...DATASET,
    columns: {
      get ImageId(): string[] {
        throw new Error('half-way');
      },
    },
  };
  await expect(writeTable(join(folder, name), broken)).rejects.toThrow('half-way');
  expect(await readdir(folder)).toEqual([]);
});

test('lines that come one after the other, as from pictures that are decoded meanwhile', async () => {
  async function* lines() {
    yield tableHeader({ points: ['nose'], columns: ['ImageId'] });
    for (const id of ['a', 'b']) {
      yield tableLine({ labels: Float32Array.of(1, 2), texts: [id], image: Uint8Array.of(7) });
    }
  }
  const path = join(folder, 'faces.csv.gz');
  await writeTableLines(path, lines());
  const { rows, columns } = await readTable(path);
  expect([rows, columns]).toEqual([2, { ImageId: ['a', 'b'] }]);
});
