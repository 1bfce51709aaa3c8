import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { net1 } from '../recipes/net1.ts';
import { crc32 } from '../src/crc32.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { dense, flatten, relu } from '../src/nn/layers.ts';
import { maskedMeanSquaredError } from '../src/nn/loss.ts';
import { readHistory, readModel, readRunFacts } from '../src/node/run-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import { Predictor } from '../src/predict/predictor.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { Training } from '../src/train/training.ts';
import { trainingData } from '../src/train/training-data.ts';
import { fiducial } from './fiducial.ts';

const tiny: Recipe = {
  ...net1,
  name: 'tiny',
  layers: [flatten(), dense(8, { name: 'hidden' }), relu()],
  loss: maskedMeanSquaredError(),
  rows: 'all',
  learningRate: 0.002,
  epochs: 4,
  batch: 16,
  augmentation: { rotation_range: 10 },
};
const TEACHERS = ['teachers/seed42', 'teachers/seed43'];

let folder: string;
let faces: Dataset;
const at = (...names: string[]): string => join(folder, ...names);
const run = (...args: string[]) => fiducial(folder, ...args);
const train = (out: string, ...args: string[]) =>
  run('fit', 'tiny.json', '--data', 'faces.csv.gz', '--reproducible', '--out', out, ...args);
const bits = async (out: string) => ({
  history: (await readHistory(at(out))).map(({ seconds: _, ...record }) => record),
  parameters: (await readModel(at(out))).parameters,
});

let told: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-distillation-'));
  faces = synthesize({ rows: 50, seed: 5 });
  await writeTable(at('faces.csv.gz'), faces);
  await writeFile(at('tiny.json'), JSON.stringify(tiny));
  expect((await train('teachers', '--seeds', '2')).code).toBe(0);
  const { code, stderr, stdout } = await train('pupil', '--teacher', 'teachers');
  expect([code, stderr]).toEqual([0, '']);
  told = stdout;
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

test('the pupil learns from the mean of what its teachers find', async () => {
  const models = await Promise.all(TEACHERS.map((path) => readModel(at(path))));
  const teacher = await Predictor.create(models, { build: 'plain' });
  const options = { build: 'plain', threads: 1, teacher } as const;
  const training = await Training.start(tiny, trainingData(tiny, faces), options);
  for await (const _ of training.epochs());
  const { parameters } = await training.model();
  await training.close();
  await teacher.close();
  expect((await readModel(at('pupil'))).parameters).toEqual(parameters);
  expect(told).not.toContain('validation rows:');
});

test('run and card say who they are', async () => {
  const teachers = await Promise.all(
    TEACHERS.map(async (path) => ({
      recipe: path.replace('teachers', 'tiny-ensemble'),
      crc32: crc32(await readFile(at(path, 'model.safetensors'))),
    })),
  );
  const paths = TEACHERS.map((path) => ({ path: join(...path.split('/')) }));
  expect((await readRunFacts(at('pupil')))!.teachers).toMatchObject(paths);
  expect((await readRunFacts(at('pupil')))!.teachers).toMatchObject(teachers);
  expect((await readModel(at('pupil'))).card!.provenance!.teachers).toEqual(teachers);
  const { stdout } = await run('inspect', 'pupil');
  expect(stdout).toMatch(/^ +teacher +tiny-ensemble\/seed43, CRC-32 of its file [\da-f]{8}$/m);
});

test('a pupil that goes on comes to the same bits', async () => {
  const args = ['--teacher', 'teachers', '--until', '2'];
  expect((await train('later', ...args)).code).toBe(0);
  const { code, stderr } = await run('fit', 'later', '--resume', '--reproducible');
  expect([code, stderr]).toEqual([0, '']);
  expect(await bits('later')).toEqual(await bits('pupil'));
});

test('what a teacher knows of the validation rows is told', async () => {
  expect((await train('other', '--seed', '1', '--epochs', '1')).code).toBe(0);
  const { stdout } = await train('warned', '--teacher', 'other', '--epochs', '1');
  expect(stdout).toMatch(
    /^The teacher other has learnt from [1-9] of the 10 validation rows: their error will be smaller/m,
  );
});

test('where it cannot be told what a teacher knows of them, that is said', async () => {
  const groups = ['Row,Group', ...Array.from({ length: 50 }, (_, row) => `${row + 1},${row % 9}`)];
  await writeFile(at('groups.csv'), groups.join('\n'));
  const teacher = ['--groups', 'groups.csv', '--epochs', '1'];
  expect((await train('grouped', ...teacher)).code).toBe(0);
  const { code, stdout } = await train('unsure', '--teacher', 'grouped', '--epochs', '1');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^The teacher grouped was split by/m)]);
});

test('several nets may have teachers', async () => {
  const card = ['--licence', 'CC0', '--notes', 'Drawn faces.'];
  const args = ['--seeds', '2', '--epochs', '1', '--teacher', 'teachers/seed42', ...card];
  expect((await train('pupils', ...args)).code).toBe(0);
  expect((await readRunFacts(at('pupils', 'seed43')))!.teachers).toHaveLength(1);
});

test('a net that begins where others go on has their teachers, licence and notes', async () => {
  const { code, stderr } = await run('fit', 'pupils', '--resume', '--reproducible', '--seeds', '3');
  expect([code, stderr]).toEqual([0, '']);
  const third = await readRunFacts(at('pupils', 'seed44'));
  expect(third!.teachers).toEqual((await readRunFacts(at('pupils', 'seed42')))!.teachers);
  expect((await readModel(at('pupils', 'seed44'))).card).toMatchObject({
    licence: 'CC0',
    notes: 'Drawn faces.',
  });
});

test('rows without any label are learnt from what the teachers find', async () => {
  await writeTable(at('bare.csv'), { ...faces, labels: faces.labels.map(() => Number.NaN) });
  const args = ['--data', 'bare.csv', '--set', 'split.fraction=0', '--epochs', '2'];
  const { code, stderr, stdout } = await train('unlabelled', '--teacher', 'teachers', ...args);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).not.toContain('no label at all');
  expect((await readHistory(at('unlabelled'))).at(-1)!.trainLoss).toBeGreaterThan(0);
  expect((await run('inspect', 'unlabelled')).code).toBe(0);
});

describe('refused', () => {
  test('a run that goes on with a teacher that has changed', async () => {
    await cp(at('teachers'), at('changing'), { recursive: true });
    const begun = ['--teacher', 'changing/seed42', '--until', '1'];
    expect((await train('begun', ...begun)).code).toBe(0);
    await cp(at('teachers', 'seed43'), at('changing', 'seed42'), { recursive: true });
    const { code, stderr } = await run('fit', 'begun', '--resume', '--reproducible');
    expect(stderr).toMatch(/^error: changing.seed42: not the 1 model from which the run has/);
    expect(code).toBe(1);
  });

  test.each([
    ['pupil', 'teachers/seed42', /^error: pupil: not the 2 models from which the run has learnt/],
    ['teachers/seed42', 'pupil', /^error: .*seed42: the run has learnt from its table alone/],
  ])('%s goes on with other teachers', async (path, teacher, message) => {
    const more = ['--resume', '--reproducible', '--epochs', '+1'];
    const { code, stderr } = await run('fit', path, ...more, '--teacher', teacher);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  test.each<[string[], RegExp]>([
    [['--teacher', 'nobody'], /^error: nobody: /],
    [['--teacher', 'teachers,'], /^error: --teacher "teachers,": expected names of runs/],
    [['--teacher', 'teachers', '--set', 'teacherWeight=2'], /teacherWeight: .*<=1/],
    [['--teacher', 'small'], /^error: .*\(small\): images of 96 x 96 pixels, but the model was/],
    [['--seeds', '2', '--teacher', 'small'], /^error: .*\(small\): images of 96 x 96 pixels/],
    [['--teacher', 'left', '--points', 'nose_tip'], /^error: the teachers find none of .*nose_tip/],
    [['--seeds', '2', '--teacher', 'nobody'], /^error: nobody: /],
    [
      ['--seeds', '2', '--teacher', 'left', '--points', 'nose_tip'],
      /^error: the teachers find none of .*nose_tip/,
    ],
  ])('fit %j', async (args, message) => {
    await writeTable(at('small.csv'), synthesize({ rows: 20, seed: 1, side: 24 }));
    await run('fit', 'tiny.json', '--data', 'small.csv', '--epochs', '1', '--out', 'small');
    if (args.includes('left')) await train('left', '--points', 'left_eye_center', '--epochs', '1');
    const { code, stderr } = await train('never', ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(existsSync(at('never'))).toBe(false);
  });
});
