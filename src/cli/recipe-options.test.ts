import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { net2 } from '../../recipes/net2.ts';
import { refusal } from '../../test/refusal.ts';
import { withSettings } from '../train/settings.ts';
import { chooseRecipe, settingsOf } from './recipe-options.ts';

describe('the recipe that is asked for', () => {
  const home = process.cwd();
  afterEach(() => process.chdir(home));

  test('may be that of a run beside, by the mere name of its folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fiducial-recipe-'));
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine', 'recipe.json'), JSON.stringify(net2));
    process.chdir(folder);
    expect(await chooseRecipe('mine', { set: [] })).toEqual(net2);
    process.chdir(home);
    await rm(folder, { recursive: true });
  });

  test('is not one of several nets: the net that they are like is named', async () => {
    const asked = chooseRecipe('keras8', { set: [] });
    await expect(asked).rejects.toEqual(
      refusal('keras8 is a recipe of several nets, and one net is asked for'),
    );
    await expect(asked).rejects.toMatchObject({ advice: expect.stringContaining('keras7') });
  });

  test.each(['training.zip', './faces.csv', 'FACES.csv.gz'])('is no table: %s', async (name) => {
    await expect(chooseRecipe(name, { set: [] })).rejects.toMatchObject({
      message: `${name}: is a table by its name, expected a recipe`,
      advice: expect.stringContaining(`--data ${name}`),
    });
  });

  test('has a name near that of specialists', async () => {
    await expect(chooseRecipe('specialist', { set: [] })).rejects.toMatchObject({
      advice: 'Did you mean "specialists"?',
    });
  });
});

test('an option with nothing in it, such as an empty variable of the shell, is not passed over', () => {
  expect(settingsOf(net2, { points: '', groups: '', set: [] })).toEqual(['points=', 'split=group']);
  expect(() => settingsOf(net2, { freeze: '', set: [] })).toThrow(refusal(/^--freeze : expected/));
});

const tuningOf = (freeze: string) =>
  withSettings(net2, settingsOf(net2, { freeze, set: [] })).tuning;

describe('--freeze', () => {
  test('names layers, for ever or until an epoch is over', () => {
    expect(tuningOf('conv1, conv2:20')).toEqual({
      conv1: { frozenUntil: 'end' },
      conv2: { frozenUntil: 20 },
    });
  });

  test.each(['conv1,', 'conv1:', 'conv1:x', ','])('%s is refused', (freeze) => {
    expect(() => tuningOf(freeze)).toThrow(refusal(/^--freeze .*: expected names of layers/));
  });
});
