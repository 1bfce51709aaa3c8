import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { refusal } from '../../test/refusal.ts';
import type { Checkpoint } from '../train/checkpoint.ts';
import { CHECKPOINTS, readNewestCheckpoint, writeCheckpoint } from './checkpoints.ts';

const after = (epoch: number, stepsDone: number): Checkpoint => ({
  recipe: net1,
  build: 'plain',
  data: 'abc',
  epoch,
  record: undefined,
  underway: { rowsDone: 0, lossSum: 0, lossCount: 0, seconds: 0 },
  stepsDone,
  parameters: new Map([['dense1.bias', Float32Array.of(stepsDone)]]),
  states: [],
  best: undefined,
});

let run: string;
let folder: string;
beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'fiducial-checkpoints-'));
  folder = join(run, CHECKPOINTS);
});
afterEach(() => rm(run, { recursive: true }));

const newest = async () => (await readNewestCheckpoint(run)).checkpoint;
const damage = async (file: string): Promise<void> => {
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
};

test('the newest is read, and the one before it stays', async () => {
  for (const epoch of [0, 9, 10, 99, 100]) {
    await writeCheckpoint(run, after(epoch, 13 * epoch));
    expect(await newest()).toEqual(after(epoch, 13 * epoch));
  }
  await writeCheckpoint(run, after(100, 1304));
  expect(await newest()).toEqual(after(100, 1304));
  expect((await readdir(folder)).sort()).toEqual([
    'epoch-000100-step-000001300.safetensors',
    'epoch-000100-step-000001304.safetensors',
  ]);
});

test('what is no file is left alone, whatever its name', async () => {
  const foreign = 'epoch-000009-step-000000009.safetensors';
  await mkdir(join(folder, foreign), { recursive: true });
  for (const epoch of [1, 2, 3]) await writeCheckpoint(run, after(epoch, 13 * epoch));
  expect((await readNewestCheckpoint(run)).passedOver).toEqual([]);
  expect(await readdir(folder)).toContain(foreign);
});

test('the end of an epoch is newer than its last step', async () => {
  await writeCheckpoint(run, after(1, 26));
  await writeCheckpoint(run, after(2, 26));
  expect((await newest()).epoch).toBe(2);
});

test('a damaged one is passed over, which is said, and goes with the next that is written', async () => {
  const older = await writeCheckpoint(run, after(1, 13));
  const newer = await writeCheckpoint(run, after(2, 26));
  await damage(newer);
  const found = await readNewestCheckpoint(run);
  expect(found).toMatchObject({ checkpoint: after(1, 13), file: older });
  expect(found.passedOver).toEqual([expect.stringMatching(`^${newer}: is damaged: its checksum`)]);
  const next = await writeCheckpoint(run, after(1, 15));
  expect((await readdir(folder)).sort().map((name) => join(folder, name))).toEqual([older, next]);
});

test('what a killed process left behind is no checkpoint and is cleared away', async () => {
  await mkdir(folder);
  await writeFile(join(folder, '.1b4e28ba.fiducial.tmp'), 'half');
  await writeFile(join(folder, 'notes.txt'), 'mine');
  await expect(readNewestCheckpoint(run)).rejects.toThrow(refusal(/has no checkpoint/));
  await writeCheckpoint(run, after(1, 13));
  expect((await readdir(folder)).sort()).toEqual([
    'epoch-000001-step-000000013.safetensors',
    'notes.txt',
  ]);
});

test('without a whole one it is refused, with the reason for each', async () => {
  await expect(readNewestCheckpoint(run)).rejects.toThrow(
    refusal(`${run}: the run has no checkpoint from which it could go on`),
  );
  const first = await writeCheckpoint(run, after(1, 13));
  const second = await writeCheckpoint(run, after(2, 26));
  await damage(second);
  await truncate(first, 100);
  await expect(readNewestCheckpoint(run)).rejects.toThrow(
    refusal(
      new RegExp(
        `^${run}: none of its checkpoints can be used:\n${second}: is damaged.*\n${first}: is damaged`,
      ),
    ),
  );
});

test('where the system refuses to write, the older ones stay', async () => {
  await writeCheckpoint(run, after(1, 13));
  await mkdir(join(folder, 'epoch-000002-step-000000026.safetensors'));
  await expect(writeCheckpoint(run, after(2, 26))).rejects.toThrow(refusal(/step-000000026/));
  expect(await newest()).toEqual(after(1, 13));
});
