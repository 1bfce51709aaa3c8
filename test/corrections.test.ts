import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { readTable } from '../src/node/read-table.ts';
import { fiducial } from './fiducial.ts';

/** The rows that have every label, and are trained or validated on by `net1`. */
let complete: readonly number[];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-corrections-'));
  await run('synth', '--rows', '60', '--out', 'faces.csv.gz');
  const { labels, rows } = await readTable(join(folder, 'faces.csv.gz'));
  const all = Array.from({ length: rows }, (_, row) => row);
  complete = all.filter((row) => !labels.subarray(30 * row, 30 * row + 30).some(Number.isNaN));
  const out = complete[3]! + 1;
  await writeFile(
    join(folder, 'c.csv'),
    `Row,Point,x,y,Reason\n${out},*,missing,missing,a hat\n${complete[0]! + 1},nose_tip,48,60,\n`,
  );
  await writeFile(join(folder, 'moved.csv'), `Row,Point,x,y\n${out},nose_tip,10,10\n`);
  await run('fit', 'net1', ...DATA, '--epochs', '2', '--corrections', 'c.csv');
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const DATA = ['--data', 'faces.csv.gz'];
const run = (...args: string[]) => fiducial(folder, ...args);
const read = (name: string) => readFile(join(folder, name), 'utf8');
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);

describe('fit --corrections', () => {
  test('learns from what is left, and says what was corrected', async () => {
    const facts = JSON.parse(await read('runs/net1/run.json'));
    expect(facts.corrections).toEqual({ name: 'c.csv', count: 2, crc32: expect.any(Number) });
    expect(facts.trainRows + facts.validRows).toBe(complete.length - 1);
    expect(await read('runs/net1/corrections.csv')).toBe(await read('c.csv'));
    expect(await read('runs/net1/report.html')).toMatch(/2 lines of c\.csv, CRC-32 [\da-f]{8}/);
    const { stdout } = await run('inspect', 'runs/net1');
    expect(stdout).toMatch(/^ {2}labels +2 corrections, CRC-32 of the file [\da-f]{8}$/m);
    const { crc32 } = facts.corrections;
    const { card } = await json('inspect', 'runs/net1');
    expect(card.provenance.data.corrections).toEqual({ count: 2, crc32 });
  });

  test('the table itself stays as it was', async () => {
    const { labels } = await readTable(join(folder, 'faces.csv.gz'));
    expect(labels).toHaveLength(60 * 30);
    const drawn = synthesize({ rows: 60, seed: 42 }).labels;
    labels.forEach((label, i) => {
      if (!Number.isNaN(label)) expect(label).toBeCloseTo(drawn[i]!, 4);
    });
  });

  test('a run that goes on knows its corrections, and refuses others', async () => {
    await cp(join(folder, 'runs/net1'), join(folder, 'longer'), { recursive: true });
    const more = ['fit', 'longer', '--resume', '--epochs', '+1'];
    const refused = await run(...more, '--corrections', 'moved.csv');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('other data')]);
    const { code, stderr } = await run(...more);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(await read('longer/run.json')).corrections.count).toBe(2);
  });

  test('a new run in its place has none', async () => {
    await cp(join(folder, 'runs/net1'), join(folder, 'again'), { recursive: true });
    const { code } = await run(
      'fit',
      'net1',
      ...DATA,
      '--epochs',
      '1',
      '--out',
      'again',
      '--force',
    );
    expect(code).toBe(0);
    await expect(read('again/corrections.csv')).rejects.toThrow('ENOENT');
  });

  test('what does not fit the table is told before anything is written', async () => {
    await writeFile(join(folder, 'wrong.csv'), 'Row,Point,x,y\n1,nose_tp,48,60\n');
    const args = ['--corrections', 'wrong.csv', '--out', 'none'];
    const { code, stderr } = await run('fit', 'net1', ...DATA, ...args);
    expect(code).toBe(1);
    expect(stderr).toContain('wrong.csv, row 1, column Point: no keypoint "nose_tp" in the table');
    expect(stderr).toContain('Did you mean "nose_tip"?');
    await expect(read('none/run.json')).rejects.toThrow('ENOENT');
  });

  test('a run that goes on blames them, not its table', async () => {
    await writeFile(join(folder, 'bad.csv'), 'row,x\n1,48\n');
    const args = ['--resume', '--epochs', '+1', '--corrections', 'bad.csv'];
    const { code, stderr } = await run('fit', 'runs/net1', ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: bad\.csv: no column "Row"/);
    expect(stderr).not.toContain('the run was begun with that table');
  });
});

test('describe counts the labels that are left', async () => {
  const before = await json('describe', 'faces.csv.gz');
  const after = await json('describe', 'faces.csv.gz', '--corrections', 'c.csv');
  expect(after.completeRows).toBe(before.completeRows - 1);
});

describe('evaluate', () => {
  test('measures on corrected labels, on the rows that the run knows', async () => {
    const evaluate = ['evaluate', 'runs/net1', ...DATA];
    const { parts } = await json(...evaluate, '--corrections', 'runs/net1/corrections.csv');
    const { trainRows } = JSON.parse(await read('runs/net1/run.json'));
    expect(parts[0]).toMatchObject({ name: 'train', rows: trainRows });
  });

  test('refuses labels with which training rows would be taken for others', async () => {
    const { code, stderr } = await run('evaluate', 'runs/net1', ...DATA);
    expect(code).toBe(1);
    expect(stderr).toContain('not the same rows that are trained and validated on');
    expect(stderr).toContain(`--corrections ${join('runs/net1', 'corrections.csv')}`);
  });
});

test('variants learn from corrected labels', async () => {
  const settings = ['--epochs', '1', '--corrections', 'moved.csv'];
  await run('compare', 'net1', ...DATA, ...settings, '--vary', 'batch=16,32', '--runs', 'variants');
  const facts = JSON.parse(await read('variants/16/run.json'));
  expect(facts.corrections).toMatchObject({ name: 'moved.csv', count: 1 });
});
