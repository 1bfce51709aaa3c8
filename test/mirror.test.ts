import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { net1 } from '../recipes/net1.ts';
import { keypointSchema } from '../src/data/schema.ts';
import { selectPoints } from '../src/data/select.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { dense, flatten, relu } from '../src/nn/layers.ts';
import { readModel } from '../src/node/run-folder.ts';
import { memberPath } from '../src/node/team-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { fiducial } from './fiducial.ts';

/** The two eyes and the nose, under names that do not tell which is left. */
const POINTS = ['thumb', 'finger', 'palm'];
const tiny: Recipe = {
  ...net1,
  name: 'tiny',
  layers: [flatten(), dense(6, { name: 'hidden' }), relu()],
  augmentation: { flip_half: true },
  epochs: 4,
  batch: 16,
};

let folder: string;
const run = (...args: string[]) => fiducial(folder, ...args);
const write = (name: string, text: string) => writeFile(join(folder, name), text);
const learn = (recipe: string, out: string, ...args: string[]) =>
  run('fit', recipe, '--data', 'hands.csv', '--out', out, '--threads', '1', ...args);
const pairsOf = async (out: string) => (await readModel(join(folder, out))).schema.mirrorPairs;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-mirror-'));
  const faces = synthesize({ rows: 40, seed: 1, side: 16, missing: false });
  const eyes = selectPoints(faces, ['left_eye_center', 'right_eye_center', 'nose_tip']);
  const hands = { ...eyes, schema: keypointSchema(POINTS, 16) };
  await writeTable(join(folder, 'hands.csv'), hands);
  await write('pairs.csv', 'Point,Mirror\nfinger,thumb\n');
  await write('wrong.csv', 'Point,Mirror\nthumb,fingr\n');
  await write('tiny.json', JSON.stringify(tiny));
});
afterAll(() => rm(folder, { recursive: true }));

describe('fit --mirror', () => {
  test('a run that goes on keeps its pairs, to the same bits', async () => {
    await learn('tiny.json', 'whole', '--mirror', 'pairs.csv');
    await learn('tiny.json', 'begun', '--mirror', 'pairs.csv', '--until', '2');
    expect(await run('fit', 'begun', '--resume')).toMatchObject({ code: 0 });
    const [whole, begun] = await Promise.all(
      ['whole', 'begun'].map((out) => readModel(join(folder, out))),
    );
    expect(begun!.schema.mirrorPairs).toEqual([[0, 1]]);
    expect(begun!.parameters).toEqual(whole!.parameters);
  });

  test('it does not go on with others', async () => {
    await learn('tiny.json', 'other', '--mirror', 'pairs.csv', '--until', '2');
    await write('others.csv', 'Point,Mirror\nfinger,palm\n');
    const { code, stderr } = await run('fit', 'other', '--resume', '--mirror', 'others.csv');
    expect([code, stderr]).toEqual([1, expect.stringContaining('mirrorPairs')]);
  });

  test('training says where no pair is known, and nothing where there is one', async () => {
    const words = 'Pictures are mirrored, and none of the 3 keypoints changes its name';
    const unpaired = await learn('tiny.json', 'unpaired');
    expect(unpaired.stdout + unpaired.stderr).toContain(words);
    const paired = await learn('tiny.json', 'paired', '--mirror', 'pairs.csv');
    expect(paired.stdout + paired.stderr).not.toContain(words);
  });

  test('specialists have the pairs that are their own', async () => {
    const one = (name: string, points: string[]) => ({ name, points, settings: [] });
    const specialists = [one('ends', ['thumb', 'finger']), one('middle', ['palm'])];
    const recipe = { name: 'two', about: '', base: tiny, epochRows: null, specialists };
    await write('two.json', JSON.stringify(recipe));
    expect(await learn('two.json', 'two', '--mirror', 'pairs.csv')).toMatchObject({ code: 0 });
    expect(await pairsOf(memberPath('two', 'ends'))).toEqual([[0, 1]]);
    expect(await pairsOf(memberPath('two', 'middle'))).toEqual([]);
  });

  test('an unknown point is refused before anything is written', async () => {
    const { code, stderr } = await learn('tiny.json', 'refused', '--mirror', 'wrong.csv');
    expect(code).toBe(1);
    expect(stderr).toContain('wrong.csv, row 1: no keypoint "fingr" in the table');
    expect(stderr).toContain('Did you mean "finger"?');
    await expect(readModel(join(folder, 'refused'))).rejects.toThrow();
  });
});

test('compare --mirror trains every variant with the pairs', async () => {
  const args = ['--data', 'hands.csv', '--vary', 'rule=sgd,adam', '--mirror', 'pairs.csv'];
  const { code } = await run('compare', 'tiny.json', ...args, '--runs', 'variants');
  expect(code).toBe(0);
  expect(await pairsOf('variants/adam')).toEqual([[0, 1]]);
});

test('plot flip --mirror names the points of the pair', async () => {
  const refused = await run('plot', 'flip', 'hands.csv', '--out', 'flip.svg');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--mirror')]);
  await run('plot', 'flip', 'hands.csv', '--mirror', 'pairs.csv', '--out', 'flip.svg');
  expect(await readFile(join(folder, 'flip.svg'), 'utf8')).toContain('L marks thumb');
});
