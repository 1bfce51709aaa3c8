import { describe, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import type { SpecialistsRecipe } from './specialists.ts';
import { unlearnedPoints } from './team.ts';
import { recipesFor, withTeamSettings } from './team-recipes.ts';
import { specialistsSchema } from './team-schema.ts';
import { trainingData } from './training-data.ts';

const NONE = Number.NaN;
const POINTS = ['left_eye', 'right_eye', 'nose', 'chin'];
/** Eyes in rows 0, 1 and 3, the nose in all seven, the chin in none. */
const dataset: Dataset = {
  schema: keypointSchema(POINTS, 4),
  rows: 7,
  images: new Uint8Array(7 * 16),
  labels: Float32Array.from({ length: 7 * 8 }, (_, i) => {
    const row = Math.floor(i / 8);
    const point = Math.floor((i % 8) / 2);
    if (point === 3) return NONE;
    if (point === 2) return 2;
    // Row 4 has one eye, row 5 a coordinate of one.
    if (row === 4) return point === 0 ? 1 : NONE;
    if (row === 5) return i % 8 === 0 ? 1 : NONE;
    return [0, 1, 3].includes(row) ? 1 : NONE;
  }),
  columns: {},
};
const base = { ...net1, epochs: 12 };
const face: SpecialistsRecipe = {
  name: 'face',
  about: 'Eyes and nose.',
  base,
  epochRows: { scratch: 100, pretrained: 40 },
  specialists: [
    { name: 'eyes', points: ['right_eye', 'left_eye'], settings: [] },
    { name: 'nose', points: ['nose'], settings: ['learningRate=0.02', 'batch=2'] },
  ],
};
const divided = (...specialists: [name: string, ...points: string[]][]): SpecialistsRecipe => ({
  ...face,
  specialists: specialists.map(([name, ...points]) => ({ name, points, settings: [] })),
});
const mirrored = (recipe: SpecialistsRecipe): SpecialistsRecipe => ({
  ...recipe,
  base: { ...recipe.base, augmentation: { flip_half: true } },
});

describe('the recipe of each specialist', () => {
  test('is the base with its points, its epochs and its settings', () => {
    expect(recipesFor(face, dataset)).toEqual([
      {
        ...base,
        name: 'face/eyes',
        about: 'Specialist for right_eye, left_eye.',
        points: ['right_eye', 'left_eye'],
        epochs: 33,
      },
      {
        ...base,
        name: 'face/nose',
        about: 'Specialist for nose.',
        points: ['nose'],
        epochs: 14,
        learningRate: 0.02,
        batch: 2,
      },
    ]);
  });

  test('learns from the rows that were counted', () => {
    const rows = recipesFor(face, dataset).map((recipe) => {
      const { split } = trainingData({ ...recipe, split: { type: 'last', fraction: 0 } }, dataset);
      return split.train.length;
    });
    expect(rows).toEqual([3, 7]);
  });

  test('from the weights of another model has fewer epochs', () => {
    const pretrained = { recipe: 'net1', layers: 'hidden' } as const;
    const recipes = recipesFor({ ...face, base: { ...base, pretrained } }, dataset);
    expect(recipes.map(({ epochs }) => epochs)).toEqual([13, 5]);
    expect(recipes.map((recipe) => recipe.pretrained)).toEqual([pretrained, pretrained]);
  });

  test('has at least one epoch', () => {
    const epochRows = { scratch: 3, pretrained: 3 };
    const recipes = recipesFor({ ...face, epochRows }, dataset);
    expect(recipes.map(({ epochs }) => epochs)).toEqual([1, 1]);
  });

  test("has the base's epochs where they do not follow from the rows", () => {
    const recipes = recipesFor({ ...face, epochRows: null }, dataset);
    expect(recipes.map(({ epochs }) => epochs)).toEqual([12, 12]);
  });

  test('may have epochs of its own', () => {
    const set = withTeamSettings(face, ['nose.epochs=3']);
    expect(recipesFor(set, dataset).map(({ epochs }) => epochs)).toEqual([33, 3]);
  });
});

describe('refused is', () => {
  test.each<[string, SpecialistsRecipe, string | RegExp]>([
    [
      'a point of two specialists',
      divided(['eyes', 'left_eye', 'right_eye'], ['nose', 'nose'], ['all', 'chin', 'nose']),
      'the specialists nose and all both learn nose',
    ],
    [
      'a point that one has twice',
      divided(['nose', 'nose', 'nose']),
      'specialist nose: the keypoint "nose" is given twice',
    ],
    ['a name of two', divided(['a', 'nose'], ['a', 'chin']), 'two specialists are called "a"'],
    [
      'names that are one folder on some systems',
      divided(['A', 'nose'], ['a', 'chin']),
      'two specialists are called "a"',
    ],
    [
      'a setting of points, which may be those of another one',
      { ...face, specialists: [{ ...face.specialists[1]!, settings: ['points=left_eye'] }] },
      'specialist nose: --set points=left_eye: specialists have points of their own',
    ],
    [
      'a name that is a key of recipes',
      divided(['rule', 'nose']),
      'a specialist is called "rule", like a key of recipes',
    ],
    [
      'an unknown point',
      divided(['nose', 'nose_tip']),
      'specialist nose: no keypoint "nose_tip" in the table',
    ],
    [
      'points that no row has',
      divided(['nose', 'nose'], ['mouth', 'chin']),
      'specialist mouth: none of the 7 rows has a label for each of its points (chin)',
    ],
    [
      'one eye of mirrored pictures',
      mirrored(divided(['eye', 'nose', 'right_eye'])),
      'specialist eye: right_eye is learnt without left_eye, but pictures are mirrored',
    ],
    [
      'a wrong setting',
      { ...face, specialists: [{ ...face.specialists[1]!, settings: ['epochs=0'] }] },
      /^specialist nose: --set epochs=0, epochs: /,
    ],
  ])('%s', (_, recipe, message) => {
    expect(() => recipesFor(recipe, dataset)).toThrow(refusal(message));
  });

  test('not one eye where no picture is mirrored, nor both where they are', () => {
    expect(recipesFor(divided(['eye', 'right_eye']), dataset)).toHaveLength(1);
    expect(recipesFor(mirrored(face), dataset)).toHaveLength(2);
  });
});

describe('settings', () => {
  test('change no points, neither of all nor of one', () => {
    const message = '--set points=chin: specialists have points of their own';
    expect(() => withTeamSettings(face, ['points=chin'])).toThrow(refusal(message));
    const one = withTeamSettings(face, ['nose.points=chin']);
    expect(() => recipesFor(one, dataset)).toThrow(refusal(`specialist nose: ${message}`));
  });

  test('go to all or to one, after what it has', () => {
    const set = withTeamSettings(face, [
      'momentum=0.8',
      'nose.learningRate=0.03',
      'layers.1.units=7',
      'eyes.split.fraction=0.5',
    ]);
    expect(set).toEqual({
      ...face,
      base: {
        ...base,
        momentum: 0.8,
        layers: [base.layers[0]!, { ...base.layers[1]!, units: 7 }, ...base.layers.slice(2)],
      },
      specialists: [
        { ...face.specialists[0]!, settings: ['split.fraction=0.5'] },
        {
          ...face.specialists[1]!,
          settings: ['learningRate=0.02', 'batch=2', 'learningRate=0.03'],
        },
      ],
    });
    const [eyes, nose] = recipesFor(set, dataset);
    expect([eyes!.learningRate, nose!.learningRate]).toEqual([0.01, 0.03]);
    expect(eyes!.split).toMatchObject({ fraction: 0.5 });
  });

  test('epochs for all no longer follow from the rows', () => {
    const set = withTeamSettings(face, ['epochs=5']);
    expect(set).toMatchObject({ epochRows: null });
    expect(recipesFor(set, dataset).map(({ epochs }) => epochs)).toEqual([5, 5]);
  });

  test.each([
    ['nosee.epochs=5', '--set nosee.epochs=5: there is no key and no specialist "nosee"', 'nose'],
    [
      'layer.1.units=5',
      '--set layer.1.units=5: there is no key and no specialist "layer"',
      'layers',
    ],
    ['epoch=5', '--set epoch=5: no key "epoch"', 'epochs'],
  ])('%s is refused, with the nearest name', (setting, message, meant) => {
    const refused = (() => {
      try {
        return withTeamSettings(face, [setting]);
      } catch (error) {
        return error as InputError;
      }
    })();
    expect(refused).toBeInstanceOf(InputError);
    expect(refused).toMatchObject({ message, advice: `Did you mean "${meant}"?` });
  });
});

test('points that nobody learns are told in the order of the table', () => {
  expect(unlearnedPoints(divided(['nose', 'nose']).specialists, dataset.schema)).toEqual([
    'left_eye',
    'right_eye',
    'chin',
  ]);
  expect(
    unlearnedPoints(
      divided(['a', 'chin', 'nose'], ['b', ...POINTS.slice(0, 2)]).specialists,
      dataset.schema,
    ),
  ).toEqual([]);
});

describe('as JSON', () => {
  test('nothing is lost', () => {
    expect(parseJson(specialistsSchema, JSON.stringify(face), 'face.json')).toEqual(face);
  });

  test.each<[string, object, RegExp]>([
    [
      'a name that is no folder',
      { name: '../nose' },
      /^face\.json, specialists\[0\]\.name: expected a name of letters/,
    ],
    ['no point', { points: [] }, /^face\.json, specialists\[0\]\.points: /],
    ['an unknown key', { rows: 3 }, /^face\.json, specialists\[0\]: .*"rows"/],
  ])('%s is refused', (_, change, message) => {
    const changed = { ...face, specialists: [{ ...face.specialists[0]!, ...change }] };
    expect(() => parseJson(specialistsSchema, JSON.stringify(changed), 'face.json')).toThrow(
      refusal(message),
    );
  });
});
