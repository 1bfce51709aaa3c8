import { describe, expect, test } from 'vitest';
import { standardScaling } from '../src/data/scaling.ts';
import { keypointSchema } from '../src/data/schema.ts';
import { KEYPOINT_NAMES } from '../src/data/synthetic/landmarks.ts';
import { validate } from '../src/json.ts';
import { encodeModel, type Model } from '../src/model/model-file.ts';
import { initialise } from '../src/nn/initialise.ts';
import { layerInfos, sizeOf } from '../src/nn/network.ts';
import { type Schedule, scheduleText, scheduleValue } from '../src/nn/schedule.ts';
import { networkFor, type Recipe } from '../src/train/recipe.ts';
import { recipeSchema } from '../src/train/recipe-schema.ts';
import { recipes } from './index.ts';

const named = (name: string): Recipe => recipes[name]!;

/** The layers with parameters of a recipe's net for Kaggle's table, and how many they have. */
const parameterCounts = (recipe: Recipe): [string, number][] =>
  layerInfos(networkFor(recipe, keypointSchema(KEYPOINT_NAMES, 96)))
    .map(({ name, parameters }): [string, number] => [
      name,
      parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    ])
    .filter(([, count]) => count > 0);

const parametersOf = (recipe: Recipe): number =>
  parameterCounts(recipe).reduce((sum, [, count]) => sum + count, 0);

/** Names of dropout layers, rates, and the layer with parameters before each. */
const dropouts = ({ layers }: Recipe): [string | undefined, number, string | undefined][] =>
  layers.flatMap((layer, i) => {
    if (layer.type !== 'dropout') return [];
    const before = layers.slice(0, i).findLast(({ name }) => name !== undefined);
    return [[layer.name, layer.rate, before?.name]];
  });

/** A schedule's value in the epochs of a run of the recipe. */
const during = ({ epochs }: Recipe, schedule: Schedule, asked: readonly number[]): number[] =>
  asked.map((epoch) => scheduleValue(schedule, { epoch, step: 0, epochs, stepsAnEpoch: 1 }));

test('recipes stand in the order of the tutorials, each under its name', () => {
  expect(Object.keys(recipes).join(' ')).toBe(
    'net1 net2 net3 net4 net5 net6 net7 net8 net12 ' +
      'keras1 keras2 keras3 keras4 keras5 keras6 keras7 keras-top start compact heatmaps',
  );
  for (const [name, recipe] of Object.entries(recipes)) expect(recipe.name).toBe(name);
});

test.each(Object.values(recipes).map((recipe) => [recipe.name, recipe] as const))(
  '%s is plain data that JSON keeps',
  (_, recipe) => {
    const json = JSON.parse(JSON.stringify(recipe));
    expect(validate(recipeSchema, json, 'recipe.json')).toEqual(recipe);
  },
);

// What each changes against the one before it, and nothing else.
test.each<[name: string, before: string, changes: readonly (keyof Recipe)[]]>([
  ['net2', 'net1', ['layers', 'epochs']],
  ['net3', 'net2', ['epochs', 'augmentation']],
  ['net4', 'net2', ['learningRate', 'momentum', 'epochs']],
  ['net5', 'net4', ['augmentation']],
  ['net6', 'net5', ['layers']],
  ['net7', 'net6', ['layers']],
  ['net8', 'net7', ['patience']],
  ['net12', 'net7', ['epochs']],
  ['keras1', 'net1', ['epochs', 'batch', 'shuffle', 'split']],
  ['keras2', 'keras1', ['layers', 'epochs']],
  ['keras3', 'keras2', ['epochs', 'augmentation', 'split']],
  ['keras4', 'keras3', ['learningRate', 'epochs']],
  ['keras5', 'keras4', ['layers']],
  ['keras6', 'keras5', ['layers', 'epochs']],
  ['keras7', 'keras6', ['patience', 'keep']],
])('%s differs from %s in %j', (name, before, changes) => {
  const [ours, theirs] = [named(name), named(before)];
  const keys = (Object.keys(ours) as (keyof Recipe)[]).filter(
    (key) => JSON.stringify(ours[key]) !== JSON.stringify(theirs[key]),
  );
  expect(keys).toEqual(['name', 'about', ...changes]);
});

test.each([
  ['net1', 400],
  ['net2', 1000],
  ['net3', 3000],
  ['net4', 3000],
  ['net5', 3000],
  ['net6', 3000],
  ['net7', 3000],
  ['net8', 3000],
  ['net12', 10_000],
  ['keras1', 100],
  ['keras2', 1000],
  ['keras3', 3000],
  ['keras4', 1000],
  ['keras5', 1000],
  ['keras6', 5000],
  ['keras7', 5000],
])('%s is trained for %d epochs', (name, epochs) => {
  expect(named(name).epochs).toBe(epochs);
});

describe('networks', () => {
  // As nolearn prints them.
  test.each([
    ['net1', 924_730],
    ['net2', 8_051_502],
    ['net6', 8_051_502],
    ['net7', 16_561_502],
    ['keras6', 16_561_502],
  ])('%s has %d parameters', (name, count) => {
    expect(parametersOf(named(name))).toBe(count);
  });

  test('the parameters of net7 layer by layer', () => {
    expect(parameterCounts(named('net7'))).toEqual([
      ['conv1', 320],
      ['conv2', 8256],
      ['conv3', 32_896],
      ['dense4', 15_489_000],
      ['dense5', 1_001_000],
      ['output', 30_030],
    ]);
  });

  test('dropout stands after the three poolings and the first dense layer', () => {
    const expected = [
      ['dropout1', 0.1, 'pool1'],
      ['dropout2', 0.2, 'pool2'],
      ['dropout3', 0.3, 'pool3'],
      ['dropout4', 0.5, 'dense4'],
    ];
    for (const name of ['net6', 'net7', 'net8', 'net12', 'keras5', 'keras6', 'keras7']) {
      expect(dropouts(named(name))).toEqual(expected);
    }
    expect(dropouts(named('net5'))).toEqual([]);
  });

  test('without dropout net6 is net2', () => {
    const layers = named('net6').layers.filter(({ type }) => type !== 'dropout');
    expect(layers).toEqual(named('net2').layers);
  });

  test("Keras's nets are those of Lasagne's ladder", () => {
    for (const [keras, net] of [
      ['keras1', 'net1'],
      ['keras4', 'net2'],
      ['keras5', 'net6'],
      ['keras7', 'net7'],
    ] as const) {
      expect(networkFor(named(keras), keypointSchema(KEYPOINT_NAMES, 96))).toEqual(
        networkFor(named(net), keypointSchema(KEYPOINT_NAMES, 96)),
      );
    }
  });
});

describe('schedules', () => {
  // np.linspace(0.03, 0.0001, n) and np.linspace(0.9, 0.999, n), one epoch late.
  test('in net4 to net8 the first two epochs are alike, and the end is one short', () => {
    for (const name of ['net4', 'net5', 'net6', 'net7', 'net8']) {
      const recipe = named(name);
      expect(during(recipe, recipe.learningRate, [1, 2, 3, 3000])).toEqual([
        0.03, 0.03, 0.029990030010003332, 0.00010996998999666593,
      ]);
      expect(during(recipe, recipe.momentum, [1, 2, 3, 3000])).toEqual([
        0.9, 0.9, 0.9000330110036679, 0.9989669889963321,
      ]);
    }
  });

  test('net12 stretches them over its 10,000 epochs', () => {
    const recipe = named('net12');
    expect(during(recipe, recipe.learningRate, [1, 2, 3, 10_000])).toEqual([
      0.03, 0.03, 0.029997009700970096, 0.00010299029902990225,
    ]);
  });

  test('in keras4 to keras7 the rate moves from epoch 2 on and reaches its end', () => {
    for (const name of ['keras4', 'keras5', 'keras6', 'keras7']) {
      const recipe = named(name);
      expect(scheduleText(recipe.learningRate)).toBe('linear 0.03 → 0.001');
      const [first, second, last] = during(recipe, recipe.learningRate, [1, 2, recipe.epochs]);
      expect([first, last]).toEqual([0.03, 0.001]);
      expect(second).toBeCloseTo(0.03 - 0.029 / (recipe.epochs - 1), 15);
      expect(recipe.momentum).toBe(0.9);
    }
  });
});

test('a family has one way of taking batches, rows and steps', () => {
  for (const { name, ...recipe } of Object.values(recipes)) {
    if (['start', 'compact', 'heatmaps'].includes(name)) continue;
    expect(recipe).toMatchObject({
      rule: { type: 'nesterov' },
      loss: { type: 'meanSquaredError' },
      rows: 'complete',
      points: 'all',
      gain: 1,
      ...(name.startsWith('net') ? { batch: 128, shuffle: false } : { batch: 32, shuffle: true }),
    });
  }
});

test('compact is below 1 MB as float16', () => {
  const schema = keypointSchema(KEYPOINT_NAMES, 96);
  const network = networkFor(named('compact'), schema);
  const model: Model = {
    ...{ network, schema, scaling: standardScaling(96), engine: 'plain' },
    training: { recipe: 'compact' },
    parameters: initialise(network, { seed: 1 }),
  };
  // A card and the usual places of the points come to it.
  expect(encodeModel(model, { float16: true }).length).toBeLessThan(980_000);
});
