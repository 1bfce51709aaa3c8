import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { net1 } from '../recipes/net1.ts';
import { parseCsv } from '../src/data/csv.ts';
import { allRows, selectRows } from '../src/data/select.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { dense, flatten, relu } from '../src/nn/layers.ts';
import { readModel } from '../src/node/run-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import { keypointErrors } from '../src/predict/errors.ts';
import { predictKeypoints } from '../src/predict/predict.ts';
import { selectionNote } from '../src/train/cross-validation.ts';
import { fiducial } from './fiducial.ts';

const tiny = {
  ...net1,
  name: 'tiny',
  layers: [flatten(), dense(8, { name: 'hidden' }), relu()],
  epochs: 3,
  batch: 16,
  rows: 'all',
  loss: { type: 'maskedMeanSquaredError' },
};
const faces = synthesize({ rows: 50, seed: 5 });
/** Rows of a person, in turn. */
const personOf = (row: number): number => row % 9;

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
const run = (...args: string[]) => fiducial(folder, ...args);
const validate = (out: string, ...args: string[]) =>
  run(
    ...['cross-validate', 'tiny.json', '--data', 'faces.csv.gz', '--groups', 'people.csv'],
    ...['--folds', '3', '--out', out, '--reproducible', ...args],
  );
const read = (...names: string[]): Promise<string> => readFile(at(...names), 'utf8');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-cross-validate-'));
  await writeTable(at('faces.csv.gz'), faces);
  await writeFile(at('tiny.json'), JSON.stringify(tiny));
  const lines = Array.from({ length: 50 }, (_, row) => `${row + 1},p${personOf(row)}\n`);
  await writeFile(at('people.csv'), `Row,Group\n${lines.join('')}`);
  await writeFile(at('others.csv'), `Row,Group\n${lines.slice(0, 40).join('')}`);
  const { code, stderr } = await validate('folds');
  expect([code, stderr]).toEqual([0, '']);
});
afterAll(() => rm(folder, { recursive: true }));

describe('each row is measured by the model that has not seen it', () => {
  test('as predictions of that model, in the order of the table', async () => {
    await run('split', 'faces.csv.gz', '--folds', '3', '--groups', 'people.csv', '--out', 'f.csv');
    const foldOf = parseCsv(await read('f.csv'), 'f.csv').rows.map(([, fold]) => Number(fold));
    const table = parseCsv(await read('folds', 'out-of-fold.csv'), 'out-of-fold.csv');
    expect(table.header.slice(0, 3)).toEqual(['Row', 'left_eye_center_x', 'left_eye_center_y']);
    expect(table.rows.map(([row]) => row)).toEqual([...allRows(faces)].map((row) => `${row + 1}`));
    const found = Float32Array.from(table.rows.flatMap(([, ...values]) => values.map(Number)));
    for (const fold of [1, 2, 3]) {
      const rows = allRows(faces).filter((row) => foldOf[row] === fold);
      const model = await readModel(at('folds', `fold${fold}`));
      const expected = await predictKeypoints(model, selectRows(faces, rows).images, {
        build: 'plain',
      });
      const own = Array.from(rows, (row) => [...found.subarray(30 * row, 30 * (row + 1))]);
      expect(own).toEqual(Array.from(rows, (_, i) => [...expected.subarray(30 * i, 30 * (i + 1))]));
    }
    const { results } = JSON.parse(await read('folds', 'cross-validation.json'));
    const { rmse, count } = keypointErrors(faces, found, allRows(faces));
    expect(results.pooled.rmse).toBeCloseTo(rmse, 4);
    expect(results.pooled.count).toBe(count);
    expect(results.pooled.normalised.by).toEqual(['left_eye_center', 'right_eye_center']);
    const perFold = results.folds as { rmse: number; count: number; rows: number }[];
    expect(perFold.reduce((sum, fold) => sum + fold.rows, 0)).toBe(50);
    const squares = perFold.reduce((sum, fold) => sum + fold.rmse ** 2 * fold.count, 0);
    expect(results.pooled.rmse).toBeCloseTo(Math.sqrt(squares / count), 9);
    expect(await read('folds', 'report.html')).toContain('RMSE of each fold');
  });

  test('and where epochs are chosen by these rows, that is told', async () => {
    const note = 'Each fold chooses its epoch by the rows held out';
    expect(await read('folds', 'report.html')).toContain(note);
    expect(selectionNote(net1)).toContain(note);
    expect(selectionNote({ ...net1, keep: 'last', patience: null })).toBeUndefined();
    expect(selectionNote({ ...net1, keep: 'last', patience: 5 })).toContain(note);
  });

  test('its table can be blended', async () => {
    const file = 'folds/out-of-fold.csv';
    const { code, stderr } = await run('blend', file, file, '--out', 'blended.csv');
    expect([code, stderr]).toEqual([0, '']);
    expect(await read('blended.csv')).toBe(await read(file));
  });
});

describe('a fold is a run', () => {
  test('that fit makes from its recipe, to the bit', async () => {
    const { code } = await run(
      ...['fit', 'folds/fold2/recipe.json', '--data', 'faces.csv.gz', '--groups', 'people.csv'],
      ...['--out', 'alone', '--reproducible', '--threads', '1'],
    );
    expect(code).toBe(0);
    const [alone, fold] = [await readModel(at('alone')), await readModel(at('folds', 'fold2'))];
    expect(alone.parameters).toEqual(fold.parameters);
  });

  test('that goes on, to the same bits', async () => {
    const early = await validate('ended', '--until', '1');
    expect(early.stdout).toContain('To go on: fiducial cross-validate ended --resume');
    const { code, stderr } = await run('cross-validate', 'ended', '--resume', '--reproducible');
    expect([code, stderr]).toEqual([0, '']);
    expect(await read('ended', 'out-of-fold.csv')).toBe(await read('folds', 'out-of-fold.csv'));
    const again = await run('cross-validate', 'ended', '--resume', '--json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout.trim().split('\n').at(-1)!)).toMatchObject({ event: 'results' });
  });
});

test('one that is finished is measured by its own recipe and table alone', async () => {
  await writeTable(at('others.csv.gz'), synthesize({ rows: 50, seed: 6 }));
  const before = await read('folds', 'out-of-fold.csv');
  for (const [args, message] of [
    [['folds', '--data', 'others.csv.gz'], /^error: net fold1: a run cannot go on with other data/],
    [['net1', '--out', 'folds'], /^error: folds: cross-validates tiny, not net1\n/],
  ] as const) {
    const { code, stderr } = await run('cross-validate', '--resume', ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  }
  expect(await read('folds', 'out-of-fold.csv')).toBe(before);
});

test('mistakes are told before anything is trained', async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await run(
      'cross-validate',
      'tiny.json',
      '--data',
      'faces.csv.gz',
      ...args,
    );
    expect(code).toBeGreaterThan(0);
    return stderr;
  };
  expect(await refused('--folds', '1')).toContain('Expected a whole number from 2');
  expect(await refused('--groups', 'people.csv', '--folds', '10', '--out', 'new')).toContain(
    '9 groups cannot be divided into 10 folds',
  );
  expect(await refused('--groups', 'others.csv', '--out', 'new')).toContain(
    'others.csv: row 41 of the table has no group',
  );
  expect(await refused('--out', 'folds')).toContain('folds: there is a cross-validation already');
  expect((await run('cross-validate', 'new', '--resume')).stderr).toContain(
    'there is no cross-validation that could go on',
  );
});
