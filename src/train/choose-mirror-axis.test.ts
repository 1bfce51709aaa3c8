import { expect, test } from 'vitest';
import { compact } from '../../recipes/compact.ts';
import type { Dataset } from '../data/dataset.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { conv2d, flatten, maxPool2d, relu } from '../nn/layers.ts';
import { Predictor } from '../predict/predictor.ts';
import { chooseMirrorAxis, mirrorAxisNote } from './choose-mirror-axis.ts';
import type { Recipe } from './recipe.ts';
import { Training } from './training.ts';
import { trainingData } from './training-data.ts';

const recipe: Recipe = {
  ...compact,
  layers: [conv2d(4, 3), relu(), maxPool2d(), flatten()],
  epochs: 2,
  split: { type: 'random', fraction: 0.2 },
};
const DISTANCE = 1.5;

/** Labels of few binary digits, which can be moved without rounding. */
const rounded = (dataset: Dataset, distance: number, mirrorAxis?: number): Dataset => ({
  ...dataset,
  schema: { ...dataset.schema, mirrorAxis },
  labels: dataset.labels.map((value, i) => {
    const near = Math.round(value * 64) / 64;
    return i % 2 === 0 ? near + distance : near;
  }),
});

async function learn(dataset: Dataset) {
  const data = trainingData(recipe, dataset);
  const training = await Training.start(recipe, data, { threads: 1, build: 'plain' });
  for await (const epoch of training.epochs()) {
    if (epoch.epoch === recipe.epochs) {
      const model = await epoch.model();
      await training.close();
      return { model, loss: epoch.validLoss };
    }
  }
  throw new Error('no epoch');
}

test('labels beside what they mark are learnt to the same bits, and found beside it, also in a mirror', async () => {
  const faces = synthesize({ rows: 60, seed: 5, side: 24 });
  const straight = await learn(rounded(faces, 0));
  const beside = await learn(rounded(faces, DISTANCE, 12 + DISTANCE));
  expect(beside.model.parameters).toEqual(straight.model.parameters);
  expect(beside.loss).toBe(straight.loss);
  expect(beside.model.schema.mirrorAxis).toBe(12 + DISTANCE);

  for (const views of [{}, { flip: true }, { flip: true, shift: 2 }]) {
    const [expected, found] = await Promise.all(
      [straight, beside].map(async ({ model }) => {
        const predictor = await Predictor.create([model], { ...views, threads: 1 });
        const points = await predictor.predict(faces.images);
        await predictor.close();
        return points;
      }),
    );
    const largest = expected!.reduce(
      (most, value, i) =>
        Math.max(most, Math.abs(found![i]! - value - (i % 2 === 0 ? DISTANCE : 0))),
      0,
    );
    expect(largest).toBeLessThan(1e-5);
  }
});

test('the axis is looked for where a recipe says so', () => {
  const faces = rounded(synthesize({ rows: 400, seed: 5 }), DISTANCE);
  const axisOf = (own: Partial<Recipe>) => {
    const asked = { ...recipe, ...own };
    return chooseMirrorAxis(asked, trainingData(asked, faces)).dataset.schema.mirrorAxis;
  };
  expect(Math.abs(axisOf({})! - 48 - DISTANCE)).toBeLessThan(0.2);
  expect(Math.abs(axisOf({ points: ['nose_tip'] })! - 48 - DISTANCE)).toBeLessThan(0.2);
  expect(axisOf({ mirrorAxis: 'middle' })).toBeUndefined();
  expect(axisOf({ augmentation: {} })).toBe(axisOf({}));
});

test('what was found is said', () => {
  const { schema } = synthesize({ rows: 1, seed: 1 });
  expect(mirrorAxisNote(schema)).toBeUndefined();
  expect(mirrorAxisNote({ ...schema, mirrorAxis: 48.73 })).toBe(
    'Labels lie 0.73 pixels to the right of what they mark, as mirrored pictures tell: those are mirrored about x = 48.73.',
  );
  expect(mirrorAxisNote({ ...schema, mirrorAxis: 47.5 })).toContain('0.50 pixels to the left of');
});
