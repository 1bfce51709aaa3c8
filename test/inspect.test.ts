import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSafetensors } from '../src/model/safetensors.ts';
import { readHistory, readModel, readRunFacts } from '../src/node/run-folder.ts';
import { fiducial } from './fiducial.ts';

let folder: string;
const run = (...args: readonly string[]) => fiducial(folder, ...args);
const at = (...parts: readonly string[]): string => join(folder, ...parts);
const RECIPE = ['net1', '--set', 'layers.1.units=4', '--set', 'rows=all'];
const MASKED = ['--set', 'loss=maskedMeanSquaredError', '--epochs', '3', '--force'];
const train = (out: string, ...more: readonly string[]) =>
  run('fit', ...RECIPE, ...MASKED, '--data', 'faces.csv', '--out', out, ...more);
const modelBytes = (name: string) => readFile(at(name, 'model.safetensors'));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-inspect-'));
  await run('synth', '--rows', '60', '--out', 'faces.csv');
  await train('a', '--licence', 'CC BY 4.0', '--notes', 'Of drawn faces.', '--threads', '1');
});
afterAll(() => rm(folder, { recursive: true }));

describe('the card that fit writes', () => {
  test('says what it was trained on, how, and how far it is off', async () => {
    const { card } = await readModel(at('a'));
    const facts = (await readRunFacts(at('a')))!;
    const best = Math.min(...(await readHistory(at('a'))).map(({ validRmse }) => validRmse));
    expect(card).toMatchObject({
      licence: 'CC BY 4.0',
      notes: 'Of drawn faces.',
      provenance: {
        data: { name: 'faces.csv', rows: 60, imagesCrc32: facts.imagesCrc32 },
        split: { type: 'random', fraction: 0.2, train: 48, valid: 12 },
        recipe: { name: 'net1' },
        ...{ seed: 42, epochs: 3, build: facts.build, fiducial: facts.fiducial },
      },
    });
    const errors = card!.provenance!.errors!;
    expect(Math.abs(errors.rmse! / best - 1)).toBeLessThan(1e-5);
    const { stdout } = await run('evaluate', 'a', '--data', 'faces.csv', '--json');
    const valid = JSON.parse(stdout).parts.find((part: { name: string }) => part.name === 'valid');
    expect(errors).toMatchObject({ rmse: valid.rmse, meanFace: valid.meanFace });
    expect(errors.points.map(({ name, rmse, labels }) => [name, rmse, labels])).toEqual(
      valid.perPoint.map((point: { name: string; rmse: number | null; count: number }) => [
        point.name,
        point.rmse,
        point.count,
      ]),
    );
  });

  test('is the same to the byte for the same training, whenever, wherever and on how many threads', async () => {
    await cp(at('faces.csv'), at('elsewhere', 'faces.csv'));
    const said = ['--licence', 'CC BY 4.0', '--notes', 'Of drawn faces.'];
    await train('b', '--data', at('elsewhere', 'faces.csv'), ...said, '--threads', '2');
    expect(await modelBytes('b')).toEqual(await modelBytes('a'));
  });

  test('keeps the licence when the run goes on, unless another is said', async () => {
    await cp(at('a'), at('c'), { recursive: true });
    await run('fit', './c', '--resume', '--epochs', '+1');
    expect((await readModel(at('c'))).card).toMatchObject({
      licence: 'CC BY 4.0',
      provenance: { epochs: 4 },
    });
    await run('fit', './c', '--resume', '--epochs', '+1', '--licence', 'MIT');
    expect((await readModel(at('c'))).card).toMatchObject({
      licence: 'MIT',
      notes: 'Of drawn faces.',
    });
  });

  test('says so where nothing was validated', async () => {
    await train('d', '--set', 'split={"type":"last","fraction":0}');
    const { card } = await readModel(at('d'));
    expect(card).toMatchObject({ licence: 'not given', provenance: { errors: null, epoch: 3 } });
    const { stdout } = await run('inspect', 'd');
    expect(stdout).toContain('nothing was validated: all rows were trained on\n');
  });

  test('says so where the model was saved before training had ended', async () => {
    const wild = 'learningRate={"type":"step","from":0.01,"factor":1e30,"every":1}';
    const { code } = await train('wild', '--set', wild);
    expect(code).toBe(1);
    const { card } = await readModel(at('wild'));
    expect(card).toMatchObject({ provenance: { split: { valid: 12 }, epoch: 1, errors: null } });
    const { stdout } = await run('inspect', 'wild');
    expect(stdout).toContain('not measured yet: saved while training went on\n');
  });

  test('of the last epoch has the error of the last epoch', async () => {
    await train('e', '--set', 'keep=last', '--set', 'learningRate=12');
    const { provenance } = (await readModel(at('e'))).card!;
    const errors = (await readHistory(at('e'))).map(({ validRmse }) => validRmse);
    const validRmse = errors.at(-1)!;
    expect(validRmse).toBeGreaterThan(Math.min(...errors));
    expect(provenance!.epoch).toBe(3);
    expect(Math.abs(provenance!.errors!.rmse! / validRmse - 1)).toBeLessThan(1e-5);
  });
});

describe('inspect', () => {
  test('shows a model: card, layers, keypoints, size and checksum', async () => {
    const { code, stdout } = await run('inspect', 'a');
    expect(code).toBe(0);
    const bytes = (await modelBytes('a')).length.toLocaleString('en');
    expect(stdout).toContain(`${join('a', 'model.safetensors')}: a model of fiducial\n`);
    expect(stdout).toContain(`${bytes} bytes\n  numbers   float32\n  checksum  `);
    expect(stdout).toContain('96 x 96 pixels, grey');
    expect(stdout).toMatch(/^hidden +4 +4 +36868$/m);
    expect(stdout).toContain('  licence   CC BY 4.0\n');
    expect(stdout).toMatch(/^left_eye_center +right_eye_center +[\d.]+ +[\d.]+ +24$/m);
    expect((await run('inspect', 'a/model.safetensors')).stdout.split('\n').slice(1)).toEqual(
      stdout.split('\n').slice(1),
    );
  });

  test('as JSON has everything but the weights', async () => {
    const { stdout } = await run('inspect', 'a', '--json');
    const { network: _, parameters: __, meanPoints, ...model } = await readModel(at('a'));
    expect(JSON.parse(stdout)).toMatchObject({
      ...model,
      meanPoints: [...meanPoints!],
      dtypes: ['F32'],
      checksum: expect.stringMatching(/^[0-9a-f]{8}$/),
      layers: [{ name: 'input', shape: [1, 96, 96] }, { name: 'hidden' }, { name: 'output' }],
    });
  });

  test('shows the tensors and metadata of others', async () => {
    const tensors = new Map([
      ['fc.weight', { shape: [2, 3], values: new Float32Array(6), dtype: 'F16' as const }],
      ['fc.bias', { shape: [2], values: new Float32Array(2) }],
    ]);
    await writeFile(at('others.safetensors'), encodeSafetensors(tensors, { format: 'pt' }));
    const { code, stdout } = await run('inspect', 'others.safetensors');
    expect(code).toBe(0);
    expect(stdout).toContain('others.safetensors: a safetensors file\n');
    expect(stdout).toContain('  numbers   float16, float32\n');
    expect(stdout).toContain('Metadata\n  format  pt\n');
    expect(stdout).toMatch(/^fc\.weight +F16 +2 x 3 +6$/m);
    expect(stdout).toContain('2 tensors, 8 values\n');
    const json = JSON.parse((await run('inspect', 'others.safetensors', '--json')).stdout);
    expect(json.tensors).toEqual([
      { name: 'fc.weight', dtype: 'F16', shape: [2, 3] },
      { name: 'fc.bias', dtype: 'F32', shape: [2] },
    ]);
  });

  test('a terminal obeys nothing that stands in the file of others', async () => {
    const tensors = new Map([['a\u001b[2J', { shape: [1], values: new Float32Array(1) }]]);
    await writeFile(at('escape.safetensors'), encodeSafetensors(tensors, { by: '\u001b[31mme' }));
    const { stdout } = await run('inspect', 'escape.safetensors');
    expect(stdout).toContain('a\\x1b[2J ');
    expect(stdout).not.toContain('\u001b');
  });

  test('refuses what is no model, and says what it is', async () => {
    const refusedBy = async (path: string): Promise<string> => {
      const { code, stdout, stderr } = await run('inspect', path);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^error: .*\n[A-Z].*\.\n$/);
      return stderr.slice('error: '.length);
    };
    expect(await refusedBy('gone')).toContain('gone: no such file or folder');
    expect(await refusedBy('.')).toContain('.: there is no model.safetensors in this folder');
    expect(await refusedBy('faces.csv')).toContain('faces.csv: is not a safetensors file');
    for (const [name, content] of [
      ['empty.safetensors', ''],
      ['renamed.safetensors', '\x08\x07\x12\x08fiducial'],
    ] as const) {
      await writeFile(at(name), content);
      expect(await refusedBy(name)).toContain(`${name}: is not a safetensors file`);
    }
    expect(await refusedBy('model.onnx')).toContain(
      'model.onnx: is an ONNX file, expected a model',
    );
    const model = await modelBytes('a');
    await writeFile(at('cut.safetensors'), model.subarray(0, -1));
    expect(await refusedBy('cut.safetensors')).toContain('is damaged: its checksum is ');
    await writeFile(at('cut.safetensors'), model.subarray(0, 50));
    expect(await refusedBy('cut.safetensors')).toMatch(/: the header should have \d+ bytes, the/);
    await mkdir(at('f'));
    await mkdir(at('f', 'model.safetensors'));
    expect(await refusedBy('f')).toContain('is a folder, expected a file');
  });
});
