import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { refusal } from '../../test/refusal.ts';
import { standardScaling } from '../data/scaling.ts';
import { keypointSchema } from '../data/schema.ts';
import type { Model } from '../model/model-file.ts';
import { initialise } from '../nn/initialise.ts';
import { networkFor } from '../train/recipe.ts';
import type { SpecialistsRecipe } from '../train/specialists.ts';
import {
  checkTeamFolder,
  createTeamFolder,
  isTeamFile,
  isTeamFolder,
  memberPath,
  pretrainedModel,
  readTeam,
  trainedRuns,
} from './team-folder.ts';

const face: SpecialistsRecipe = {
  name: 'face',
  about: 'Eyes and nose.',
  base: net1,
  epochRows: null,
  specialists: [
    { name: 'eyes', points: ['left_eye', 'right_eye'], settings: ['epochs=3'] },
    { name: 'nose', points: ['nose'], settings: [] },
  ],
};

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'fiducial-specialists-'));
  folder = join(parent, 'runs', 'face');
});
afterEach(() => rm(parent, { recursive: true }));

/** What is left of a run: all that is looked at here. */
async function fakeRun(path: string, ...files: readonly string[]): Promise<void> {
  await mkdir(path, { recursive: true });
  for (const file of ['recipe.json', ...files]) await writeFile(join(path, file), 'something');
}

describe('creating', () => {
  test('writes the recipe, which can be read from the folder and from the file', async () => {
    expect(await isTeamFolder(folder)).toBe(false);
    await createTeamFolder(folder, face, { force: false });
    expect(await isTeamFolder(folder)).toBe(true);
    expect(await readTeam(folder)).toEqual(face);
    const file = join(folder, 'specialists.json');
    expect(await readTeam(file)).toEqual(face);
    expect(await isTeamFile(file)).toBe(true);
    await writeFile(file, JSON.stringify(net1));
    expect(await isTeamFile(file)).toBe(false);
  });

  test('refuses a folder with something else in it, force or not', async () => {
    await fakeRun(folder);
    for (const force of [false, true]) {
      await expect(createTeamFolder(folder, face, { force })).rejects.toEqual(
        refusal(`${folder}: the folder is not empty and holds no specialists or ensemble`),
      );
    }
    expect(await readdir(folder)).toEqual(['recipe.json']);
  });

  test('keeps the model whose weights they begin with', async () => {
    const schema = keypointSchema(['nose'], 6);
    const network = networkFor(net1, schema);
    const pretrained: Model = {
      ...{ network, schema, scaling: standardScaling(6), engine: 'plain' },
      training: { recipe: 'net1' },
      parameters: initialise(network, { seed: 7 }),
    };
    await createTeamFolder(folder, face, { force: false, pretrained });
    expect(await pretrainedModel(folder)).toEqual(pretrained);
    await createTeamFolder(folder, face, { force: true });
    expect(await pretrainedModel(folder)).toBeUndefined();
  });

  test('replaces specialists with force alone, and then takes their runs away', async () => {
    await createTeamFolder(folder, face, { force: false });
    await fakeRun(memberPath(folder, 'eyes'), 'model.safetensors');
    await mkdir(join(folder, 'notes'));
    await writeFile(join(folder, 'notes', 'mine.txt'), 'precious');
    await expect(checkTeamFolder(folder, false)).rejects.toEqual(
      refusal(`${folder}: there are trained nets already`),
    );
    const other = { ...face, about: 'Others.' };
    await createTeamFolder(folder, other, { force: true });
    expect(await readTeam(folder)).toEqual(other);
    expect((await readdir(folder)).sort()).toEqual(['notes', 'specialists.json']);
    expect(await readFile(join(folder, 'notes', 'mine.txt'), 'utf8')).toBe('precious');
  });
});

describe('runs', () => {
  test('of a folder of specialists are theirs, in their order', async () => {
    await createTeamFolder(folder, face, { force: false });
    for (const name of ['nose', 'eyes']) {
      await fakeRun(memberPath(folder, name), 'model.safetensors');
    }
    expect(await trainedRuns(folder)).toEqual([
      { name: 'eyes', path: join(folder, 'eyes') },
      { name: 'nose', path: join(folder, 'nose') },
    ]);
  });

  test('of anything else are that path', async () => {
    const file = join(parent, 'model.safetensors');
    expect(await trainedRuns(file)).toEqual([{ name: file, path: file }]);
  });

  test('must be there', async () => {
    await createTeamFolder(folder, face, { force: false });
    await fakeRun(memberPath(folder, 'eyes'), 'model.safetensors');
    await fakeRun(memberPath(folder, 'nose'));
    await expect(trainedRuns(folder)).rejects.toEqual(
      refusal(`${folder}: the net nose has no model yet`),
    );
  });
});

test('a damaged recipe is refused with its place', async () => {
  await createTeamFolder(folder, face, { force: false });
  const file = join(folder, 'specialists.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"nose"', '"no se"'));
  await expect(readTeam(folder)).rejects.toEqual(
    refusal(/specialists\.json, specialists\[1\]\.name: expected a name of letters/),
  );
});
