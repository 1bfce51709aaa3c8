import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fiducial } from './fiducial.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-report-'));
  await run('synth', '--rows', '60', '--out', 'faces.csv.gz');
  await run('synth', '--rows', '30', '--seed', '9', '--out', 'others.csv.gz');
  await run(
    'fit',
    'net1',
    '--data',
    'faces.csv.gz',
    '--set',
    'rows=all',
    '--epochs',
    '2',
    ...MASKED,
  );
});
afterAll(() => rm(folder, { recursive: true }));

const MASKED = ['--set', 'loss=maskedMeanSquaredError'];
const run = (...args: string[]) => fiducial(folder, ...args);
const read = (name: string) => readFile(join(folder, name), 'utf8');

describe('report.html', () => {
  test('is written by fit, with command, result and faces', async () => {
    const html = await read('runs/net1/report.html');
    expect(html).toContain('fiducial fit net1 --data faces.csv.gz');
    expect(html).toMatch(/Best is epoch 2 of 2: .* pixels RMSE on 12 validation faces, where/);
    expect(html.match(/<g class="face"/g)).toHaveLength(2 * 12);
  });

  test('is the same to the last byte when written again', async () => {
    const before = await read('runs/net1/report.html');
    const { code, stdout } = await run('report', 'runs/net1');
    expect([code, stdout]).toEqual([0, `${join('runs/net1', 'report.html')}\n`]);
    expect(await read('runs/net1/report.html')).toBe(before);
  });

  test('refuses other pictures', async () => {
    const { code, stderr } = await run('report', 'runs/net1', '--data', 'others.csv.gz');
    expect(code).toBe(1);
    expect(stderr).toContain('others.csv.gz: these are not the pictures');
  });

  test('without its table has no faces, and says so', async () => {
    const path = join(folder, 'runs/net1/run.json');
    const facts = await readFile(path, 'utf8');
    await writeFile(path, facts.replace('"faces.csv.gz"', '"gone.csv.gz"'));
    const { code, stdout } = await run('report', 'runs/net1');
    await writeFile(path, facts);
    expect(code).toBe(0);
    expect(stdout).toContain('gone.csv.gz is not here');
    const html = await read('runs/net1/report.html');
    expect(html).not.toContain('<g class="face"');
    expect(html).toMatch(/Best is epoch 2 of 2: .* pixels RMSE on 12 validation faces\./);
  });

  test('tells of a run that diverged', async () => {
    const { code, stderr } = await run(
      ...['fit', 'net1', '--data', 'faces.csv.gz', '--set', 'rows=all', '--epochs', '2'],
      ...[...MASKED, '--set', 'learningRate=1e30', '--out', 'wild'],
    );
    expect(code).toBe(1);
    expect(stderr).toContain('diverged');
    expect(await read('wild/report.html')).toMatch(/Ended early: epoch 1: .* has diverged\./);
  });
});

describe('compare --with published', () => {
  test('prints the epochs in common and draws both curves', async () => {
    const { code, stdout } = await run('compare', 'runs/net1', '--with', 'published');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 +[\d.]+ +0\.105418 +[\d.]+ +0\.031085 /m);
    const svg = await read('runs/net1/compare.svg');
    expect(svg.match(/<g class="series">/g)).toHaveLength(4);
    expect(svg).toContain('Kaggle&apos;s own pictures');
  });

  test('refuses a recipe without a published curve', async () => {
    const set = ['--set', 'rows=all', '--epochs', '1', '--set', 'name=mine', '--out', 'mine'];
    await run('fit', 'net1', '--data', 'faces.csv.gz', ...set, ...MASKED);
    const { code, stderr } = await run('compare', 'mine', '--with', 'published');
    expect(code).toBe(1);
    expect(stderr).toContain('no published curve for mine');
  });
});
