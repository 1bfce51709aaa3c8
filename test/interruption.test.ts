import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { hasModel, readHistory, readModel, readRunFacts } from '../src/node/run-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import { MAIN } from './fiducial.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-interruption-'));
  await writeTable(join(folder, 'faces.csv'), synthesize({ rows: 120, seed: 1, missing: false }));
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts a run that would go on for ever and waits until an epoch is done. */
async function startRun(out: string) {
  const args = [
    'fit',
    'net1',
    '--data',
    'faces.csv',
    '--out',
    out,
    '--epochs',
    '1000000',
    '--json',
  ];
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) if (JSON.parse(line).event === 'epoch') break;
  return { child, exit, out: join(folder, out) };
}

test.each([
  ['SIGINT', 130, 'Ctrl-C'],
  ['SIGTERM', 143, 'SIGTERM'],
  ['SIGHUP', 129, 'terminal'],
] as const)('%s ends a run in order, with its best model', async (signal, code, words) => {
  const { child, exit, out } = await startRun(signal);
  child.stdout.resume();
  child.kill(signal);
  expect(await exit).toEqual([code, null]);
  const { training } = await readModel(out);
  const history = await readHistory(out);
  const best = history.reduce((a, b) => (b.validLoss < a.validLoss ? b : a));
  expect(training).toMatchObject({ epoch: best.epoch, validLoss: best.validLoss });
  expect((await readRunFacts(out))?.stopped).toContain(words);
  expect(await readdir(out)).toContain('report.html');
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
