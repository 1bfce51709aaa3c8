import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BenchDocument } from '../bench/document.ts';
import type { GrowthResult } from '../bench/growth.ts';
import type { PredictionResult } from '../bench/prediction.ts';
import type { ReadingResult } from '../bench/reading.ts';
import type { StartupResult } from '../bench/startup.ts';
import type { TrainingStepResult } from '../bench/training-step.ts';
import { recipes } from '../recipes/index.ts';
import { net1 } from '../recipes/net1.ts';
import { STEP_RECIPES } from '../src/cli/bench/jobs.ts';
import { keypointSchema } from '../src/data/schema.ts';
import { dense, flatten, relu } from '../src/nn/layers.ts';
import { parameterInfos, sizeOf } from '../src/nn/network.ts';
import { networkFor, type Recipe } from '../src/train/recipe.ts';
import { MAIN, nodeWith } from './fiducial.ts';

/** No other program, unless a test says so. */
const NOBODY = { PYTHON: '/bin/false' };
const QUICK = ['--turns', '1', '--threads', '1'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-bench-test-'));
  const tiny: Recipe = { ...net1, name: 'tiny', layers: [flatten(), dense(3), relu()], batch: 8 };
  await writeFile(join(folder, 'tiny.json'), JSON.stringify(tiny));
});
afterAll(() => rm(folder, { recursive: true }));

const bench = (...args: string[]) => nodeWith(NOBODY, folder, MAIN, 'bench', ...args);

/** Runs the command with `--json`. */
async function figures<Result>(
  args: readonly string[],
  env: Readonly<Record<string, string>> = NOBODY,
): Promise<{ document: BenchDocument; result: Result }> {
  const outcome = await nodeWith(env, folder, MAIN, 'bench', ...args, ...QUICK, '--json');
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  const document: BenchDocument = JSON.parse(outcome.stdout);
  return { document, result: document.results[0] as Result };
}

/** A Python that has every module, and answers as a shell script says. */
async function fakePython(name: string, script: string): Promise<{ PYTHON: string }> {
  const path = join(folder, name);
  const look = `case "$2" in *find_spec*) echo '{"version": "3.9", "modules": {"torch": "9", "pandas": "9"}}'; exit;; esac`;
  await writeFile(path, `#!/bin/sh\n${look}\n${script}\n`);
  await chmod(path, 0o755);
  return { PYTHON: path };
}

describe('a training step', () => {
  test('both builds, phase by phase, with where and when', async () => {
    const { document, result } = await figures<TrainingStepResult>([
      ...['tiny.json', '--build', 'plain,relaxed', '--out', 'figures.json'],
    ]);
    const { circumstances, ceilings, remarks } = document;
    expect(circumstances.machine.node).toBe(process.versions.node);
    expect(circumstances.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(remarks).toEqual([]);
    expect(ceilings.map(({ build, threads }) => [build, threads])).toEqual([
      ['relaxed', 1],
      ['plain', 1],
    ]);
    expect(result).toMatchObject({ part: 'step', recipe: 'tiny', batch: 8, threads: 1 });
    // 8 rows through 9216 x 3 and 3 x 30 weights; no gradient of the pictures is asked for.
    expect(result.operations).toBe(2 * 8 * (2 * 9216 * 3 + 3 * 3 * 30));
    for (const own of result.ours) {
      expect(own.timing).toMatchObject({ runs: 1, median: expect.any(Number) });
      expect(own.ratio).toBeNull();
      expect(own.phases.map(({ label }) => label)).toContain('loss');
    }
    expect(JSON.parse(await readFile(join(folder, 'figures.json'), 'utf8'))).toEqual(document);
  });

  test('a table for people', async () => {
    const { code, stdout } = await bench('tiny.json', '--no-peers', ...QUICK, '--batch', '4,6');
    expect(code).toBe(0);
    for (const text of [
      'Ceilings',
      'tiny, batch 4, 1 thread',
      'of ceiling',
      'Phases of tiny, batch 6',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).not.toContain('PyTorch');
  });

  test('the largest of our nets is among those that are timed', () => {
    const schema = keypointSchema(Array(15).fill('point'), 96);
    const size = (recipe: Recipe): number =>
      parameterInfos(networkFor(recipe, schema)).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    expect(Math.max(...STEP_RECIPES.map(size))).toBe(Math.max(...Object.values(recipes).map(size)));
  });
});

describe('PyTorch', () => {
  const peers = async (env: { PYTHON: string }, ...args: string[]) =>
    (await figures<TrainingStepResult>(['tiny.json', ...args], env)).result;

  test('takes turns where it is there', async () => {
    const { ours, peers: others } = await peers(
      await fakePython('good', 'echo 1.9; while read line; do echo 50; done'),
    );
    expect(others).toEqual(
      ['contiguous', 'channels_last'].map((layout) => ({
        name: `PyTorch 1.9, ${layout}`,
        timing: { median: 50, min: 50, max: 50, runs: 1 },
      })),
    );
    expect(ours[0]!.ratio).toBeCloseTo(ours[0]!.timing.median / 50, 9);
  });

  test('is named where it is absent, with how to install it', async () => {
    const { stdout, code } = await bench('tiny.json', ...QUICK);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /PyTorch is absent: PYTHON=\/bin\/false does not have torch .*apt install python3-torch/,
    );
  });

  test.each([
    [
      'does not start',
      'echo "Traceback:" >&2; echo "ImportError: libfoo.so" >&2; exit 1',
      'ended with exit code 1; its last words: ImportError: libfoo.so',
    ],
    [
      'prints nonsense',
      'echo 1.9; while read line; do echo banana; done',
      'it said "banana" where a number was expected',
    ],
    [
      'ends in the middle',
      'echo 1.9; read line; echo 9; read line; echo killed >&2; exit 137',
      'ended with exit code 137; its last words: killed',
    ],
    ['hangs', 'echo 1.9; exec sleep 50', 'no answer within 1 s'],
  ])('is reported where it %s, and our figures are there', async (name, script, reason) => {
    const env = await fakePython(name.replaceAll(' ', '-'), script);
    const { ours, peers: others } = await peers(env, '--patience', '1');
    expect(ours[0]!.timing.runs).toBe(1);
    expect(others.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toMatchObject({ missing: 'failed', reason });
  });
});

describe('prediction', () => {
  test('onnxruntime-web finds the same, and others that do not are not timed', async () => {
    const wrong = await fakePython(
      'wrong',
      `echo 1.9; while read line; do echo "[$(yes 7, | head -n 29) 7]" | tr -d '\\n'; echo; done`,
    );
    const { result } = await figures<PredictionResult>(['prediction', 'tiny.json'], wrong);
    expect(result).toMatchObject({ part: 'prediction', recipe: 'tiny', rows: 1 });
    expect(result.parameterBytes).toBe(4 * (9216 * 3 + 3 + 3 * 30 + 30));
    const [onnx, torch] = result.peers;
    expect(onnx).toMatchObject({
      name: expect.stringMatching(/^onnxruntime-web \d/),
      timing: { runs: 1 },
    });
    expect(torch).toMatchObject({ missing: 'failed' });
    expect(JSON.stringify(torch)).toContain('its outputs differ from ours by up to');
    expect(result.ours[0]!.ratio).toBeGreaterThan(0);
  });
});

describe('reading', () => {
  test('time and memory, beside pandas where it reads the same', async () => {
    const wrong = await fakePython(
      'pandas',
      `echo '{"milliseconds": 1, "peakBytes": 1, "rows": 3, "pixelSum": 1, "labels": 1}'`,
    );
    const { result } = await figures<ReadingResult>(['reading', '--rows', '120'], wrong);
    expect(result).toMatchObject({ part: 'reading', rows: 120, ratio: null });
    const [own, pandas] = result.sides;
    expect(own).toMatchObject({ name: 'fiducial', timing: { runs: 1 } });
    expect(own!.peakBytes).toBeGreaterThan(120 * 9216);
    expect(pandas).toMatchObject({ name: 'pandas 9', reason: 'it found rows 3, we 120' });
  });
});

test('start-up: Node alone, the help, and the first step of a run', async () => {
  const { result } = await figures<StartupResult>(['startup']);
  expect(result.sides.map(({ name }) => name)).toEqual([
    'node -e 0',
    'fiducial --help',
    'fiducial fit net1 with 200 rows, to its first step',
  ]);
  const [node, help, first] = result.sides.map(({ timing }) => timing.median);
  expect(result.helpRatio).toBe(help! / node!);
  expect(first).toBeGreaterThan(0);
});

test('growth: memory is that of the rows and that of the batch', async () => {
  const { result } = await figures<GrowthResult>([
    ...['growth', '--rows', '200,400,600', '--batch', '8,16,32'],
  ]);
  const { engineBytes, batchBytes } = result.lines;
  // A picture and its labels; blocks begin on cache lines.
  expect(engineBytes!.slope).toBeCloseTo(9216 + 120, -1);
  expect(engineBytes!.residual).toBeLessThan(0.001);
  expect(batchBytes!.residual).toBeLessThan(0.01);
  expect(result.limit.rows * result.limit.bytesARow).toBeLessThan(2 ** 32);
  expect((result.limit.rows + 30_000) * result.limit.bytesARow).toBeGreaterThan(2 ** 32);
});

describe('what cannot be measured', () => {
  const nodeOptions = (options: string) => ({ ...NOBODY, NODE_OPTIONS: options });
  const isolated = nodeOptions(
    '--import=data:text/javascript,globalThis.crossOriginIsolated=false',
  );

  test('more threads than processors are allowed, and said to mean little', async () => {
    const { stdout, code } = await bench(
      'tiny.json',
      '--no-peers',
      '--turns',
      '1',
      '--threads',
      '64',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/64 threads on \d+ processors wait for each other/);
  });

  test('without shared memory, one thread', async () => {
    const args = ['bench', 'tiny.json', '--no-peers', '--turns', '1', '--threads', '2'];
    const { stdout, code } = await nodeWith(isolated, folder, MAIN, ...args);
    expect(code).toBe(0);
    expect(stdout).toContain('Memory cannot be shared here: one thread alone is measured.');
    expect(stdout).toContain('tiny, batch 8, 1 thread');
  });

  // What V8 needs for SIMD; other processors have no such switch.
  describe.skipIf(process.arch !== 'x64')('without SIMD', () => {
    const without = (...args: string[]) =>
      nodeWith(NOBODY, folder, '--no-enable-sse4-1', MAIN, 'bench', ...args, ...QUICK);

    test('reading and start-up are measured, the rest is named', async () => {
      const { stdout, code } = await without('reading', 'startup', 'step', '--rows', '5');
      expect(code).toBe(0);
      expect(stdout).toContain('WebAssembly has no SIMD here');
      expect(stdout).toContain('Not measured for that reason: step.');
      expect(stdout).toContain('fiducial --help');
      expect(stdout).not.toContain('fit net1');
    });

    test('where nothing is left, it says what works', async () => {
      const { stdout, stderr, code } = await without('step');
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('step: nothing of this can be measured here.');
      expect(stderr).toContain('fiducial bench reading startup');
    });
  });
});

describe('mistakes', () => {
  test.each([
    [['stepp'], 1, 'no part of the benchmark and no recipe "stepp"\nDid you mean "step"?'],
    [['missing.json'], 1, 'missing.json'],
    [['specialists'], 1, 'recipe of several nets'],
    [
      ['tiny.json', '--out', 'no/such/figures.json'],
      1,
      'no/such/figures.json: there is no folder no/such',
    ],
    [['tiny.json', '--out', 'tiny.json'], 1, 'tiny.json: this file exists already'],
    [['tiny.json', '--threads', '1,many'], 2, 'Expected a whole number from 1 to 64.'],
    [['tiny.json', '--build', 'fast'], 2, 'Expected plain, relaxed or both'],
  ])('%j', async (args, expectedCode, text) => {
    const { stdout, stderr, code } = await bench(...args);
    expect([code, stdout]).toEqual([expectedCode, '']);
    expect(stderr).toContain(text);
  });
});
