import { describe, expect, test } from 'vitest';
import { accurate } from '../../recipes/accurate.ts';
import { net2 } from '../../recipes/net2.ts';
import { net8 } from '../../recipes/net8.ts';
import { specialists } from '../../recipes/specialists.ts';
import { refusal } from '../../test/refusal.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { parseJson } from '../json.ts';
import { ensembleOf } from './ensemble.ts';
import { isEnsemble, memberNames, unlearnedPoints } from './team.ts';
import { recipesFor, withTeamSettings } from './team-recipes.ts';
import { ensembleSchema } from './team-schema.ts';
import { trainingData } from './training-data.ts';

const faces = synthesize({ rows: 40, seed: 1, missing: false });
const three = ensembleOf({ ...net2, seed: 5 }, 3);

test('its nets differ in name and seed alone', () => {
  expect(memberNames(three)).toEqual(['seed5', 'seed6', 'seed7']);
  const recipes = recipesFor(three, faces);
  expect(recipes.map(({ seed }) => seed)).toEqual([5, 6, 7]);
  expect(recipes.map(({ name }) => name)).toEqual(
    memberNames(three).map((name) => `net2-ensemble/${name}`),
  );
  const split = { ...net2.split, seed: 5 };
  for (const { name, about, seed, ...recipe } of recipes) {
    expect({ ...three.base, split }).toMatchObject(recipe);
  }
});

describe('its nets are validated on the same rows', () => {
  test.each([
    ['at random', { type: 'random', fraction: 0.25 }],
    ['at random by a seed of its own', { type: 'random', fraction: 0.25, seed: 9 }],
    ['the last', { type: 'last', fraction: 0.25 }],
  ] as const)('%s', (_, split) => {
    const [first, ...others] = recipesFor({ ...three, base: { ...three.base, split } }, faces).map(
      (recipe) => trainingData(recipe, faces).split,
    );
    const alone = trainingData({ ...three.base, split }, faces).split;
    for (const each of [first, ...others]) expect(each).toEqual(alone);
  });
});

test('nets of other kinds have the same seeds and rows, and names of their own', () => {
  const other = { ...net8, split: { type: 'last', fraction: 0.5 } as const };
  const mixed = { ...three, others: [other], seeds: 2 };
  expect(memberNames(mixed)).toEqual(['seed5', 'seed6', 'net8-seed5', 'net8-seed6']);
  const [, second, , last] = recipesFor(mixed, faces);
  expect(last).toMatchObject({ layers: net8.layers, seed: 6, split: second!.split });
  const changed = recipesFor(withTeamSettings(mixed, ['batch=7']), faces);
  expect(changed.map(({ batch }) => batch)).toEqual([7, 7, 7, 7]);
  const twins = JSON.stringify({ ...mixed, others: [net8, net8] });
  expect(() => parseJson(ensembleSchema, twins, 'mixed.json')).toThrow(
    refusal(/^mixed\.json, others: expected for each net a name of its own/),
  );
});

test('seeds begin again behind the largest', () => {
  const last = ensembleOf({ ...net2, seed: 2 ** 32 - 1 }, 2);
  expect(recipesFor(last, faces).map(({ seed }) => seed)).toEqual([2 ** 32 - 1, 0]);
});

test('settings are for all of its nets', () => {
  const set = withTeamSettings(three, ['batch=64', 'seed=8']);
  expect(set).toEqual({ ...three, base: { ...three.base, batch: 64, seed: 8 } });
  expect(() => withTeamSettings(three, ['seed5.batch=64'])).toThrow(
    refusal('--set seed5.batch=64: no key "seed5"'),
  );
});

test('learns every point, or those of its recipe', () => {
  expect(unlearnedPoints(recipesFor(three, faces), faces.schema)).toEqual([]);
  const eyes = withTeamSettings(three, ['points=left_eye_center']);
  expect(unlearnedPoints(recipesFor(eyes, faces), faces.schema)).toHaveLength(14);
});

test('is told apart from specialists', () => {
  expect(isEnsemble(three)).toBe(true);
  expect(isEnsemble(specialists)).toBe(false);
});

describe('as JSON', () => {
  test.each([three, accurate])('nothing of $name is lost', (recipe) => {
    expect(parseJson(ensembleSchema, JSON.stringify(recipe), 'recipe.json')).toEqual(recipe);
  });

  test.each([0, 1.5, 101])('%s nets are refused', (seeds) => {
    const text = JSON.stringify({ ...three, seeds });
    expect(() => parseJson(ensembleSchema, text, 'three.json')).toThrow(
      refusal(/^three\.json, seeds: /),
    );
  });
});
