import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { readGroups } from './read-groups.ts';

const faces = synthesize({ rows: 4, seed: 1, side: 16 });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-groups-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a column of the table and a file that says the same give the same groups', async () => {
  const people = ['bob', 'ann', 'bob', 'eve'];
  const path = join(folder, 'groups.csv');
  const lines = [2, 0, 3, 1].map((row) => `${row + 1},${people[row]}\n`);
  await writeFile(path, `Row,Group\n${lines.join('')}`);
  const dataset = { ...faces, columns: { person: people } };
  expect(await readGroups('person', dataset)).toEqual(Uint32Array.of(0, 1, 0, 2));
  expect(await readGroups(path, dataset)).toEqual(Uint32Array.of(0, 1, 0, 2));
});

test('refused are a row without a group and what is neither column nor file', async () => {
  const dataset = { ...faces, columns: { person: ['bob', '', 'bob', 'eve'] } };
  await expect(readGroups('person', dataset)).rejects.toThrow(
    refusal('row 2, column person: empty'),
  );
  await expect(readGroups('toString', dataset)).rejects.toThrow(
    refusal('toString: neither a column of the table nor a file'),
  );
});
