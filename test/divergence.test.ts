import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { readNewestCheckpoint } from '../src/node/checkpoints.ts';
import { readHistory, readModel } from '../src/node/run-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import { fiducial } from './fiducial.ts';

let folder: string;
const train = (...args: readonly string[]) => fiducial(folder, 'fit', ...args, '--threads', '2');
const path = (...parts: readonly string[]): string => join(folder, ...parts);
const SMALL = ['--set', 'layers.1.units=8', '--batch', '16', '--set', 'rule=sgd'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-divergence-'));
  await writeTable(path('faces.csv'), synthesize({ rows: 60, seed: 1, missing: false }));
  await writeTable(path('gaps.csv'), synthesize({ rows: 60, seed: 1 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a rate that explodes late: batch, layer, the last sound checkpoint, and the way on from it', async () => {
  // Nothing is learnt for three epochs, then the rate is far too high.
  const rate = { type: 'step', from: 1e-30, factor: 1e60, every: 3 };
  const explosive = ['--set', `learningRate=${JSON.stringify(rate)}`, '--checkpoint-every', '1'];
  const { code, stderr } = await train(
    ...['net1', '--data', 'faces.csv', ...SMALL, ...explosive, '--epochs', '6', '--out', 'wild'],
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: epoch 4, batch [23] of 3: the training loss is (NaN|Infinity), .*(hidden|output).*, training has diverged$/m,
  );
  const { file, checkpoint, passedOver } = await readNewestCheckpoint(path('wild'));
  expect(passedOver).toEqual([]);
  expect(checkpoint.epoch).toBe(3);
  expect(stderr).toContain(file.slice(folder.length + 1));
  for (const values of checkpoint.parameters.values()) {
    expect(values.every(Number.isFinite)).toBe(true);
  }
  expect(await readHistory(path('wild'))).toHaveLength(3);
  expect((await readModel(path('wild'))).training.epoch).toBeLessThanOrEqual(3);

  const advised = /fiducial fit (wild --resume) --set (\S+);/.exec(stderr)!;
  expect(advised[2]).toBe('learningRate.from=1e-31');
  const rescued = await train(...advised[1]!.split(' '), '--set', 'learningRate=0.001');
  expect(rescued.stderr).toBe('');
  expect(rescued.code).toBe(0);
  expect(await readHistory(path('wild'))).toHaveLength(6);
});

test('a rate that explodes at once leaves the first weights, from which nothing is gained', async () => {
  const { code, stderr } = await train(
    ...['net1', '--data', 'faces.csv', ...SMALL, '--set', 'learningRate=1e30', '--out', 'bang'],
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: epoch 1, batch 2 of 3: the training loss is/m);
  expect(stderr).toContain('--set learningRate=1e+29 --force');
  expect(await readdir(path('bang', 'checkpoints'))).toHaveLength(1);
});

test('rows without some labels are refused for a loss that needs them all', async () => {
  const { code, stderr } = await train('net1', '--data', 'gaps.csv', '--set', 'rows=all');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*\d+ of its \d+ rows lack a label/m);
  expect(stderr).toContain('--set loss=maskedMeanSquaredError');
  expect(await readdir(folder)).not.toContain('runs');
});
