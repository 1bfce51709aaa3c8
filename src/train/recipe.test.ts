import { describe, expect, test } from 'vitest';
import { recipes } from '../../recipes/index.ts';
import { net1 } from '../../recipes/net1.ts';
import { net2 } from '../../recipes/net2.ts';
import { start } from '../../recipes/start.ts';
import { refusal } from '../../test/refusal.ts';
import { keypointSchema } from '../data/schema.ts';
import { KEYPOINT_NAMES } from '../data/synthetic/landmarks.ts';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { conv2d, dense, flatten, relu, softArgmax2d } from '../nn/layers.ts';
import { maskedMeanSquaredError, smoothL1Loss, wingLoss } from '../nn/loss.ts';
import { layerInfos, sizeOf } from '../nn/network.ts';
import { adam, nesterov, rmsprop } from '../nn/rule.ts';
import { networkFor, type Recipe } from './recipe.ts';
import { recipeSchema } from './recipe-schema.ts';
import { withSettings } from './settings.ts';

const kaggle = keypointSchema(KEYPOINT_NAMES, 96);

describe.each(Object.entries(recipes))('recipe %s', (name, recipe) => {
  test('is called so, is valid and survives JSON', () => {
    expect(recipe.name).toBe(name);
    expect(parseJson(recipeSchema, JSON.stringify(recipe), name)).toEqual(recipe);
  });

  test("fits Kaggle's pictures", () => {
    const layers = layerInfos(networkFor(recipe, kaggle));
    expect(layers.at(-1)!.output).toEqual([30]);
    expect(layers.findLast(({ parameters }) => parameters.length > 0)!.name).toBe('output');
  });
});

test('a recipe from before averages were kept has none', () => {
  const { averaging: _, ...before } = net1;
  expect(parseJson(recipeSchema, JSON.stringify(before), 'net1')).toEqual(net1);
});

test("net2 has the tutorial's layers", () => {
  const net = networkFor(net2, kaggle);
  const layers = layerInfos(net).filter(({ spec }) => !/relu|flatten/.test(spec.type));
  const table = [['input', net.input], ...layers.map(({ name, output }) => [name, output])];
  // As "Using convolutional neural nets to detect facial keypoints" prints it, Lasagne 0.1.
  expect(table.map(([name, shape]) => [name, shape, sizeOf(shape as number[])])).toEqual([
    ['input', [1, 96, 96], 9216],
    ['conv1', [32, 94, 94], 282752],
    ['pool1', [32, 47, 47], 70688],
    ['conv2', [64, 46, 46], 135424],
    ['pool2', [64, 23, 23], 33856],
    ['conv3', [128, 22, 22], 61952],
    ['pool3', [128, 11, 11], 15488],
    ['dense4', [500], 500],
    ['dense5', [500], 500],
    ['output', [30], 30],
  ]);
});

test('a network follows the pictures and the points', () => {
  const net = networkFor(net1, keypointSchema(['a', 'b'], 20, 3));
  expect(net.input).toEqual([3, 20, 20]);
  expect(layerInfos(net).at(-1)!.output).toEqual([4]);
  expect(() => networkFor(net2, { ...kaggle, side: 8 })).toThrow(
    /^recipe net2, pictures of 8 x 8 pixels: layer \d \(.*\): /,
  );
});

describe('heads', () => {
  const layers = [conv2d(8, 3, { padding: 'same' }), relu()];
  const outputOf = (changes: Partial<Recipe>) =>
    layerInfos(networkFor({ ...net1, layers, ...changes }, kaggle))
      .slice(2)
      .map(({ name, output }) => `${name} ${output}`);

  test('heat maps, or what the layers themselves end with', () => {
    expect(outputOf({ head: 'heatmaps' })).toEqual(['output 15,96,96', 'argmax1 30']);
    const own = [...layers, conv2d(15, 3), softArgmax2d({ beta: 5 })];
    expect(outputOf({ head: 'none', layers: own })).toEqual(['conv2 15,94,94', 'argmax1 30']);
  });

  test.each<[Partial<Recipe>, string]>([
    [
      { head: 'heatmaps', layers: net1.layers },
      'recipe net1, head "heatmaps": its layers make shape [100], expected maps [channels, height, width]',
    ],
    [
      { head: 'none', layers: [flatten(), dense(28)] },
      'recipe net1, head "none": its layers make shape [28], expected [30]: x and y of 15 keypoints',
    ],
    [
      { head: 'none' },
      'recipe net1, head "none": its layers make shape [8, 96, 96], expected [30]: x and y of 15 keypoints',
    ],
  ])('what does not match the keypoints is refused: %j', (changes, message) => {
    const advice = '--set head=dense puts a dense layer with 30 outputs behind them.';
    expect(() => outputOf(changes)).toThrow(expect.objectContaining({ message, advice }));
  });

  test('recipes of earlier days end with a dense layer', () => {
    const { head: _, ...old } = net1;
    expect(parseJson(recipeSchema, JSON.stringify(old), 'old')).toEqual(net1);
  });
});

describe('settings', () => {
  test('none leave the recipe as it is, and nothing is changed in place', () => {
    expect(withSettings(net2, [])).toEqual(net2);
    const before = structuredClone(net2);
    withSettings(net2, ['epochs=1', 'layers.0.filters=4', 'split.fraction=0.5']);
    expect(net2).toEqual(before);
  });

  test.each<[string, Partial<Recipe>]>([
    ['learningRate=0.02', { learningRate: 0.02 }],
    ['learningRate=2e-3', { learningRate: 0.002 }],
    ['epochs=7', { epochs: 7 }],
    ['shuffle=true', { shuffle: true }],
    ['rows=all', { rows: 'all' }],
    ['name="007"', { name: '007' }],
    ['about=x=y', { about: 'x=y' }],
    ['points=["nose_tip"]', { points: ['nose_tip'] }],
    ['loss=maskedMeanSquaredError', { loss: maskedMeanSquaredError() }],
    ['rule=adam', { rule: adam() }],
    ['rule={"type":"adam","beta1":0.8}', { rule: adam({ beta1: 0.8 }) }],
    ['loss=smoothL1Loss', { loss: smoothL1Loss() }],
    ['loss={"type":"wingLoss","width":0.1}', { loss: wingLoss({ width: 0.1 }) }],
    ['averaging.decay=0.99', { averaging: { decay: 0.99 } }],
    ['averaging={"decay":0}', { averaging: { decay: 0 } }],
    ['split=last', { split: { type: 'last', fraction: 0.2 } }],
    ['rule={"type":"adam","weightDecay":0.01}', { rule: adam({ weightDecay: 0.01 }) }],
    ['rule.clipValue=0.1', { rule: nesterov({ clipValue: 0.1 }) }],
    ['split.fraction=0.1', { split: { type: 'random', fraction: 0.1 } }],
    ['split.seed=5', { split: { type: 'random', fraction: 0.2, seed: 5 } }],
    [
      'layers.1.units=64',
      { layers: [net1.layers[0]!, { ...net1.layers[1]!, units: 64 } as never] },
    ],
  ])('%s', (setting, change) => {
    const expected = { ...net1, ...change };
    if (change.layers) expected.layers = [...change.layers, ...net1.layers.slice(2)];
    expect(withSettings(net1, [setting])).toEqual(expected);
  });

  test('are made one after the other', () => {
    const changed = withSettings(net1, ['rule=rmsprop', 'rule.rho=0.8', 'epochs=1', 'epochs=2']);
    expect(changed).toEqual({ ...net1, rule: rmsprop({ rho: 0.8 }), epochs: 2 });
  });

  test.each([
    ['epoch=5', 'no key "epoch"', 'Did you mean "epochs"?'],
    ['learning_rate=1', 'no key "learning_rate"', 'Did you mean "learningRate"?'],
    ['averaging.decy=0.1', 'no key "decy"', 'Did you mean "decay"?'],
    ['split.fracton=0.1', 'no key "fracton"', 'Did you mean "fraction"?'],
    ['spilt.fraction=0.1', 'no key "spilt"', 'Did you mean "split"?'],
    ['rule.beta=0.5', 'no key "beta"', 'Did you mean "beta1"?'],
    ['layers.9.units=4', 'no key "9"', 'Did you mean "0"?'],
    ['layers.1.unit=4', 'no key "unit"', 'Did you mean "units"?'],
    ['constructor=1', 'no key "constructor"', /^Known are name, about/],
    ['__proto__.polluted=1', 'no key "__proto__"', /^Known are name, about/],
    ['seed.x=1', 'seed is a single value', 'For example --set seed=42.'],
    ['epochs', 'expected key=value', 'For example --set epochs=100.'],
    ['=5', 'expected key=value', 'For example --set epochs=100.'],
  ])('unknown: %s', (setting, what, advice) => {
    const refused = (() => {
      try {
        return withSettings(net1, [setting]);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(InputError);
    expect((refused as InputError).message).toBe(`--set ${setting}: ${what}`);
    expect((refused as InputError).advice).toMatch(advice);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('points that become missing need a masked loss', () => {
    const settings = ['augmentation.outside_points=missing', 'loss=meanSquaredError'];
    expect(() => withSettings(net1, settings)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/augmentation\.outside_points: .* set loss to masked/),
      }),
    );
    const masked = [settings[0]!, 'loss=maskedMeanSquaredError'];
    expect(withSettings(net1, masked).augmentation.outside_points).toBe('missing');
  });

  test('unknown: a key that is known and given is listed once', () => {
    const augmentation = { flip_half: true };
    expect(() =>
      withSettings({ ...net1, augmentation }, ['augmentation.zca_whitening=true']),
    ).toThrow(
      expect.objectContaining({
        advice: expect.stringMatching(/^Known are flip_half, horizontal_flip,/),
      }),
    );
  });

  test.each([
    ['epochs=0', 'epochs'],
    ['epochs=1.5', 'epochs'],
    ['epochs=many', 'epochs'],
    ['batch=5000', 'batch'],
    ['seed=-1', 'seed'],
    ['seed=4294967296', 'seed'],
    ['momentum=1', 'momentum'],
    ['learningRate=-0.1', 'learningRate'],
    ['learningRate=1e999', 'learningRate'],
    ['learningRate=NaN', 'learningRate'],
    ['gain=0', 'gain'],
    ['shuffle=yes', 'shuffle'],
    ['rows=some', 'rows'],
    ['points=[]', 'points'],
    ['rule=adan', 'rule.type'],
    ['rule.rho=0.5', 'rule'],
    ['loss=softmaxCrossEntropy', 'loss.type'],
    ['loss={"type":"smoothL1Loss","beta":0}', 'loss.beta'],
    ['loss.beta=1', 'loss'],
    ['averaging.decay=1', 'averaging.decay'],
    ['rule={"type":"adam","weightDecay":2}', 'rule.weightDecay'],
    ['rule.clipValue=0', 'rule.clipValue'],
    ['split=first', 'split.type'],
    ['split.fraction=1', 'split.fraction'],
    ['layers.1.units=0', 'layers[1].units'],
    ['layers.1={"type":"denze"}', 'layers[1].type'],
  ])('wrong: %s', (setting, place) => {
    const exactly = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    expect(() => withSettings(net1, [setting])).toThrow(
      refusal(new RegExp(`^${exactly(`--set ${setting}, ${place}`)}: `)),
    );
  });

  test('the message names every setting that was given', () => {
    expect(() => withSettings(start, ['epochs=2', 'batch=0'])).toThrow(
      refusal(/^--set epochs=2 --set batch=0, batch: /),
    );
  });
});
