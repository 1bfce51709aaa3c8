import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModel } from '../src/node/run-folder.ts';
import { fiducial } from './fiducial.ts';

let folder: string;
const run = (...args: string[]) => fiducial(folder, ...args);
const RESIZED = ['--set', 'layers.0.filters=4', '--set', 'layers.3.filters=4'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-channels-'));
  await run('synth', '--rows', '60', '--out', 'grey.csv');
  await run('synth', '--rows', '60', '--channels', '3', '--out', 'rgb.csv');
  for (const data of ['grey', 'rgb']) {
    await run('fit', 'start', '--data', `${data}.csv`, '--epochs', '1', '--out', data, ...RESIZED);
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('pictures in red, green and blue', () => {
  test('are described as such', async () => {
    expect((await run('describe', 'rgb.csv')).stdout).toContain('images of 96 x 96 pixels, RGB\n');
  });

  test('train a network that sees three channels, and are measured and predicted with it', async () => {
    const { network, schema } = await readModel(join(folder, 'rgb'));
    expect([network.input, schema.channels]).toEqual([[3, 96, 96], 3]);
    for (const command of [['evaluate'], ['predict', '--out', 'points.csv']]) {
      const { code, stderr } = await run(...command, 'rgb', '--data', 'rgb.csv');
      expect(code, stderr).toBe(0);
    }
  });

  test('are drawn in colour', async () => {
    const figures = [
      ['data', 'rgb.csv'],
      ['flip', 'rgb.csv'],
      ['augment', 'rgb.csv'],
      ['faces', 'rgb', '--data', 'rgb.csv', '--row', '1,2'],
      ['activations', 'rgb', '--data', 'rgb.csv'],
      ['weights', 'rgb'],
    ];
    for (const [what, ...args] of figures) {
      const { code, stderr } = await run('plot', what!, ...args, '--out', `${what}.svg`);
      expect(code, stderr).toBe(0);
    }
    for (const what of ['data', 'flip', 'augment', 'faces', 'activations']) {
      const svg = await readFile(join(folder, `${what}.svg`), 'utf8');
      const pictures = [...svg.matchAll(/base64,([^"]+)"/g)].map(([, png]) =>
        decode(Buffer.from(png!, 'base64')),
      );
      expect(pictures.some(({ channels }) => channels === 3)).toBe(true);
    }
  });

  test.each([
    ['grey', 'rgb', 'RGB images, but the model was trained on grey ones', '--channels 1'],
    ['rgb', 'grey', 'grey images, but the model was trained on RGB ones', '--channels 3'],
  ])('a model of %s images refuses %s ones', async (model, table, message, advice) => {
    const commands = [
      ['evaluate', model],
      ['predict', model, '--out', 'refused.csv'],
      ['plot', 'faces', model, '--out', 'refused.svg'],
      ['plot', 'activations', model, '--out', 'refused.svg'],
    ];
    for (const command of commands) {
      const { code, stderr } = await run(...command, '--data', `${table}.csv`);
      expect(code).toBe(1);
      expect(stderr).toContain(`${table}.csv: ${message}`);
      expect(stderr).toContain(advice);
    }
  });

  test('a net of grey images lends them no first layer, and both shapes are said', async () => {
    const args = ['--data', 'rgb.csv', '--pretrain', 'grey', '--out', 'lent', ...RESIZED];
    const { code, stderr } = await run('fit', 'start', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'conv1 has [4, 1, 3, 3] and [4], the recipe needs [4, 3, 3, 3] and [4]',
    );
  });
});
