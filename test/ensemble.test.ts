import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { net1 } from '../recipes/net1.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { dense, flatten, relu } from '../src/nn/layers.ts';
import { readModel, readRecipe } from '../src/node/run-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import { measureRows } from '../src/predict/measure-rows.ts';
import { predictKeypoints } from '../src/predict/predict.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { trainingData } from '../src/train/training-data.ts';
import { fiducial } from './fiducial.ts';
import { largestDifference, runOnnx } from './onnx.ts';

const tiny: Recipe = {
  ...net1,
  name: 'tiny',
  layers: [flatten(), dense(8, { name: 'hidden' }), relu()],
  learningRate: 0.002,
  epochs: 3,
  batch: 16,
};
const NAMES = ['seed42', 'seed43'];

let folder: string;
let faces: Dataset;
const at = (...names: string[]): string => join(folder, ...names);
const run = (...args: string[]) => fiducial(folder, ...args);
const train = (out: string, ...args: string[]) =>
  run('fit', 'tiny.json', '--data', 'faces.csv.gz', '--out', out, ...args);
const models = (out: string) => Promise.all(NAMES.map((name) => readModel(at(out, name))));
const table = async (name: string) =>
  (await readFile(at(name), 'utf8')).trim().split('\n').slice(1).join(',').split(',').map(Number);

let told: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-ensemble-'));
  faces = synthesize({ rows: 60, seed: 5, missing: false });
  await writeTable(at('faces.csv.gz'), faces);
  await writeFile(at('tiny.json'), JSON.stringify(tiny));
  const { code, stderr, stdout } = await train('pair', '--seeds', '2');
  expect([code, stderr]).toEqual([0, '']);
  told = stdout;
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** The error of the mean of both nets in the rows that neither has learnt from. */
async function meanRmse(): Promise<number> {
  const { dataset, split } = trainingData(tiny, faces);
  return (await measureRows(await models('pair'), dataset, split.valid)).errors.rmse;
}

describe('fit', () => {
  test('trains the same net from seed to seed', async () => {
    const recipes = await Promise.all(NAMES.map((name) => readRecipe(at('pair', name))));
    expect(recipes.map(({ seed, split }) => [seed, split])).toEqual([
      [42, { ...tiny.split, seed: 42 }],
      [43, { ...tiny.split, seed: 42 }],
    ]);
    expect((await train('alone')).code).toBe(0);
    const [first, second] = await models('pair');
    expect(first!.parameters).toEqual((await readModel(at('alone'))).parameters);
    expect(second!.parameters).not.toEqual(first!.parameters);
  });

  test('says what the mean of them comes to', async () => {
    const rmse = (await meanRmse()).toFixed(3);
    expect(told).toContain(`The mean of what they find has ${rmse} pixels RMSE`);
    expect(told).toMatch(/^seed43 +48 +12 +\d +\d+\.\d{3}$/m);
  });

  test.skipIf(cpus().length < 2)('trains another net with the same bits, at once', async () => {
    const args = ['fit', 'pair', '--resume', '--seeds', '4', '--jobs', '2'];
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([0, '']);
    const trained = (await readdir(at('pair'))).filter((name) => name.startsWith('seed'));
    expect(trained.sort()).toEqual(['seed42', 'seed43', 'seed44', 'seed45']);
    // Back to two of them for what follows: the recipe says which belong to it.
    const file = at('pair', 'ensemble.json');
    const recipe = JSON.parse(await readFile(file, 'utf8'));
    expect(recipe.seeds).toBe(4);
    await writeFile(file, JSON.stringify({ ...recipe, seeds: 2 }));
  });

  test('trains compact where no recipe is named', async () => {
    const { code } = await run('fit', '--data', 'faces.csv.gz', '--epochs', '1');
    expect(code).toBe(0);
    expect(await readRecipe(at('runs', 'compact'))).toMatchObject({ name: 'compact', epochs: 1 });
  });

  test('takes a recipe file of that form', async () => {
    const pair = { name: 'two', about: 'Two.', base: { ...tiny, epochs: 1 }, seeds: 2 };
    await writeFile(at('two.json'), JSON.stringify(pair));
    const { code, stderr } = await run('fit', 'two.json', '--data', 'faces.csv.gz');
    expect([code, stderr]).toEqual([0, '']);
    expect((await readdir(at('runs', 'two'))).sort()).toEqual(['ensemble.json', ...NAMES]);
  });
});

describe('as one', () => {
  test('evaluate measures each and their mean', async () => {
    const { stdout } = await run('evaluate', 'pair', '--data', 'faces.csv.gz', '--json');
    const { parts, nets } = JSON.parse(stdout);
    const valid = parts.find(({ name }: { name: string }) => name === 'valid');
    expect(valid).toMatchObject({ rows: 12, count: 12 * 30 });
    expect(valid.rmse).toBeCloseTo(await meanRmse(), 4);
    expect(valid.perPoint).toHaveLength(15);
    expect(nets.map(({ name }: { name: string }) => name)).toEqual(NAMES);
    const text = (await run('evaluate', 'pair', '--data', 'faces.csv.gz')).stdout;
    expect(text.match(/^nose_tip /gm)).toHaveLength(1);
  });

  test('predict and submit give the mean', async () => {
    const mean = await predictKeypoints(await models('pair'), faces.images);
    const data = ['--data', 'faces.csv.gz', '--out', 'found.csv'];
    expect((await run('predict', 'pair', ...data)).code).toBe(0);
    expect(largestDifference(Float32Array.from(await table('found.csv')), mean)).toBeLessThan(1e-3);
    const nose = 2 * faces.schema.points.indexOf('nose_tip');
    await writeFile(at('ids.csv'), 'RowId,ImageId,FeatureName,Location\n1,1,nose_tip_x,\n');
    const asked = ['--test', 'faces.csv.gz', '--lookup', 'ids.csv', '--out', 'submission.csv'];
    expect((await run('submit', 'pair', ...asked)).code).toBe(0);
    expect((await table('submission.csv'))[1]).toBeCloseTo(mean[nose]!, 3);
  });

  test('export makes an ONNX file that gives the mean', async () => {
    expect((await run('export', 'pair', '--onnx', 'pair.onnx')).code).toBe(0);
    const values = Float32Array.from(faces.images);
    const [found] = await runOnnx(await readFile(at('pair.onnx')), [[values, [60, 1, 96, 96]]]);
    expect(found!.dims).toEqual([60, 15, 2]);
    const mean = await predictKeypoints(await models('pair'), faces.images);
    expect(largestDifference(found!.data, mean)).toBeLessThan(1e-3);
  });
});

describe('refused', () => {
  test.each<[string[], RegExp]>([
    [['tiny.json', '--seeds', '0'], /--seeds <count>.*0/],
    [['specialists', '--seeds', '2'], /^error: --seeds 2: specialists is a recipe of specialists/],
    [['pair', '--resume', '--seed', '7'], /^error: --seed 7: these nets have begun with 42/],
    [['pair', '--resume'], /^error: nothing is left to train: each net has had its epochs/],
    [['tiny.json', '--seeds', '2', '--set', 'seed42.epochs=2'], /--set seed42\.epochs=2: no key/],
    [['tiny.json', '--seeds', '2', '--set', 'learningRate=1e30'], /Begin again \(--force\)/],
  ])('fit %j', async (args, message) => {
    const { code, stderr } = await run('fit', ...args, '--data', 'faces.csv.gz');
    expect(stderr).toMatch(message);
    expect(code).toBeGreaterThan(0);
  });
});
