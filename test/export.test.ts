import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { teamRecipes } from '../recipes/index.ts';
import { standardScaling } from '../src/data/scaling.ts';
import { keypointSchema } from '../src/data/schema.ts';
import { decodeModel } from '../src/model/decode-model.ts';
import { fromFloat16, toFloat16 } from '../src/model/float16.ts';
import { encodeModel, type Model } from '../src/model/model-file.ts';
import { initialise } from '../src/nn/initialise.ts';
import { conv2d, dense, flatten, relu } from '../src/nn/layers.ts';
import { network } from '../src/nn/network.ts';
import { predictKeypoints } from '../src/predict/predict.ts';
import { randomStream } from '../src/random.ts';
import { fiducial } from './fiducial.ts';
import { largestDifference, runOnnx } from './onnx.ts';

const SIDE = 8;

const modelOf = (points: readonly string[], seed: number, side = SIDE): Model => {
  const spec = network(
    [1, side, side],
    [...[conv2d(4, 3), relu(), flatten(), dense(2 * points.length)]],
  );
  return {
    network: spec,
    schema: keypointSchema(points, side),
    scaling: standardScaling(side),
    engine: 'plain',
    training: { recipe: 'small' },
    parameters: initialise(spec, { seed }),
  };
};
const face = modelOf(['left_eye', 'right_eye', 'nose'], 1);
const eyes = modelOf(['left_eye', 'right_eye'], 2);
const nose = modelOf(['nose'], 3);

const random = randomStream(1, 'pictures');
const pictures = Uint8Array.from({ length: 2 * SIDE ** 2 }, () => random.below(256));

let folder: string;
const run = (...args: string[]) => fiducial(folder, 'export', ...args);
const write = (name: string, data: string | Uint8Array) => writeFile(join(folder, name), data);
const read = (name: string) => readFile(join(folder, name));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-export-'));
  for (const [name, model] of Object.entries({ face, 'parts/eyes': eyes, 'parts/nose': nose })) {
    await mkdir(join(folder, name), { recursive: true });
    await write(`${name}/model.safetensors`, encodeModel(model));
  }
  const parts = [eyes, nose].map(({ schema: { points } }, i) => ({
    ...{ name: ['eyes', 'nose'][i]!, points, settings: [] },
  }));
  const recipe = { ...teamRecipes.keras8, name: 'parts', specialists: parts };
  await write('parts/specialists.json', JSON.stringify(recipe));
});
afterAll(() => rm(folder, { recursive: true }));

const shown = async (file: string): Promise<number[]> => {
  const values: [Float32Array, number[]] = [Float32Array.from(pictures), [2, 1, SIDE, SIDE]];
  const [found] = await runOnnx(await read(file), [values]);
  return [...found!.data];
};

describe('as ONNX', () => {
  test('a model finds in another runtime what it finds here', async () => {
    const { code, stdout, stderr } = await run('face', '--onnx', 'face.onnx');
    const size = (await read('face.onnx')).length.toLocaleString('en');
    expect([code, stdout, stderr]).toEqual([0, `face.onnx: ${size} bytes\n`, '']);
    const expected = await predictKeypoints(face, pictures, { build: 'plain', threads: 1 });
    expect(largestDifference(await shown('face.onnx'), expected)).toBeLessThan(1e-4);
  });

  test('scaled and as float16, if so asked', async () => {
    const args = ['--onnx', 'half.onnx', '--float16', '--output', 'scaled'];
    expect((await run('face', ...args)).code).toBe(0);
    const rounded = [...face.parameters].map(
      ([name, values]) => [name, fromFloat16(toFloat16(values))] as const,
    );
    const model = {
      ...{ ...face, parameters: new Map(rounded) },
      scaling: { ...face.scaling, labelScale: 1, labelOffset: 0 },
    };
    const expected = await predictKeypoints(model, pictures, { build: 'plain', threads: 1 });
    expect(largestDifference(await shown('half.onnx'), expected)).toBeLessThan(1e-5);
  });

  test('specialists become one file with the points of all', async () => {
    expect((await run('parts', '--onnx', 'parts.onnx')).code).toBe(0);
    const [first, second] = [
      await predictKeypoints(eyes, pictures, { build: 'plain', threads: 1 }),
      await predictKeypoints(nose, pictures, { build: 'plain', threads: 1 }),
    ];
    const expected = [
      ...[...first.subarray(0, 4), ...second.subarray(0, 2)],
      ...[...first.subarray(4), ...second.subarray(2)],
    ];
    expect(largestDifference(await shown('parts.onnx'), expected)).toBeLessThan(1e-4);
  });
});

test('as safetensors, with weights rounded to float16 and a licence on its card', async () => {
  const args = ['--safetensors', 'half.safetensors', '--float16', '--licence', 'CC BY 4.0'];
  expect((await run('face', ...args)).code).toBe(0);
  const { parameters, card } = decodeModel(await read('half.safetensors'), 'half');
  expect(card).toEqual({ licence: 'CC BY 4.0' });
  for (const [name, values] of face.parameters) {
    expect(parameters.get(name)).toEqual(fromFloat16(toFloat16(values)));
  }
});

describe('refused, with nothing left behind:', () => {
  beforeAll(async () => {
    await write('there.onnx', 'as it was');
    await mkdir(join(folder, 'folder.onnx'));
    await mkdir(join(folder, 'untrained'));
    await write('untrained/recipe.json', '{}');
    await mkdir(join(folder, 'photos'));
    const large = new Map(
      [...face.parameters].map(([name, values]) => [name, values.map(() => 7e4)]),
    );
    await write('large.safetensors', encodeModel({ ...face, parameters: large }));
  });

  const to = ['--onnx', 'model.onnx'];
  test.each<[what: string, args: string[], message: string, advice: RegExp]>([
    [
      'no format',
      ['face'],
      'nothing says in which format the model is wanted',
      /fiducial export face --onnx model\.onnx/,
    ],
    [
      'a folder',
      ['face', '--onnx', 'folder.onnx'],
      'folder.onnx: is a folder, expected a file',
      /name of a file/,
    ],
    [
      'a file that is there',
      ['face', '--onnx', 'there.onnx'],
      'there.onnx: this file exists already',
      /--force/,
    ],
    [
      'a folder that is not there',
      ['face', '--onnx', 'no/model.onnx'],
      'no/model.onnx: there is no folder no',
      /create the folder/,
    ],
    [
      'a run without a model',
      ['untrained', ...to],
      'untrained: there is no model.safetensors in this folder',
      /fiducial fit untrained --resume/,
    ],
    [
      'a folder that is no run',
      ['photos', ...to],
      'photos: there is no model.safetensors in this folder',
      /Give the folder of a run/,
    ],
    ['no such model', ['nothing', ...to], 'nothing: no such file or folder', /Check the name/],
    [
      'an ONNX file',
      ['there.onnx', ...to],
      'there.onnx: is an ONNX file, expected a model of fiducial',
      /from which it was exported/,
    ],
    [
      'several models in a safetensors file',
      ['parts', '--safetensors', 'parts.safetensors', ...to],
      'parts: holds 2 nets, and a safetensors file one model',
      /fiducial export parts\/eyes --safetensors eyes\.safetensors/,
    ],
    [
      'weights beyond float16',
      ['large.safetensors', '--float16', ...to],
      'model: the parameter conv1.weight has a value of 70000, and float16 ends at 65504',
      /float32/,
    ],
  ])('%s', async (_, args, message, advice) => {
    const before = await readdir(folder);
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([1, '']);
    const [first, second] = stderr.split('\n');
    expect(first).toBe(`error: ${message}`);
    expect(second).toMatch(advice);
    expect(await readdir(folder)).toEqual(before);
    expect(String(await read('there.onnx'))).toBe('as it was');
  });

  test('names of files that say another format', async () => {
    const { code, stderr } = await run('face', '--onnx', 'face.safetensors');
    expect(code).toBe(2);
    expect(stderr).toContain('Expected a name that ends in .onnx.');
  });
});
