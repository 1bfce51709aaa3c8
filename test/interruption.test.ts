import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { readNewestCheckpoint } from '../src/node/checkpoints.ts';
import {
  hasModel,
  isRun,
  readHistory,
  readModel,
  readRecipe,
  readRunFacts,
} from '../src/node/run-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import { fiducial, MAIN } from './fiducial.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-interruption-'));
  await writeTable(join(folder, 'faces.csv'), synthesize({ rows: 120, seed: 1, missing: false }));
});
afterAll(() => rm(folder, { recursive: true }));

const TABLE = ['--data', 'faces.csv', '--threads', '1'];

/** Starts a training in a process that can be sent signals, and can tell when it has come so far. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'fit', ...args, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const reach = async (event: 'start' | 'epoch'): Promise<void> => {
    for await (const line of createInterface({ input: child.stdout })) {
      if (JSON.parse(line).event === event) break;
    }
    child.stdout.resume();
  };
  return { child, exit, reach };
}

/** Starts a run that would go on for ever and waits until an epoch is done. */
async function startRun(out: string) {
  const run = start('net1', ...TABLE, '--out', out, '--epochs', '1000000');
  await run.reach('epoch');
  return { ...run, out: join(folder, out) };
}

/** Everything that a run has come to, without how long it took. */
async function outcome(run: string) {
  const timeless = <R extends { readonly seconds?: unknown }>({ seconds: _, ...rest }: R) => rest;
  const model = await readModel(run);
  const { checkpoint } = await readNewestCheckpoint(run);
  return {
    recipe: await readRecipe(run),
    history: (await readHistory(run)).map(timeless),
    model: { ...model, training: timeless(model.training) },
    checkpoint: {
      ...checkpoint,
      record: timeless(checkpoint.record!),
      best: { ...checkpoint.best!, record: timeless(checkpoint.best!.record) },
    },
  };
}

test.each([
  ['SIGINT', 130, 'Ctrl-C'],
  ['SIGTERM', 143, 'SIGTERM'],
  ['SIGHUP', 129, 'terminal'],
] as const)('%s ends a run in order, with its best model', async (signal, code, words) => {
  const { child, exit, out } = await startRun(signal);
  child.kill(signal);
  expect(await exit).toEqual([code, null]);
  const { training } = await readModel(out);
  const history = await readHistory(out);
  const best = history.reduce((a, b) => (b.validLoss < a.validLoss ? b : a));
  expect(training).toMatchObject({ epoch: best.epoch, validLoss: best.validLoss });
  expect((await readRunFacts(out))?.stopped).toContain(words);
  expect(await readdir(out)).toContain('report.html');
  expect((await readNewestCheckpoint(out)).checkpoint.epoch).toBe(history.length);
});

test('an output that nobody reads any more ends a run without a complaint', async () => {
  const { child, exit, out } = await startRun('pipe');
  child.stdout.destroy();
  expect(await exit).toEqual([0, null]);
  expect(await hasModel(out)).toBe(true);
});

test('what a killed run leaves can be read, also where its last line was cut', async () => {
  const { child, exit, out } = await startRun('killed');
  child.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
  const history = await readHistory(out);
  expect(history.map(({ epoch }) => epoch)).toEqual(history.map((_, i) => i + 1));
  await writeFile(join(out, 'history.jsonl'), '{"epoch":2,"trainLo', { flag: 'a' });
  expect(await readHistory(out)).toEqual(history);
});

describe('a run that goes on', () => {
  /** Everything that an update depends on: drawn order and dropout, flips, schedules, Adam's state. */
  const settings = [
    'layers=[{"type":"flatten"},{"type":"dense","units":32},{"type":"relu"},{"type":"dropout","rate":0.2}]',
    'shuffle=true',
    'rule=adam',
    'learningRate={"type":"linear","from":0.001,"to":0.0001}',
    'momentum=0',
    'augmentation={"flip_half":true}',
  ];
  const recipe = (epochs: number, batch: number): string[] => [
    ...['net1', ...TABLE, '--epochs', String(epochs), '--batch', String(batch)],
    ...settings.flatMap((setting) => ['--set', setting]),
  ];

  test('comes to the bits of an undisturbed one, though it was killed twenty times', async () => {
    const args = [...recipe(80, 16), '--checkpoint-every', '1'];
    const spawned = performance.now();
    const undisturbed = start(...args, '--out', 'undisturbed');
    await undisturbed.reach('start');
    const started = performance.now();
    expect(await undisturbed.exit).toEqual([0, null]);
    // Now and then before the training has begun, mostly in its midst; all of them together take less
    // than the training does.
    const before = started - spawned;
    const within = (performance.now() - started) / 60;
    const run = join(folder, 'disturbed');
    for (let kill = 0; kill < 20; kill++) {
      const more = (await isRun(run)) ? '--resume' : '--force';
      const { child, exit, reach } = start(...args, '--out', 'disturbed', more);
      const isEarly = kill % 5 === 0;
      if (!isEarly) await reach('start');
      await setTimeout(Math.random() * (isEarly ? before : within));
      child.kill('SIGKILL');
      // It has not ended by itself.
      expect(await exit).toEqual([null, 'SIGKILL']);
    }
    const { code } = await fiducial(folder, 'fit', ...args, '--out', 'disturbed', '--resume');
    expect(code).toBe(0);
    expect(await outcome(run)).toEqual(await outcome(join(folder, 'undisturbed')));
    expect((await readdir(run)).sort()).toEqual(
      (await readdir(join(folder, 'undisturbed'))).sort(),
    );
    const { resumed, stopped } = (await readRunFacts(run))!;
    expect(resumed!.length).toBeGreaterThan(0);
    expect(stopped).toBeUndefined();
  }, 180_000);

  test('comes to these bits after Ctrl-C in the midst of epochs', async () => {
    const args = recipe(4, 1);
    await fiducial(folder, 'fit', ...args, '--out', 'whole');
    const run = join(folder, 'parts');
    const rows: number[] = [];
    for (let i = 0; i < 3; i++) {
      const more = i > 0 ? ['--resume'] : [];
      const { child, exit, reach } = start(...args, '--out', 'parts', ...more);
      await reach('start');
      child.kill('SIGINT');
      expect(await exit).toEqual([130, null]);
      rows.push((await readNewestCheckpoint(run)).checkpoint.underway.rowsDone);
    }
    expect(rows).toContainEqual(expect.toSatisfy((done: number) => done > 0 && done < 96));
    const { code } = await fiducial(folder, 'fit', './parts', '--resume');
    expect(code).toBe(0);
    expect(await outcome(run)).toEqual(await outcome(join(folder, 'whole')));
  });
});
