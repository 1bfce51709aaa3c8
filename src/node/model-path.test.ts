import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeSafetensors } from '../model/safetensors.ts';
import { isModelPath } from './model-path.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-model-path-'));
  const files: Record<string, string | Uint8Array> = {
    'run/recipe.json': '{}',
    'imported/model.safetensors': '',
    'team/ensemble.json': '{}',
    'photos/me.jpg': '',
    model: encodeSafetensors(new Map()),
    picture: 'JFIF and more',
    'run.JPG': '',
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['run', true],
  ['imported', true],
  ['team', true],
  ['photos', false],
  ['model', true],
  ['picture', false],
  ['run.JPG', false],
  // Nothing is there:
  ['runs/nett2', true],
  ['net2.safetensors', true],
  ['net2.onnx', true],
  ['you.png', false],
])('%s: %s', async (name, expected) => {
  expect(await isModelPath(join(folder, name))).toBe(expected);
});
