import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recipes } from '../recipes/index.ts';
import { dense, flatten, relu } from '../src/nn/layers.ts';
import { fiducial } from './fiducial.ts';

let folder: string;
const run = (...args: string[]) => fiducial(folder, ...args);
const good = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};
const lines = async (name: string) =>
  (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-conventions-'));
  const tiny = { ...recipes.start, name: 'tiny', layers: [flatten(), dense(6), relu()], epochs: 2 };
  await writeFile(join(folder, 'tiny.json'), JSON.stringify({ ...tiny, conventions: 'auto' }));
  await good('synth', '--rows', '150', '--conventions', '2', '--out', 'two.csv');
  await good('synth', '--rows', '150', '--out', 'one.csv');
  const asked = ['--out', 'test.csv', '--lookup', 'lookup.csv'];
  await good('synth', '--rows', '20', '--seed', '3', '--conventions', '2', ...asked);
});
afterAll(() => rm(folder, { recursive: true }));

test('describe tells whether there are two', async () => {
  expect(await good('describe', 'two.csv')).toContain('  they are marked by two conventions');
  expect(await good('describe', 'one.csv')).toContain('  they are marked alike');
  const { conventions } = JSON.parse(await good('describe', 'two.csv', '--json'));
  expect(conventions.points).toHaveLength(4);
  expect(conventions.differ).toBe(true);
});

test('a net learns both, is measured by both, and submits what is asked for', async () => {
  const fit = ['fit', 'tiny.json', '--data', 'two.csv', '--threads', '1', '--until', '1'];
  expect(await good(...fit, '--out', 'both')).toContain(
    'Two conventions are learnt: rows with nothing but left_eye_center, right_eye_center, nose_tip, mouth_center_bottom_lip have these as points of their own.',
  );
  await good('fit', 'both', '--resume');
  expect(await good('evaluate', 'both', '--data', 'two.csv')).toMatch(/\nnose_tip_few +\d/);
  expect(await good('evaluate', 'both', '--data', 'one.csv')).toMatch(/\nnose_tip_few +\d/);
  await good('plot', 'faces', 'both', '--data', 'two.csv', '--worst', '--out', 'faces.svg');
  await good('plot', 'errors', 'both', '--data', 'two.csv', '--out', 'errors.svg');

  await good('predict', 'both', '--data', 'test.csv', '--out', 'many.csv');
  await good('predict', 'both', '--data', 'test.csv', '--convention', 'few', '--out', 'few.csv');
  const test = ['--test', 'test.csv', '--lookup', 'lookup.csv'];
  await good('submit', 'both', ...test, '--out', 'submission.csv');
  await good('score', 'submission.csv', '--labels', 'lookup.csv');
  const [many, few] = [await lines('many.csv'), await lines('few.csv')];
  const columns = many[0]!.split(',');
  expect(columns).toHaveLength(30);
  expect(few[0]).toBe(many[0]);
  const questions = (await lines('lookup.csv')).slice(1).map((line) => line.split(','));
  const answers = (await lines('submission.csv')).slice(1).map((line) => line.split(','));
  let answeredByFew = 0;
  questions.forEach(([rowId, image, feature], i) => {
    const isFew = questions.filter((question) => question[1] === image).length === 8;
    const predicted = (isFew ? few : many)[Number(image)]!.split(',')[columns.indexOf(feature!)];
    const clipped = Math.min(Math.max(Number(predicted), 0), 96);
    expect(answers[i]).toEqual([rowId, String(clipped)]);
    if (isFew) answeredByFew++;
  });
  expect(answeredByFew).toBeGreaterThan(0);
  expect(answeredByFew).toBeLessThan(questions.length);
});

test('a cross-validation and an audit take each row by its own convention', async () => {
  const folds = ['--folds', '2', '--epochs', '1', '--threads', '1'];
  await good('cross-validate', 'tiny.json', '--data', 'two.csv', ...folds, '--out', 'folds');
  const [header, ...rows] = await lines(join('folds', 'out-of-fold.csv'));
  expect(header).not.toContain('_few');
  expect(rows).toHaveLength(150);

  // A wrong label in a row of either convention.
  const table = (await lines('two.csv')).map((line) => line.split(','));
  const nose = table[0]!.indexOf('nose_tip_x');
  const labels = (row: readonly string[]) =>
    row.slice(0, 30).filter((field) => field !== '').length;
  const spoilt = { many: 0, few: 0 };
  spoilt.many = table.findIndex((row, i) => i > 0 && labels(row) === 30);
  spoilt.few = table.findIndex((row) => labels(row) === 8);
  for (const row of Object.values(spoilt)) table[row]!.splice(nose, 2, '1', '1');
  await writeFile(join(folder, 'spoilt.csv'), table.map((row) => `${row}\n`).join(''));
  await good('audit', '--data', 'spoilt.csv', '--model', 'both', '--out', 'audit');
  const suspects = await lines(join('audit', 'suspects.csv'));
  for (const [convention, row] of Object.entries(spoilt)) {
    const args = ['--convention', convention, '--out', `by-${convention}.csv`];
    await good('predict', 'both', '--data', 'two.csv', ...args);
    const [columns, ...found] = (await lines(`by-${convention}.csv`)).map((line) =>
      line.split(','),
    );
    const x = Number(found[row - 1]![columns!.indexOf('nose_tip_x')]);
    const suspect = suspects.find((line) => line.startsWith(`${row},nose_tip,`))!;
    expect(Number(suspect.split(',').at(-2))).toBeCloseTo(x, 1);
  }
});

test('where all rows are marked alike, one convention is learnt and asked for', async () => {
  const fit = ['fit', 'tiny.json', '--data', 'one.csv', '--threads', '1', '--out', 'alike'];
  expect(await good(...fit)).toContain('One convention is learnt: no rows with few labels are');
  const few = ['--convention', 'few', '--out', 'alike.csv'];
  expect(await run('predict', 'alike', '--data', 'test.csv', ...few)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('but the model knows one convention'),
  });
  expect(await run('predict', 'alike', '--data', 'test.csv', '--convention', 'new')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Allowed choices are many, few'),
  });
});
