import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recipes } from '../recipes/index.ts';
import { standardScaling } from '../src/data/scaling.ts';
import { keypointSchema } from '../src/data/schema.ts';
import { decodeModel } from '../src/model/decode-model.ts';
import { encodeModel } from '../src/model/model-file.ts';
import { encodeSafetensors, type Tensor } from '../src/model/safetensors.ts';
import { initialise } from '../src/nn/initialise.ts';
import { parameterInfos } from '../src/nn/network.ts';
import { networkFor } from '../src/train/recipe.ts';
import { fiducial } from './fiducial.ts';

const SIDE = 8;
const POINTS = ['left_eye', 'right_eye'];
const schema = keypointSchema(POINTS, SIDE);
const spec = networkFor(recipes.net1, schema);
const parameters = initialise(spec, { seed: 1 });
const tensors = new Map<string, Tensor>(
  parameterInfos(spec).map(({ name, shape }) => [name, { shape, values: parameters.get(name)! }]),
);

let folder: string;
const run = (...args: string[]) => fiducial(folder, ...args);
const importing = (...args: string[]) =>
  run('import', 'torch.safetensors', '--recipe', 'net1', '--out', 'model.safetensors', ...args);
const write = (name: string, data: string | Uint8Array) => writeFile(join(folder, name), data);

const HEADER = 'left_eye_x,left_eye_y,right_eye_x,right_eye_y,Image\n';
const row = (seed: number) =>
  `2,3,6,${seed % 8},${Array.from({ length: SIDE ** 2 }, (_, i) => (i * seed) % 256).join(' ')}\n`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-import-'));
  await write('torch.safetensors', encodeSafetensors(tensors, { format: 'pt' }));
  await write('faces.csv', `${HEADER}${row(3)}${row(5)}`);
});
afterAll(() => rm(folder, { recursive: true }));

const imported = async () =>
  decodeModel(await readFile(join(folder, 'model.safetensors')), 'model.safetensors');

test('weights become a model for the points of a table, which can be measured', async () => {
  const { code, stdout, stderr } = await importing('--schema', 'faces.csv');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe('model.safetensors: net1 for 2 keypoints, 6,904 parameters\n');
  const model = await imported();
  expect(model).toMatchObject({
    schema,
    scaling: standardScaling(SIDE),
    training: { recipe: 'net1', importedFrom: 'torch.safetensors' },
  });
  expect(model.parameters).toEqual(new Map(parameters));
  const measured = await run('evaluate', 'model.safetensors', '--data', 'faces.csv', '--json');
  expect([measured.code, measured.stderr]).toEqual([0, '']);
});

test('points may come from a model or be named, and the scaling from the map', async () => {
  const own = { network: spec, schema, scaling: standardScaling(SIDE), engine: 'plain' } as const;
  await write('other.safetensors', encodeModel({ ...own, training: {}, parameters }));
  const first = await importing('--schema', 'other.safetensors', '--force');
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect((await imported()).schema).toEqual(schema);
  await write('map.json', '{"scaling": {"imageDivisor": 1, "labelScale": 8, "labelOffset": 0}}');
  const second = await importing(
    ...['--points', POINTS.join(','), '--side', `${SIDE}`, '--map', 'map.json', '--force'],
  );
  expect([second.code, second.stderr]).toEqual([0, '']);
  const { scaling, ...rest } = await imported();
  expect(rest.schema).toEqual(schema);
  expect(scaling).toEqual({ imageDivisor: 1, labelScale: 8, labelOffset: 0 });
});

describe('refused, with nothing left behind:', () => {
  const named = ['--points', POINTS.join(','), '--side', `${SIDE}`];
  beforeAll(async () => {
    await rm(join(folder, 'model.safetensors'), { force: true });
    await write('typo.json', '{"tensors": {"dense1.weight": {"nam": "fc"}}}');
    await write('layout.json', '{"layout": "tensorflow"}');
    await write('broken.json', '{"layout": ');
    await write('means.json', '{"scaling": {"standardisation": {"samplewiseCenter": true}}}');
  });

  test.each<[what: string, args: string[], message: string | RegExp, exitCode?: number]>([
    ['no points', [], 'nothing says which points the network finds'],
    [
      'other points than those of the outputs',
      ['--points', 'nose', '--side', `${SIDE}`],
      /^torch\.safetensors: tensor "output\.weight" has shape \[4, 100\], but output\.weight needs \[2, 100\]/,
    ],
    ['a point twice', ['--points', 'nose,nose'], 'the keypoint "nose" is given twice'],
    [
      'a point that the table does not have',
      ['--schema', 'faces.csv', '--points', 'left_eie,right_eye'],
      'no keypoint "left_eie" in the table',
    ],
    [
      'pictures of another size',
      ['--points', POINTS.join(',')],
      /"hidden1\.weight"|"dense1\.weight"|has shape \[100, 64\], but .* needs \[100, 9216\]/,
    ],
    [
      'pictures that are too small for the layers',
      ['--recipe', 'net2', ...named],
      /^recipe net2, pictures of 8 x 8 pixels: layer \d+ \(\w+\): /,
    ],
    ['a map that is no JSON', [...named, '--map', 'broken.json'], /^broken\.json: is not JSON/],
    [
      'a map with a mistyped key',
      [...named, '--map', 'typo.json'],
      /^typo\.json, tensors\.dense1\.weight/,
    ],
    [
      'a layout that is not known',
      [...named, '--map', 'layout.json'],
      /^layout\.json, layout: expected .*not "tensorflow"$/,
    ],
    ['half a standardisation', [...named, '--map', 'means.json'], /^means\.json, scaling\.stand/],
    ['no such map', [...named, '--map', 'no.json'], 'no.json: no such file or folder'],
    [
      'a size beside that of the table',
      ['--schema', 'faces.csv', '--side', `${SIDE}`],
      "option '--schema <file>' cannot be used with option '--side <pixels>'",
      2,
    ],
  ])('%s', async (_, args, message, exitCode = 1) => {
    const before = await readdir(folder);
    const { code, stdout, stderr } = await importing(...args);
    expect([code, stdout]).toEqual([exitCode, '']);
    const found = stderr.split('\n')[0]!.replace('error: ', '');
    if (typeof message === 'string') expect(found).toBe(message);
    else expect(found).toMatch(message);
    expect(await readdir(folder)).toEqual(before);
  });
});
