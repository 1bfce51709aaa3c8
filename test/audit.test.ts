import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allRows } from '../src/data/select.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { writeTable } from '../src/node/write-table.ts';
import { fiducial } from './fiducial.ts';

describe('fiducial audit', () => {
  const faces = synthesize({ rows: 40, seed: 3 });
  const { points } = faces.schema;
  const nose = points.indexOf('nose_tip');
  const spoilt = { ...faces, labels: faces.labels.slice() };
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fiducial-audit-'));
    const at = 30 * 6 + 2 * nose;
    spoilt.labels.set([5, 90], at);
    await writeTable(join(folder, 'faces.csv'), spoilt);
    const columns = points.flatMap((point) => [`${point}_x`, `${point}_y`]);
    const drawn = synthesize({ rows: 40, seed: 3, missing: false }).labels;
    const lines = Array.from(allRows(faces), (row) =>
      [row + 1, ...drawn.subarray(30 * row, 30 * row + 30)].join(','),
    );
    const table = [['Row', ...columns].join(','), ...lines.reverse()];
    await writeFile(join(folder, 'out-of-fold.csv'), `${table.join('\n')}\n`);
    await writeFile(join(folder, 'short.csv'), `${columns}\n${lines[0]!.replace(/^\d+,/, '')}\n`);
  });
  afterAll(() => rm(folder, { recursive: true }));
  const run = (...args: string[]) => fiducial(folder, 'audit', '--data', 'faces.csv', ...args);
  const read = (name: string) => readFile(join(folder, name), 'utf8');

  test('tells the worst, and writes a page, a list and a proposal', async () => {
    const { code, stdout, stderr } = await run('--predictions', 'out-of-fold.csv');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^1 suspicious label in 1 of 40 rows; compared with out-of-fold\.csv\n/);
    expect(stdout).toMatch(/^7 +[\d.]+ +nose_tip +far from where it is predicted$/m);
    expect(stdout).toContain('fiducial fit --data faces.csv --corrections');
    const html = await read('audit/audit.html');
    // Once where it is given and once where it is predicted.
    expect(html.match(/<g class="suspect"/g)).toHaveLength(2);
    expect(html).toContain('px); proposed: missing<');
    expect(html).not.toMatch(/<script|https?:(?!\/\/www\.w3\.org)/);
    expect(await read('audit/suspects.csv')).toMatch(/^Row,.*\n7,nose_tip,far from where.*,5,90,/);
    expect(await read('audit/corrections.csv')).toMatch(/\n7,nose_tip,missing,missing,5,90,far /);
  });

  test('keeps what somebody may have edited', async () => {
    const { code, stderr } = await run();
    expect([code, stderr]).toEqual([1, expect.stringContaining('this file exists already')]);
  });

  test('with corrections looks at what is left, and keeps them in its proposal', async () => {
    const args = ['--predictions', 'out-of-fold.csv', '--corrections', 'audit/corrections.csv'];
    const { code, stdout } = await run(...args, '--out', 'again');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^0 suspicious labels in 0 of 40 rows/),
    ]);
    expect(await read('again/corrections.csv')).toBe(await read('audit/corrections.csv'));
  });

  test('where nothing is proposed, proposals of an older audit do not stay', async () => {
    await writeFile(join(folder, 'again', 'corrections.csv'), 'Row,Point,x,y\n');
    const args = ['--out', 'again', '--force'];
    const { code, stdout } = await run(...args);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\nNothing is proposed: write what/)]);
    expect(stdout).not.toContain('--corrections');
    expect((await readdir(join(folder, 'again'))).sort()).toEqual(['audit.html', 'suspects.csv']);
    expect(JSON.parse((await run(...args, '--json')).stdout)).toMatchObject({ proposal: null });
  });

  test('predictions of another table are refused, and nothing is written', async () => {
    const { code, stderr } = await run('--predictions', 'short.csv', '--out', 'none');
    expect([code, stderr]).toEqual([1, expect.stringContaining('1 rows, but the table has 40')]);
    expect(await readdir(folder)).not.toContain('none');
  });
});
