import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { net2 } from '../../recipes/net2.ts';
import { refusal } from '../../test/refusal.ts';
import { standardScaling } from '../data/scaling.ts';
import { keypointSchema } from '../data/schema.ts';
import type { Model } from '../model/model-file.ts';
import { initialise } from '../nn/initialise.ts';
import type { Checkpoint } from '../train/checkpoint.ts';
import { networkFor } from '../train/recipe.ts';
import { readNewestCheckpoint } from './checkpoints.ts';
import type { RunFacts } from './run-facts.ts';
import {
  hasModel,
  isRun,
  RunFolder,
  readHistory,
  readModel,
  readRecipe,
  readRunFacts,
} from './run-folder.ts';

const facts: RunFacts = {
  fiducial: '0.1.0',
  node: 'v20.19.0',
  platform: 'linux-x64',
  processor: 'a processor',
  build: 'plain',
  threads: 2,
  data: 'training.zip',
  rows: 7049,
  imagesCrc32: 123456789,
  started: '2026-01-01T00:00:00.000Z',
};
const record = { epoch: 1, trainLoss: 0.1, validLoss: 0.2, validRmse: 3, seconds: 0.5 };

const checkpoint: Checkpoint = {
  recipe: net1,
  build: 'plain',
  data: 'abc',
  epoch: 1,
  record,
  underway: { rowsDone: 0, lossSum: 0, lossCount: 0, seconds: 0 },
  stepsDone: 13,
  parameters: new Map([['output.bias', Float32Array.of(1, 2)]]),
  states: [],
  best: undefined,
};

function modelWith(seed: number): Model {
  const schema = keypointSchema(['left_eye', 'right_eye'], 6);
  const network = networkFor(net1, schema);
  return {
    network,
    schema,
    scaling: standardScaling(6),
    engine: 'plain',
    training: { recipe: 'net1', ...record },
    parameters: initialise(network, { seed }),
  };
}

let parent: string;
let path: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'fiducial-run-'));
  path = join(parent, 'runs', 'first');
});
afterEach(() => rm(parent, { recursive: true }));

describe('creating', () => {
  test('makes the folder and writes how and where the run is made', async () => {
    const folder = await RunFolder.create(path, net2, facts, false);
    expect(folder.path).toBe(path);
    expect((await readdir(path)).sort()).toEqual(['history.jsonl', 'recipe.json', 'run.json']);
    expect(await readHistory(path)).toEqual([]);
    expect(await hasModel(path)).toBe(false);
    expect(await readRecipe(path)).toEqual(net2);
    expect(await readRecipe(join(path, 'recipe.json'))).toEqual(net2);
    expect(await readRunFacts(path)).toEqual(facts);
  });

  test('takes an empty folder', async () => {
    await mkdir(path, { recursive: true });
    await RunFolder.create(path, net1, facts, false);
    expect(await readRecipe(path)).toEqual(net1);
  });

  test('refuses a run that is there, which stays as it is', async () => {
    const folder = await RunFolder.create(path, net1, facts, false);
    await folder.append(record);
    const refused = refusal(`${path}: there is a run already`);
    await expect(RunFolder.check(path, false)).rejects.toThrow(refused);
    await expect(RunFolder.create(path, net2, facts, false)).rejects.toThrow(refused);
    expect(await readRecipe(path)).toEqual(net1);
    expect((await readdir(path)).sort()).toEqual(['history.jsonl', 'recipe.json', 'run.json']);
  });

  test.each([false, true])('refuses a folder that is no run, force: %s', async (force) => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'thesis.txt'), 'years of work');
    await expect(RunFolder.create(path, net1, facts, force)).rejects.toThrow(
      refusal(`${path}: the folder is not empty and is no run of fiducial`),
    );
    expect(await readdir(path)).toEqual(['thesis.txt']);
  });

  test('refuses a file', async () => {
    path = join(parent, 'file');
    await writeFile(path, 'text');
    await expect(RunFolder.create(path, net1, facts, true)).rejects.toThrow(
      refusal(`${path}: a part of the path is a file, expected a folder`),
    );
    expect(await readFile(path, 'utf8')).toBe('text');
  });

  test('with force replaces a run, and leaves what a person put beside it', async () => {
    const first = await RunFolder.create(path, net1, facts, false);
    await first.append(record);
    await first.save(modelWith(1));
    await first.keep(checkpoint);
    await writeFile(join(path, 'notes.txt'), 'mine');
    await RunFolder.create(path, net2, { ...facts, threads: 1 }, true);
    expect((await readdir(path)).sort()).toEqual([
      'history.jsonl',
      'notes.txt',
      'recipe.json',
      'run.json',
    ]);
    expect(await readRecipe(path)).toEqual(net2);
    expect((await readRunFacts(path))!.threads).toBe(1);
    expect(await readHistory(path)).toEqual([]);
  });
});

test('a folder whose creation was cut short can be replaced, but is no run yet', async () => {
  await RunFolder.create(path, net1, facts, false);
  await rm(join(path, 'recipe.json'));
  expect(await isRun(path)).toBe(false);
  await expect(RunFolder.check(path, false)).rejects.toThrow(refusal(/there is a run already$/));
  await RunFolder.create(path, net2, facts, true);
  expect(await readRecipe(path)).toEqual(net2);
});

describe('going on', () => {
  const longer = { ...net1, epochs: 7000 };
  const again: RunFacts = {
    ...facts,
    resumed: [{ date: '2026-01-02T00:00:00.000Z', epoch: 2, threads: 1, command: 'fiducial fit' }],
  };
  const line = (epoch: number): string => `${JSON.stringify({ ...record, epoch })}\n`;
  const history = (): string => join(path, 'history.jsonl');
  beforeEach(async () => {
    await RunFolder.create(path, net1, facts, false);
    await writeFile(history(), line(1) + line(2) + line(3));
  });

  test('keeps what is there and takes the new recipe and facts', async () => {
    const folder = await RunFolder.resume(path, longer, again, 3);
    await folder.append({ ...record, epoch: 4 });
    await folder.keep(checkpoint);
    expect(await readFile(history(), 'utf8')).toBe(line(1) + line(2) + line(3) + line(4));
    expect(await readRecipe(path)).toEqual(longer);
    expect(await readRunFacts(path)).toEqual(again);
    expect((await readNewestCheckpoint(path)).checkpoint).toEqual(checkpoint);
  });

  test.each([0, 1, 2])(
    'cuts the history back to epoch %i, and a line that is half',
    async (last) => {
      await writeFile(history(), line(4).slice(0, -1), { flag: 'a' });
      await RunFolder.resume(path, net1, facts, last);
      expect(await readFile(history(), 'utf8')).toBe([1, 2].slice(0, last).map(line).join(''));
    },
  );

  test('keeps a loss that is no number', async () => {
    const none = `${JSON.stringify({ ...record, validLoss: null, validRmse: null })}\n`;
    await writeFile(history(), none);
    await RunFolder.resume(path, net1, facts, 1);
    expect(await readFile(history(), 'utf8')).toBe(none);
  });

  test('clears away what a killed process had not finished writing', async () => {
    await writeFile(join(path, '.1b4e28ba.fiducial.tmp'), 'half');
    await RunFolder.resume(path, net1, facts, 3);
    expect((await readdir(path)).sort()).toEqual(['history.jsonl', 'recipe.json', 'run.json']);
  });

  test.each([
    ['ends too soon', () => line(1) + line(2)],
    ['lost a line', () => line(1) + line(3) + line(4)],
  ])('is refused where the history %s', async (_, lines) => {
    await writeFile(history(), lines());
    await expect(RunFolder.resume(path, longer, again, 3)).rejects.toThrow(
      refusal(
        `${history()}: does not go from epoch 1 to epoch 3, the last of the checkpoint, line by line`,
      ),
    );
    expect(await readRecipe(path)).toEqual(net1);
    expect(await readFile(history(), 'utf8')).toBe(lines());
  });
});

describe('a run', () => {
  let folder: RunFolder;
  beforeEach(async () => {
    folder = await RunFolder.create(path, net1, facts, false);
  });

  test('gets one line of history for every epoch', async () => {
    const second = { ...record, epoch: 2 };
    await folder.append(record);
    await folder.append(second);
    const text = await readFile(join(path, 'history.jsonl'), 'utf8');
    expect(text).toBe(`${JSON.stringify(record)}\n${JSON.stringify(second)}\n`);
  });

  test('saves its model, and reads it from the folder or the file', async () => {
    await folder.save(modelWith(1));
    const file = await folder.save(modelWith(2));
    expect(await readModel(path)).toEqual(modelWith(2));
    expect(await readModel(file)).toEqual(modelWith(2));
    expect(await readRunFacts(file)).toBeUndefined();
    expect(await hasModel(path)).toBe(true);
    expect((await readdir(path)).sort()).toEqual([
      'history.jsonl',
      'model.safetensors',
      'recipe.json',
      'run.json',
    ]);
  });

  test('whose folder has vanished says so', async () => {
    await rm(path, { recursive: true });
    const missing = /first\/[a-z.]+: no such file or folder$/;
    await expect(folder.append(record)).rejects.toThrow(refusal(missing));
    await expect(folder.save(modelWith(1))).rejects.toThrow(refusal(missing));
    await expect(readModel(path)).rejects.toThrow(refusal(/first: no such file or folder$/));
  });

  test('without a model says so', async () => {
    await expect(readModel(path)).rejects.toThrow(
      refusal(`${path}: there is no model.safetensors in this folder`),
    );
  });

  test('is no ONNX file', async () => {
    await expect(readModel('net.onnx')).rejects.toThrow(
      refusal('net.onnx: is an ONNX file, expected a model of fiducial'),
    );
  });

  test('whose model is damaged is refused', async () => {
    const file = await folder.save(modelWith(1));
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, -1));
    await expect(readModel(path)).rejects.toThrow(refusal(/model\.safetensors: is damaged: /));
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(file, bytes);
    await expect(readModel(path)).rejects.toThrow(refusal(/model\.safetensors: is damaged: /));
  });

  test.each([
    ['', /^.*recipe\.json: is not JSON/],
    [JSON.stringify(net1).slice(0, -1), /recipe\.json: is not JSON/],
    [JSON.stringify({ ...net1, epochs: 'many' }), /recipe\.json, epochs: /],
    [JSON.stringify({ ...net1, unknown: 1 }), /recipe\.json: Unrecognized key: "unknown"$/],
  ])('whose recipe is damaged is refused: %#', async (text, message) => {
    await writeFile(join(path, 'recipe.json'), text);
    await expect(readRecipe(path)).rejects.toThrow(refusal(message));
  });

  test.each([
    ['{', /run\.json: is not JSON/],
    ['{}', /run\.json, fiducial: /],
  ])('whose facts are damaged is refused: %s', async (text, message) => {
    await writeFile(join(path, 'run.json'), text);
    await expect(readRunFacts(path)).rejects.toThrow(refusal(message));
  });
});
