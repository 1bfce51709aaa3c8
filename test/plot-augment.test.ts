import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fiducial } from './fiducial.ts';

let folder: string;
const plot = async (out: string, ...args: string[]) => {
  const { code, stderr } = await fiducial(folder, 'plot', 'augment', ...args, '--out', out);
  const svg = code === 0 ? await readFile(join(folder, out), 'utf8') : '';
  return { code, stderr, names: [...svg.matchAll(/font-weight="700"[^>]*>([^<]*)</g)], svg };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-augment-'));
  await fiducial(folder, 'synth', '--rows', '3', '--out', 'faces.csv');
});
afterAll(() => rm(folder, { recursive: true }));

test('every ingredient has a column, the first one shows the faces as they are', async () => {
  const { names, svg } = await plot('all.svg', 'faces.csv', '--rows', '1,3');
  expect(names.map(([, name]) => name)).toEqual([
    ...['faces.csv as training sees it', 'as it is', 'flip', 'rotation', 'shift', 'shear', 'scale'],
    ...['elastic', 'contrast', 'brightness', 'gamma', 'noise', 'cut-out', 'together'],
  ]);
  expect(svg.match(/<image /g)).toHaveLength(2 * 13);
  const again = await plot('again.svg', 'faces.csv', '--rows', '1,3', '--threads', '1');
  expect(again.svg).toBe(svg);
});

test('an augmentation as in a recipe has its own columns', async () => {
  const augmentation = '{"gamma_range":[0.5,2]}';
  const { names } = await plot(
    'one.svg',
    'faces.csv',
    '--row',
    '1',
    '--augmentation',
    augmentation,
  );
  expect(names.map(([, name]) => name).slice(1)).toEqual(['as it is', 'gamma']);
});

test('the augmentation of a recipe is shown by its name', async () => {
  const { names } = await plot('recipe.svg', 'faces.csv', '--row', '1', '--recipe', 'net3');
  expect(names.map(([, name]) => name).slice(1)).toEqual(['as it is', 'flip']);
  const both = await plot('no.svg', 'faces.csv', '--recipe', 'net3', '--augmentation', '{}');
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('one of the two')]);
});

test.each([
  ['{"noise_std":-1}', '--augmentation, noise_std: expected number to be >=0, not -1'],
  ['{"gamma":2}', '--augmentation: '],
  ['rotation', '--augmentation: is not JSON'],
])('%s is refused', async (augmentation, message) => {
  const { code, stderr } = await plot('no.svg', 'faces.csv', '--augmentation', augmentation);
  expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
});

test('a row that the table does not have is refused', async () => {
  const { code, stderr } = await plot('no.svg', 'faces.csv', '--rows', '4');
  expect([code, stderr]).toEqual([1, expect.stringContaining('there is no row 4')]);
});
