import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { readTable } from '../src/node/read-table.ts';
import { writeTable } from '../src/node/write-table.ts';
import { fiducial } from './fiducial.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-split-blend-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => fiducial(folder, ...args);
const inFolder = (name: string) => join(folder, name);

describe('split', () => {
  const faces = synthesize({ rows: 11, seed: 1 });
  const groupOf = (row: number) => row % 4;
  beforeAll(async () => {
    await writeTable(inFolder('faces.csv'), faces);
    const lines = Array.from({ length: 11 }, (_, row) => `${row + 1},g${groupOf(row)}\n`);
    await writeFile(inFolder('groups.csv'), `Row,Group\n${lines.join('')}`);
  });

  test('writes in which fold each row validates, and the tables of each', async () => {
    const { code, stdout, stderr } = await run(
      ...['split', 'faces.csv', '--folds', '2', '--groups', 'groups.csv'],
      ...['--out', 'folds.csv', '--tables', 'new/folds'],
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^folds\.csv: 11 rows in folds of 6, 5\n/);
    const [header, ...rows] = (await readFile(inFolder('folds.csv'), 'utf8')).trim().split('\n');
    expect(header).toBe('Row,Fold');
    expect(rows.map((line) => Number(line.split(',')[0]))).toEqual(rows.map((_, i) => i + 1));
    const foldOf = rows.map((line) => Number(line.split(',')[1]));
    foldOf.forEach((fold, row) => {
      expect(fold).toBe(foldOf[groupOf(row)]);
    });
    for (const fold of [1, 2]) {
      for (const part of ['train', 'valid'] as const) {
        const table = await readTable(inFolder(`new/folds/fold${fold}.${part}.csv.gz`));
        const expected = faces.images.filter(
          (_, i) =>
            (foldOf[Math.floor(i / faces.schema.side ** 2)] === fold) === (part === 'valid'),
        );
        expect(table.images).toEqual(expected);
      }
    }
  });

  test('keeps what is there, and writes nothing where anything is in the way', async () => {
    await mkdir(inFolder('kept'));
    await writeFile(inFolder('kept/fold2.valid.csv.gz'), 'old');
    const args = ['split', 'faces.csv', '--folds', '2', '--out', 'f.csv', '--tables', 'kept'];
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([1, expect.stringContaining('this file exists already')]);
    expect(await readdir(inFolder('kept'))).toEqual(['fold2.valid.csv.gz']);
    expect((await run(...args, '--force')).code).toBe(0);
  });

  test('more folds than groups are refused', async () => {
    const args = ['--groups', 'groups.csv', '--out', 'no.csv'];
    const { code, stderr } = await run('split', 'faces.csv', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain('error: 4 groups cannot be divided into 5 folds\n');
  });
});

describe('blend', () => {
  beforeAll(async () => {
    await writeFile(inFolder('a.csv'), 'RowId,Location\n2,10\n1,60\n');
    await writeFile(inFolder('b.csv'), 'RowId,Location\n1,0\n2,40\n');
  });

  test('writes the average in the order of the first', async () => {
    const outcome = await run('blend', 'a.csv', 'b.csv', '--weights', '2,1', '--out', 'c.csv');
    const stdout = 'c.csv: 2 rows, the average of 2 tables\n';
    expect(outcome).toEqual({ code: 0, stdout, stderr: '' });
    expect(await readFile(inFolder('c.csv'), 'utf8')).toBe('RowId,Location\n2,20\n1,40\n');
    const again = await run('blend', 'a.csv', 'b.csv', '--out', 'c.csv');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('add --force')]);
  });

  test.each(['2,0', '2,-1', '2,', 'NaN,1', 'Infinity,1'])(
    'weights of %s are refused',
    async (weights) => {
      const args = ['a.csv', 'b.csv', '--weights', weights, '--out', 'd.csv'];
      const { code, stderr } = await run('blend', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining('Expected positive numbers')]);
    },
  );
});
