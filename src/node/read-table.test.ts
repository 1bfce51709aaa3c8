import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { zipOf } from '../../test/zip.ts';
import { completeRows } from '../data/select.ts';
import { readTable } from './read-table.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, data: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, data);
  return path;
}

/** Sixteen pixels a row that hardly compress, so that damage lands in them. */
const ROWS = 5000;
const image = (row: number) =>
  Array.from({ length: 16 }, (_, i) => (Math.imul(row * 16 + i + 1, 0x9e3779b1) >>> 11) & 255).join(
    ' ',
  );
const TABLE = `ImageId,Image\n${Array.from({ length: ROWS }, (_, row) => `${row},${image(row)}\n`).join('')}`;

describe('reads', () => {
  test.each([
    ['plain.csv', TABLE],
    ['packed.csv.gz', gzipSync(TABLE)],
    ['two-members.gz', Buffer.concat([gzipSync(TABLE.slice(0, 999)), gzipSync(TABLE.slice(999))])],
    ['deflated.zip', zipOf([{ name: 'training.csv', data: TABLE }])],
    ['stored.zip', zipOf([{ name: 'training.csv', data: TABLE, stored: true }])],
    [
      'nested.zip',
      zipOf([
        { name: 'data/', data: '', stored: true },
        { name: '__MACOSX/data/._training.csv', data: 'a shadow' },
        { name: 'data/readme.txt', data: 'not a table' },
        { name: 'data/Training.CSV', data: TABLE },
      ]),
    ],
    ['zip-with-a-wrong-name.csv', zipOf([{ name: 'training.csv', data: TABLE }])],
    ['gzip-with-a-wrong-name.zip', gzipSync(TABLE)],
  ])('%s', async (name, data) => {
    const progress: number[] = [];
    const dataset = await readTable(await file(name, data), {
      onProgress: (fraction) => progress.push(fraction),
    });
    expect(dataset.rows).toBe(ROWS);
    expect(dataset.columns.ImageId![ROWS - 1]).toBe(String(ROWS - 1));
    expect(dataset.images.subarray(-16).join(' ')).toBe(image(ROWS - 1));
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });
});

describe('refuses', () => {
  const refused = async (path: string, message: string | RegExp) => {
    await expect(readTable(path)).rejects.toEqual(refusal(message));
  };
  const zip = zipOf([{ name: 'training.csv', data: TABLE }]);
  const gz = gzipSync(TABLE);
  const flipped = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 0x10;
    return copy;
  };

  test('a missing file', async () => {
    const path = join(folder, 'nowhere.csv');
    await refused(path, `${path}: no such file or folder`);
  });

  test('a folder', async () => {
    const path = join(folder, 'folder.csv');
    await mkdir(path);
    await refused(path, `${path}: this is a folder, expected a table`);
  });

  test('an empty file', async () => {
    const path = await file('empty.csv', '');
    await refused(path, `${path}: the file is empty`);
  });

  test('a zip archive cut short anywhere', async () => {
    for (const length of [4, 30, 1000, zip.length - 30, zip.length - 1]) {
      const path = await file('cut.zip', zip.subarray(0, length));
      await refused(path, /cut\.zip: the archive is cut short or damaged \(.+\)$/);
    }
  });

  test('a gzip file cut short anywhere', async () => {
    for (const length of [4, 30, 1000, gz.length - 5, gz.length - 1]) {
      const path = await file('cut.csv.gz', gz.subarray(0, length));
      await refused(path, /cut\.csv\.gz: the file is cut short or damaged \(.+\)$/);
    }
  });

  test('a damaged byte in a packed table, even where the table then makes no sense', async () => {
    for (const [name, bytes] of [
      ['bad.zip', zip],
      ['bad.csv.gz', gz],
    ] as const) {
      for (let at = 1000; at < bytes.length - 100; at += 7919) {
        await refused(await file(name, flipped(bytes, at)), /damaged/);
      }
    }
  });

  test('a wrong checksum', async () => {
    await refused(
      await file('crc.zip', zipOf([{ name: 'training.csv', data: TABLE, crc: 7 }])),
      /crc\.zip: the archive is damaged, the checksum of training\.csv is wrong$/,
    );
    await refused(await file('crc.gz', flipped(gz, gz.length - 8)), /damaged/);
  });

  test('an archive without exactly one table', async () => {
    await refused(
      await file(
        'none.zip',
        zipOf([
          { name: 'a.txt', data: '' },
          { name: 'b.jpg', data: '' },
        ]),
      ),
      /none\.zip: no \.csv file in the archive; it holds a\.txt, b\.jpg$/,
    );
    await refused(await file('nothing.zip', zipOf([])), /it holds nothing$/);
    await refused(
      await file(
        'two.zip',
        zipOf([
          { name: 'a.csv', data: '' },
          { name: 'c/b.csv', data: '' },
        ]),
      ),
      /two\.zip: 2 \.csv files in the archive: a\.csv, c\/b\.csv$/,
    );
  });

  test('what the table has wrong, under the name of the archive', async () => {
    const bad = TABLE.replace(`\n11,${image(11)}`, '\n11,256 1 1 1');
    await refused(
      await file('wrong.zip', zipOf([{ name: 'training.csv', data: bad }])),
      /wrong\.zip, row 12, column Image: pixel 1 is "256", expected a whole number from 0 to 255$/,
    );
  });
});

const faces = new URL('../../../shared/faces/training.zip', import.meta.url);
test.skipIf(!existsSync(faces))('the real faces (skipped without ../shared/faces)', async () => {
  const dataset = await readTable(fileURLToPath(faces));
  expect(dataset.rows).toBe(3337);
  expect(dataset.schema.side).toBe(96);
  expect(dataset.schema.points.length).toBe(15);
  expect(dataset.schema.mirrorPairs.length).toBe(6);
  expect(completeRows(dataset).length).toBe(1025);
});
