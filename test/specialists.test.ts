import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { net1 } from '../recipes/net1.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { allRows, narrowPoints } from '../src/data/select.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { dense, flatten, relu } from '../src/nn/layers.ts';
import { readHistory, readModel, readRecipe } from '../src/node/run-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import { keypointErrors } from '../src/predict/errors.ts';
import { predictKeypoints } from '../src/predict/predict.ts';
import type { Specialist, SpecialistsRecipe } from '../src/train/specialists.ts';
import { fiducial, MAIN } from './fiducial.ts';

const NAMES = ['eyes', 'nose', 'mouth'];
const one = (name: string, ...points: string[]): Specialist => ({ name, points, settings: [] });
/** Three small nets for five of the fifteen points. */
const tiny: SpecialistsRecipe = {
  name: 'tiny',
  about: 'Three small nets.',
  base: {
    ...net1,
    layers: [flatten(), dense(8, { name: 'hidden' }), relu()],
    learningRate: { type: 'linear', from: 0.003, to: 0.0001 },
    augmentation: { flip_half: true },
    batch: 16,
  },
  epochRows: { scratch: 800, pretrained: 400 },
  specialists: [
    one('eyes', 'right_eye_center', 'left_eye_center'),
    one('nose', 'nose_tip'),
    one('mouth', 'mouth_left_corner', 'mouth_right_corner'),
  ],
};

let folder: string;
let faces: Dataset;
const at = (...names: string[]): string => join(folder, ...names);
const run = (...args: string[]) => fiducial(folder, ...args);
const train = (recipe: string, out: string, ...args: string[]) =>
  run('fit', recipe, '--data', 'faces.csv.gz', '--out', out, ...args);
const asRecipe = (name: string, change: object = {}): Promise<void> =>
  writeFile(at(name), JSON.stringify({ ...tiny, ...change }));

/** Everything of a folder of specialists that must be the same to the bit. */
async function bitsOf(out: string): Promise<unknown> {
  return Promise.all(
    NAMES.map(async (name) => {
      const history = await readHistory(at(out, name));
      return {
        recipe: await readRecipe(at(out, name)),
        history: history.map(({ seconds: _, ...record }) => record),
        model: await readFile(at(out, name, 'model.safetensors')),
      };
    }),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-specialists-'));
  // Drawn labels are missing as in Kaggle's table: each specialist has rows of its own.
  faces = synthesize({ rows: 90, seed: 5 });
  await writeTable(at('faces.csv.gz'), faces);
  await asRecipe('tiny.json');
  const { code, stderr } = await train('tiny.json', 'whole');
  expect([code, stderr]).toEqual([0, '']);
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

describe('training', () => {
  test('gives each its own rows and the epochs that follow from them', async () => {
    const stored = JSON.parse(await readFile(at('whole', 'specialists.json'), 'utf8'));
    expect(stored).toEqual(tiny);
    for (const { name, points } of tiny.specialists) {
      const { labels } = narrowPoints(faces, points);
      const width = 2 * points.length;
      const rows = [...allRows(faces)].filter(
        (row) => !labels.subarray(row * width, (row + 1) * width).some(Number.isNaN),
      ).length;
      expect(await readRecipe(at('whole', name))).toMatchObject({
        name: `tiny/${name}`,
        points,
        epochs: Math.floor(800 / rows),
      });
      const { schema, training } = await readModel(at('whole', name));
      expect(schema.points).toEqual(points);
      expect(Number(training.trainRows) + Number(training.validRows)).toBe(rows);
    }
  });

  test.skipIf(cpus().length < 2)('comes to the same bits several at once', async () => {
    const { code, stdout, stderr } = await train('tiny.json', 'at-once', '--jobs', '2');
    expect([code, stderr]).toEqual([0, '']);
    for (const name of NAMES) {
      expect(stdout).toMatch(new RegExp(`^${name}: begins; \\d+ epochs, .* 1 thread$`, 'm'));
      expect(stdout).toMatch(new RegExp(`^${name}: finished after epoch \\d+; best is `, 'm'));
    }
    expect(await bitsOf('at-once')).toEqual(await bitsOf('whole'));
  });

  test('writes a card for each, which inspect shows', async () => {
    const said = ['--licence', 'MIT', '--epochs', '1'];
    expect((await train('tiny.json', 'licensed', ...said)).code).toBe(0);
    const { stdout } = await run('inspect', 'licensed', '--json');
    const cards = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).card);
    expect(cards.map(({ licence, provenance }) => [licence, provenance.recipe.name])).toEqual(
      NAMES.map((name) => ['MIT', `tiny/${name}`]),
    );
  });

  test('says which points of the table nobody learns', async () => {
    const { stdout } = await train('tiny.json', 'told', '--epochs', '1', '--json');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ event: 'nets', out: 'told' });
    expect(lines[0].unlearned).toHaveLength(10);
    expect(lines[0].unlearned).toContain('mouth_center_top_lip');
    expect(lines[0].unlearned).not.toContain('nose_tip');
    const epochs = lines.filter(({ event }) => event === 'epoch');
    expect(epochs.map(({ net, epoch }) => [net, epoch])).toEqual(NAMES.map((name) => [name, 1]));
    expect(lines.at(-1)).toMatchObject({ event: 'results', out: 'told' });
  });

  test('takes values for all and for one', async () => {
    const settings = ['--epochs', '2', '--set', 'nose.epochs=1', '--set', 'nose.patience=7'];
    expect((await train('tiny.json', 'set', ...settings)).code).toBe(0);
    const recipes = await Promise.all(NAMES.map((name) => readRecipe(at('set', name))));
    expect(recipes.map(({ epochs, patience }) => [epochs, patience])).toEqual([
      [2, null],
      [1, 7],
      [2, null],
    ]);
  });

  test('begins with the weights of another model, for fewer epochs', async () => {
    await writeFile(
      at('base.json'),
      JSON.stringify({
        ...tiny.base,
        epochs: 1,
        rows: 'all',
        loss: { type: 'maskedMeanSquaredError' },
      }),
    );
    expect((await train('base.json', 'base')).code).toBe(0);
    // Learning nothing shows what it began with.
    const still = ['--set', 'learningRate=0', '--set', 'rule=sgd'];
    expect((await train('tiny.json', 'pre', '--pretrain', 'base', ...still)).code).toBe(0);
    const base = await readModel(at('base'));
    for (const name of NAMES) {
      const { parameters, training } = await readModel(at('pre', name));
      expect(parameters.get('hidden.weight')).toEqual(base.parameters.get('hidden.weight'));
      expect(await readRecipe(at('pre', name))).toMatchObject({
        epochs: Math.floor(400 / (Number(training.trainRows) + Number(training.validRows))),
        pretrained: { recipe: 'net1', layers: 'hidden' },
      });
    }
  });

  test('goes on with the others where one diverges, and then says so', async () => {
    const { code, stderr } = await train(
      'tiny.json',
      'diverged',
      '--set',
      'nose.learningRate=1e30',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^nose: epoch \d+, batch \d+ of \d+: the training loss is \S+, .* training has diverged/,
    );
    expect(stderr).toMatch(/^error: not trained to the end: nose\n.*rm -r diverged[/\\]nose/m);
    expect((await readHistory(at('diverged', 'mouth'))).length).toBeGreaterThan(1);
    // As it is advised.
    await rm(at('diverged', 'nose'), { recursive: true });
    const again = ['--resume', '--set', 'nose.learningRate=0.001'];
    expect((await run('fit', 'diverged', ...again)).code).toBe(0);
    expect((await readRecipe(at('diverged', 'nose'))).learningRate).toBe(0.001);
  });
});

describe('going on', () => {
  test('after --until, as a whole and without its table', async () => {
    const { stdout } = await train('tiny.json', 'until', '--until', '3');
    expect(stdout.match(/^To go on: .*$/gm)).toEqual(['To go on: fiducial fit until --resume']);
    for (const name of NAMES) expect(await readHistory(at('until', name))).toHaveLength(3);
    const { code, stderr } = await run('fit', 'until', '--resume');
    expect([code, stderr]).toEqual([0, '']);
    expect(await bitsOf('until')).toEqual(await bitsOf('whole'));
  });

  test('after Ctrl-C and after a SIGKILL', async () => {
    // Long enough that the signals meet it while it runs.
    const args = ['--epochs', '60', '--json'];
    expect((await train('tiny.json', 'long', ...args)).code).toBe(0);
    let first = true;
    for (const signal of ['SIGINT', 'SIGKILL', 'SIGKILL'] as const) {
      const begin = ['fit', 'tiny.json', '--data', 'faces.csv.gz', '--out', 'ended', ...args];
      const command = first ? begin : ['fit', 'ended', '--resume', '--json'];
      first = false;
      const child = spawn(process.execPath, [MAIN, ...command], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      let seen = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        if (JSON.parse(line).event !== 'epoch' || ++seen < 45) continue;
        child.kill(signal);
        break;
      }
      child.stdout.resume();
      expect(await exit).toEqual(signal === 'SIGINT' ? [130, null] : [null, signal]);
    }
    expect((await run('fit', 'ended', '--resume')).code).toBe(0);
    expect(await bitsOf('ended')).toEqual(await bitsOf('long'));
  });

  test('where one has been trained further alone', async () => {
    await cp(at('whole'), at('further'), { recursive: true });
    const { epochs } = await readRecipe(at('whole', 'nose'));
    const args = ['fit', join('further', 'nose'), '--resume', '--epochs', '+2'];
    expect((await run(...args)).code).toBe(0);
    expect(await readHistory(at('further', 'nose'))).toHaveLength(epochs + 2);
    await rm(at('further', 'mouth'), { recursive: true });
    expect((await run('fit', 'further', '--resume')).code).toBe(0);
    expect(await readHistory(at('further', 'nose'))).toHaveLength(epochs + 2);
    const { parameters } = await readModel(at('further', 'mouth'));
    expect(parameters).toEqual((await readModel(at('whole', 'mouth'))).parameters);
  });

  test('with the weights that the folder has kept', async () => {
    await rm(at('pre', 'mouth'), { recursive: true });
    await rm(at('base'), { recursive: true });
    expect((await run('fit', 'pre', '--resume')).code).toBe(0);
    const hidden = async (name: string) =>
      (await readModel(at('pre', name))).parameters.get('hidden.weight');
    expect(await hidden('mouth')).toEqual(await hidden('eyes'));
  });
});

describe('together', () => {
  test('evaluate measures each on its own rows and counts every label alike', async () => {
    const { stdout } = await run('evaluate', 'whole', '--data', 'faces.csv.gz', '--json');
    const { parts, nets } = JSON.parse(stdout);
    expect(nets.map(({ name }: { name: string }) => name)).toEqual(NAMES);
    const valid = nets.map((run: { parts: { name: string }[] }) =>
      run.parts.find(({ name }) => name === 'valid'),
    ) as { rows: number; count: number; rmse: number }[];
    for (const [i, name] of NAMES.entries()) {
      const { training } = await readModel(at('whole', name));
      expect(valid[i]!.rows).toBe(training.validRows);
      expect(valid[i]!.rmse).toBeCloseTo(Number(training.validRmse), 3);
    }
    const squares = valid.reduce((sum, { rmse, count }) => sum + rmse ** 2 * count, 0);
    const count = valid.reduce((sum, part) => sum + part.count, 0);
    const joint = parts.find(({ name }: { name: string }) => name === 'valid');
    expect(joint.count).toBe(count);
    expect(joint.rmse).toBeCloseTo(Math.sqrt(squares / count), 9);
    expect(joint.perPoint.map(({ name }: { name: string }) => name)).toEqual(
      tiny.specialists.flatMap(({ points }) => points),
    );
  });

  test('evaluate of other faces takes all rows', async () => {
    const others = synthesize({ rows: 30, seed: 6 });
    await writeTable(at('others.csv'), others);
    const { stdout } = await run('evaluate', 'whole', '--data', 'others.csv', '--json');
    const [part, ...more] = JSON.parse(stdout).parts;
    expect(more).toEqual([]);
    let squares = 0;
    let count = 0;
    for (const { name, points } of tiny.specialists) {
      const own = narrowPoints(others, points);
      const found = await predictKeypoints(await readModel(at('whole', name)), others.images);
      const errors = keypointErrors(own, found, allRows(own));
      squares += errors.rmse ** 2 * errors.count;
      count += errors.count;
    }
    expect(part).toMatchObject({ name: 'all', rows: 30, count });
    expect(part.rmse).toBeCloseTo(Math.sqrt(squares / count), 3);
  });

  test('evaluate prints all three tables', async () => {
    const { stdout } = await run('evaluate', 'whole', '--data', 'faces.csv.gz');
    expect(stdout).toMatch(/^net +train rows +train \(px\) +valid rows +valid \(px\)$/m);
    expect(stdout).toMatch(/^mouth +\d+ +\d+\.\d{3} +\d+ +\d+\.\d{3}$/m);
    expect(stdout).toMatch(/^nose_tip +\d+\.\d{3} +\d+\.\d{3}$/m);
  });

  test('predict has a column for every point of every specialist', async () => {
    const { code } = await run('predict', 'whole', '--data', 'faces.csv.gz', '--out', 'p.csv');
    expect(code).toBe(0);
    const [header, first, ...rest] = (await readFile(at('p.csv'), 'utf8')).trim().split('\n');
    expect(header!.split(',').map((column) => column.replace(/_[xy]$/, ''))).toEqual(
      tiny.specialists.flatMap(({ points }) => points.flatMap((point) => [point, point])),
    );
    expect(rest).toHaveLength(89);
    const values = first!.split(',').map(Number);
    let column = 0;
    for (const { name, points } of tiny.specialists) {
      const found = await predictKeypoints(await readModel(at('whole', name)), faces.images);
      for (let i = 0; i < 2 * points.length; i++) {
        expect(values[column++]).toBeCloseTo(found[i]!, 3);
      }
    }
  });

  test('submit answers questions about points of different specialists', async () => {
    const lookup = 'RowId,ImageId,FeatureName,Location\n1,1,nose_tip_x,\n2,1,left_eye_center_y,\n';
    await writeFile(at('lookup.csv'), lookup);
    const args = ['--test', 'faces.csv.gz', '--lookup', 'lookup.csv', '--out', 's.csv'];
    expect((await run('submit', 'whole', ...args)).code).toBe(0);
    expect(await readFile(at('s.csv'), 'utf8')).toMatch(/^RowId,Location\n1,[\d.]+\n2,[\d.]+\n$/);
  });

  test('report writes that of each again', async () => {
    const pages = NAMES.map((name) => at('whole', name, 'report.html'));
    for (const page of pages) await rm(page);
    const { code, stdout } = await run('report', 'whole');
    expect([code, stdout]).toEqual([
      0,
      NAMES.map((name) => `${join('whole', name, 'report.html')}\n`).join(''),
    ]);
    for (const page of pages) expect(await readFile(page, 'utf8')).toMatch(/validation faces/);
  });

  test('plot curves draws them all', async () => {
    const args = ['plot', 'curves', '--specialists', 'whole', '--out', 'curves.svg'];
    expect((await run(...args)).code).toBe(0);
    const svg = await readFile(at('curves.svg'), 'utf8');
    for (const name of [...NAMES, 'mean']) expect(svg).toContain(name);
  });
});

describe('refused, with nothing written', () => {
  test.each<[string, string, RegExp]>([
    ['--jobs 9999', 'tiny.json', /^error: --jobs 9999: this machine has \d+ cores/],
    [
      '--threads 1 --jobs 2',
      'tiny.json',
      /^error: --jobs 2: (this machine has 1 cores|with --threads 1 there is not one)/,
    ],
    ['--points nose_tip', 'tiny.json', /^error: --points: specialists have points of their own/],
    ['--epochs +5', 'tiny.json', /^error: --epochs \+5: .*one by one\nFor example: fiducial fit /],
    [
      '--set nos.epochs=3',
      'tiny.json',
      /^error: --set nos\.epochs=3: .*"nos"\nDid you mean "nose"/,
    ],
    ['--set nose.epochs=0', 'tiny.json', /^error: faces\.csv\.gz: specialist nose: --set epochs=0/],
    ['--set split.fraction=0.999', 'tiny.json', /cannot be split/],
    [
      '--resume',
      'tiny.json',
      /^error: new: there are no specialists and no ensemble that could go on/,
    ],
    [
      '',
      'overlap.json',
      /^error: faces\.csv\.gz: the specialists eyes and other both learn left_eye_center/,
    ],
    ['', 'unknown.json', /^error: faces\.csv\.gz: specialist eyes: no keypoint "left_eye"/],
    [
      '',
      'keras8-transfer',
      /^error: recipe keras8-transfer\/eye_centers begins with the weights of a trained keras6, and no model is given/,
    ],
    [
      '--pretrain whole/nose',
      'wider.json',
      /layer hidden has \[8, 9216\].*the recipe needs \[9, 9216\]/,
    ],
  ])('%s %s', async (args, recipe, message) => {
    await asRecipe('overlap.json', {
      specialists: [...tiny.specialists, one('other', 'left_eye_center')],
    });
    await asRecipe('unknown.json', { specialists: [one('eyes', 'left_eye')] });
    await asRecipe('wider.json', {
      base: { ...tiny.base, layers: [flatten(), dense(9, { name: 'hidden' }), relu()] },
    });
    const { code, stderr } = await train(recipe, 'new', ...args.split(' ').filter(Boolean));
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(await readdir(folder)).not.toContain('new');
  });

  test('specialists that are there, without --force', async () => {
    const { code, stderr } = await train('tiny.json', 'whole');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: whole: there are trained nets already\n.*--resume/);
  });

  test('others in their place', async () => {
    const { stderr } = await train('keras8', 'whole', '--resume');
    expect(stderr).toMatch(/^error: whole: holds the nets of tiny, not of keras8/);
  });

  test('other values for those that have begun', async () => {
    const { code, stderr } = await run('fit', 'whole', '--resume', '--set', 'nose.batch=8');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: net nose: .*batch was 16 and is 8 now/);
    const { specialists } = JSON.parse(await readFile(at('whole', 'specialists.json'), 'utf8'));
    expect(specialists).toEqual(tiny.specialists);
  });

  test('to go on where all are finished', async () => {
    const { code, stderr } = await run('fit', 'whole', '--resume');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: nothing is left to train: .*\n.*--epochs \+100/);
  });

  test('to measure where one has no model', async () => {
    await cp(at('whole'), at('unfinished'), { recursive: true });
    await rm(at('unfinished', 'mouth'), { recursive: true });
    const { code, stderr } = await run('evaluate', 'unfinished', '--data', 'faces.csv.gz');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: unfinished: the net mouth has no model yet\n.*--resume/);
  });

  test('--jobs for one net', async () => {
    const { code, stderr } = await train('net1', 'new', '--jobs', '2');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: --jobs is for several nets/);
  });
});
