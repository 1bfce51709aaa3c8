import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { relaxedIsAvailable } from '../src/engine/wasm-module.ts';
import { CHECKPOINTS, readNewestCheckpoint } from '../src/node/checkpoints.ts';
import { readHistory, readModel, readRecipe, readRunFacts } from '../src/node/run-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import { fiducial } from './fiducial.ts';

const RATE = 'learningRate={"type":"linear","from":0.01,"to":0.001}';
const RECIPE = ['net1', '--set', 'layers.1.units=8', '--set', RATE, '--batch', '16'];
const EPOCHS = 6;

const hasRelaxed = relaxedIsAvailable();

let folder: string;
const train = (...args: readonly string[]) => fiducial(folder, 'fit', ...args, '--threads', '1');
const path = (...parts: readonly string[]): string => join(folder, ...parts);

/** A copy of the run that ended after two epochs of six. */
async function begun(name: string): Promise<string> {
  await cp(path('begun'), path(name), { recursive: true });
  return `./${name}`;
}

async function refused(args: readonly string[], ...parts: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await train(...args);
  expect([code, stdout]).toEqual([1, '']);
  for (const part of parts) expect(stderr).toContain(part);
}

/** The losses of all epochs, the model to the byte and the weights to which they led. */
const outcome = async (run: string) => ({
  losses: (await readHistory(path(run))).map(({ epoch, trainLoss, validLoss }) => [
    epoch,
    trainLoss,
    validLoss,
  ]),
  model: await readFile(path(run, 'model.safetensors')),
  last: (await readNewestCheckpoint(path(run))).checkpoint.parameters,
});

async function damageNewest(run: string): Promise<void> {
  const names = (await readdir(path(run, CHECKPOINTS))).sort();
  const file = path(run, CHECKPOINTS, names.at(-1)!);
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 4;
  await writeFile(file, bytes);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-resume-'));
  await writeTable(path('faces.csv'), synthesize({ rows: 60, seed: 1, missing: false }));
  await writeTable(path('others.csv'), synthesize({ rows: 60, seed: 2, missing: false }));
  const args = [...RECIPE, '--data', 'faces.csv', '--epochs', String(EPOCHS)];
  await train(...args, '--out', 'whole');
  await train(...args, '--out', 'begun', '--until', '2', '--checkpoint-every', '1');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a run that was ended after some epochs', () => {
  test('says so, and how to go on', async () => {
    const run = await begun('told');
    const { code, stdout } = await train(run, '--resume', '--until', '3');
    expect(code).toBe(0);
    expect(stdout).toContain('Going on after epoch 2, to epoch 6; from ');
    expect(stdout).toContain('Ended by --until 3. ');
    expect(stdout).toContain(`To go on: fiducial fit ${run} --resume\n`);
    expect((await readRunFacts(path('told')))!.stopped).toBe('--until 3');
    expect(await readRecipe(path('told'))).toEqual(await readRecipe(path('whole')));
  });

  test('goes on to the bits of the undisturbed run', async () => {
    await train(await begun('whole-again'), '--resume');
    expect(await outcome('whole-again')).toEqual(await outcome('whole'));
  });

  test('goes on when the first command is repeated with --resume', async () => {
    await begun('repeated');
    const more = ['--epochs', String(EPOCHS), '--out', 'repeated', '--resume'];
    await train(...RECIPE, '--data', 'faces.csv', ...more);
    expect(await outcome('repeated')).toEqual(await outcome('whole'));
  });

  test('falls back on the checkpoint before a damaged one and says so', async () => {
    const run = await begun('damaged');
    await damageNewest('damaged');
    const { code, stdout } = await train(run, '--resume');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Passed over .*epoch-000002.*: is damaged: its checksum is /);
    expect(stdout).toContain('Going on after epoch 1, to epoch 6; ');
    expect(await outcome('damaged')).toEqual(await outcome('whole'));
  });
});

test('a model that a killed process wrote after its last checkpoint is not kept', async () => {
  // Without steps the first epoch stays the best.
  const args = ['--data', 'faces.csv', '--set', 'learningRate=0', '--epochs', '3'];
  await train('net1', ...args, '--out', 'ahead', '--until', '1');
  await cp(path('whole', 'model.safetensors'), path('ahead', 'model.safetensors'));
  await train('./ahead', '--resume');
  const { training } = await readModel(path('ahead'));
  expect(training).toMatchObject({
    epoch: 1,
    validLoss: (await readHistory(path('ahead')))[0]!.validLoss,
  });
});

describe('a run that is made longer', () => {
  test('keeps its past: its schedules span as many epochs as they did', async () => {
    await train(await begun('longer'), '--resume', '--epochs', '+2');
    const recipe = await readRecipe(path('longer'));
    expect(recipe).toMatchObject({ epochs: 8, learningRate: { from: 0.01, over: 6 } });
    const args = ['--data', 'faces.csv', '--epochs', '8', '--set', 'learningRate.over=6'];
    await train(...RECIPE, ...args, '--out', 'long-from-the-start');
    expect(await outcome('longer')).toEqual(await outcome('long-from-the-start'));
    expect((await outcome('longer')).losses.slice(0, EPOCHS)).toEqual(
      (await outcome('whole')).losses,
    );
  });

  test('goes on after its end', async () => {
    await cp(path('whole'), path('further'), { recursive: true });
    await refused(
      ['./further', '--resume'],
      './further: the run is finished: it has 6 epochs and was to have 6',
      '--epochs +',
    );
    expect((await train('./further', '--resume', '--epochs', '+1')).code).toBe(0);
    expect(await readHistory(path('further'))).toHaveLength(7);
    await refused(['./further', '--resume', '--epochs', '5'], 'it has 7 epochs and was to have 5');
  });
});

test('a run that early stopping ended goes on with more patience alone', async () => {
  // Without steps no epoch is better than the first.
  const steps = ['--set', 'learningRate=0', '--set', 'patience=1', '--epochs', '50'];
  const { stdout } = await train('net1', '--data', 'faces.csv', ...steps, '--out', 'early');
  expect(stdout).toMatch(/\nEarly stopping\.\nBest valid loss was 0\.\d{6} at epoch 1\.\n/);
  expect(await readHistory(path('early'))).toHaveLength(3);
  expect((await readRunFacts(path('early')))!.stopped).toBe('early stopping after epoch 3');
  await refused(
    ['./early', '--resume'],
    'early stopping ended it after epoch 3, as epoch 1 is the best and the patience is 1',
    '--set patience=2',
  );
  await train('./early', '--resume', '--set', 'patience=null', '--until', '4');
  expect(await readHistory(path('early'))).toHaveLength(4);
});

test('a learning rate that is given goes on from here, and is said', async () => {
  const run = await begun('slower');
  const { code, stdout } = await train(run, '--resume', '--set', 'learningRate.from=0.002');
  expect(code).toBe(0);
  expect(stdout).toContain(
    'From here on the learning rate is linear 0.002 → 0.001 over 6 epochs; so far it was linear 0.01 → 0.001 over 6 epochs.',
  );
  const [before, after] = [await readHistory(path('whole')), await readHistory(path('slower'))];
  expect(after).toHaveLength(EPOCHS);
  expect(after[1]!.trainLoss).toBe(before[1]!.trainLoss);
  expect(after[2]!.trainLoss).not.toBe(before[2]!.trainLoss);
  expect((await readRecipe(path('slower'))).learningRate).toMatchObject({ from: 0.002 });
  expect((await readRunFacts(path('slower')))!.resumed![0]!.command).toContain('from=0.002');
  // A recipe that says otherwise without being asked is still another recipe.
  await refused(
    ['net1', '--resume', '--out', './slower', '--epochs', '7'],
    'a run cannot go on with another recipe',
  );
});

describe('refused is', () => {
  test('another recipe, of which key, old and new value are named', async () => {
    const run = await begun('same');
    for (const [change, key, before, now] of [
      ['seed=7', 'seed', '42', '7'],
      ['batch=8', 'batch', '16', '8'],
      ['rule=adam', 'rule.type', '"nesterov"', '"adam"'],
      ['layers.1.units=9', 'layers.1.units', '8', '9'],
    ] as const) {
      await refused(
        [run, '--resume', '--set', change],
        `a run cannot go on with another recipe: ${key} was ${before} and is ${now} now`,
      );
    }
    expect(await readRecipe(path('same'))).toEqual(await readRecipe(path('whole')));
  });

  test('another table', async () => {
    await refused(
      [await begun('table'), '--resume', '--data', 'others.csv'],
      'a run cannot go on with other data',
    );
  });

  test.skipIf(!hasRelaxed)('another build (skipped where there is one alone)', async () => {
    await refused(
      [await begun('build'), '--resume', '--reproducible'],
      'the run was begun with the relaxed SIMD build and cannot go on with plain',
    );
  });

  test('nothing that could go on', async () => {
    const nothing = 'there is no run that could go on';
    await refused(['net1', '--resume', '--out', 'nowhere'], `nowhere: ${nothing}`);
    await refused(['net1', '--resume', '--data', 'faces.csv'], `runs/net1: ${nothing}`);
    expect(await readdir(folder)).not.toContain('nowhere');
  });

  test('a run without a checkpoint that is whole', async () => {
    const run = await begun('without');
    for (const name of await readdir(path('without', CHECKPOINTS))) {
      await writeFile(path('without', CHECKPOINTS, name), 'nothing');
    }
    await refused([run, '--resume'], 'none of its checkpoints can be used:', 'epoch-000002');
    await rm(path('without', CHECKPOINTS), { recursive: true });
    await refused([run, '--resume'], 'the run has no checkpoint from which it could go on');
  });

  test('a table that is not where it was', async () => {
    const run = await begun('moved');
    const facts = JSON.parse(await readFile(path('moved', 'run.json'), 'utf8'));
    await writeFile(path('moved', 'run.json'), JSON.stringify({ ...facts, data: 'gone.csv' }));
    await refused(
      [run, '--resume'],
      'gone.csv: no such file or folder; the run was begun with that table',
      'Say where it is now with --data.',
    );
  });

  test('a checkpoint of another recipe', async () => {
    const run = await begun('foreign');
    await rm(path('foreign', CHECKPOINTS), { recursive: true });
    await train('net1', '--data', 'faces.csv', '--out', 'other', '--epochs', '1');
    await cp(path('other', CHECKPOINTS), path('foreign', CHECKPOINTS), { recursive: true });
    await refused([run, '--resume'], 'a run cannot go on with another recipe: layers.1.units was ');
  });

  test('what contradicts itself', async () => {
    const run = await begun('contradiction');
    await refused([run, '--resume', '--force'], '--resume goes on with a run, --force replaces it');
    await refused([run, '--resume', '--until', '2'], '--until 2: expected an epoch from 3 to 6');
    await refused([run, '--resume', '--until', '7'], '--until 7: expected an epoch from 3 to 6');
    await refused(
      ['net1', '--data', 'faces.csv', '--epochs', '+5', '--out', 'new'],
      '--epochs +5 trains a run further that is there already',
      'Add --resume',
    );
    const { code, stderr } = await train('net1');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("required option '--data <table>'"),
    ]);
  });
});
