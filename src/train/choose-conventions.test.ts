import { describe, expect, test } from 'vitest';
import { recipes } from '../../recipes/index.ts';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import { splitAs } from '../data/split-conventions.ts';
import { drawFace } from '../data/synthetic/face.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import type { Model } from '../model/model-file.ts';
import { batchNorm, conv2d, dense, flatten, maxPool2d, relu } from '../nn/layers.ts';
import { oneCycleSchedule } from '../nn/schedule.ts';
import { keypointErrors } from '../predict/errors.ts';
import { imitating } from '../predict/imitate.ts';
import { measureRows } from '../predict/measure-rows.ts';
import { predictKeypoints } from '../predict/predict.ts';
import { chooseConventions, conventionNote } from './choose-conventions.ts';
import type { Recipe } from './recipe.ts';
import { withSettings } from './settings.ts';
import { train } from './train.ts';

const SIDE = 32;
const base = withSettings(recipes.start, ['rows=all', 'loss=maskedMeanSquaredError']);
const recipeOf = (conventions: Recipe['conventions'], ...settings: string[]): Recipe =>
  withSettings(base, [`conventions=${conventions}`, ...settings]);
const [one, two] = ([1, 2] as const).map((conventions) =>
  synthesize({ rows: 600, seed: 1, side: SIDE, conventions }),
) as [Dataset, Dataset];

describe('what is learnt', () => {
  const points = (recipe: Recipe, dataset: Dataset): number =>
    chooseConventions(recipe, dataset, undefined).schema.points.length;

  test('is as the recipe says: one, two, or what the labels tell', () => {
    expect([points(recipeOf('one'), one), points(recipeOf('one'), two)]).toEqual([15, 15]);
    expect([points(recipeOf('two'), one), points(recipeOf('two'), two)]).toEqual([19, 19]);
    expect([points(recipeOf('auto'), one), points(recipeOf('auto'), two)]).toEqual([15, 19]);
  });

  test('is one convention where chosen points or complete rows are learnt, unless two are asked for', () => {
    expect(points(recipeOf('auto', 'rows=complete'), two)).toBe(15);
    expect(points(recipeOf('auto', 'points=nose_tip'), two)).toBe(15);
    expect(() => points(recipeOf('two', 'rows=complete'), two)).toThrow(
      refusal('conventions is two, but the recipe does not learn from all rows'),
    );
    expect(() => points(recipeOf('two', 'points=nose_tip'), two)).toThrow(
      refusal('conventions is two, but the recipe does not learn all points'),
    );
    const whole = synthesize({ rows: 30, seed: 1, side: SIDE, missing: false });
    expect(() => points(recipeOf('two'), whole)).toThrow(
      refusal(
        'conventions is two, but the table has no rows with few labels beside rows with many',
      ),
    );
  });

  test('is told where it could be either', () => {
    const note = (conventions: Recipe['conventions'], dataset: Dataset) => {
      const recipe = recipeOf(conventions);
      return conventionNote(recipe, chooseConventions(recipe, dataset, undefined).schema);
    };
    expect(note('one', two)).toBeUndefined();
    expect(note('auto', one)).toMatch(/^One convention is learnt/);
    expect(note('auto', two)).toMatch(
      /^Two conventions are learnt: rows with nothing but left_eye/,
    );
  });
});

describe('on faces drawn with two conventions', () => {
  const rows = 200;
  const faces = synthesize({ rows: 1000, seed: 1, side: SIDE, conventions: 2 });
  const drawn = Array.from({ length: rows }, (_, row) => drawFace(2, row, SIDE));
  const unseen = synthesize({ rows, seed: 2, side: SIDE, conventions: 2 });
  const few = ['left_eye_center', 'right_eye_center', 'nose_tip', 'mouth_center_bottom_lip'];

  const learn = async (conventions: Recipe['conventions']): Promise<Model> => {
    let model: Model | undefined;
    const recipe: Recipe = {
      ...recipeOf(conventions, 'epochs=20', 'split.fraction=0', 'gain=0.2'),
      layers: [
        ...[conv2d(12, 3), relu(), maxPool2d(2), batchNorm()],
        ...[conv2d(24, 3), relu(), maxPool2d(2), batchNorm()],
        ...[flatten(), dense(128), relu()],
      ],
      learningRate: oneCycleSchedule(0.0004, 0.004, 0.00001, { by: 'step' }),
    };
    for await (const epoch of train(recipe, faces, { threads: 2, build: 'plain' })) {
      model = await epoch.model();
    }
    return model!;
  };

  /** RMSE on the points that both have, as either convention marks them, in pixels of 96. */
  const errorOf = async (model: Model, truth: 'keypoints' | 'otherwise'): Promise<number> => {
    const labels = Float32Array.from(drawn.flatMap((face) => face[truth].flat()));
    const found = await predictKeypoints(model, unseen.images, { threads: 2, build: 'plain' });
    const all = Uint32Array.from({ length: rows }, (_, row) => row);
    const { perPoint } = keypointErrors({ ...unseen, labels }, found, all);
    const squares = perPoint.filter(({ name }) => few.includes(name)).map(({ rmse }) => rmse ** 2);
    return (96 / SIDE) * Math.sqrt(squares.reduce((sum, value) => sum + value) / few.length);
  };

  test('a net that learns both is closer to each than one that learns their mixture', async () => {
    const [mixture, both] = [await learn('one'), await learn('auto')];
    const asMany = await errorOf(mixture, 'keypoints');
    const asFew = await errorOf(mixture, 'otherwise');
    expect(await errorOf(imitating(both, 'many'), 'keypoints')).toBeLessThan(0.85 * asMany);
    expect(await errorOf(imitating(both, 'few'), 'otherwise')).toBeLessThan(0.95 * asFew);
    // Each row is measured by its own convention.
    const divided = splitAs(both.schema, unseen);
    const own = await measureRows(
      both,
      divided,
      Uint32Array.from({ length: rows }, (_, row) => row),
    );
    expect(own.errors.perPoint.map(({ name }) => name).slice(15)).toEqual(
      few.map((name) => `${name}_few`),
    );
    expect(own.errors.count).toBe(unseen.labels.filter((label) => !Number.isNaN(label)).length);
  });
});
