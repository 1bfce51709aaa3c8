import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../src/data/dataset.ts';
import { keypointSchema, labelColumns } from '../src/data/schema.ts';
import { KEYPOINT_NAMES } from '../src/data/synthetic/landmarks.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { parseJson } from '../src/json.ts';
import { isEnsemble, unlearnedPoints } from '../src/train/team.ts';
import { recipesFor, withTeamSettings } from '../src/train/team-recipes.ts';
import { specialistsSchema } from '../src/train/team-schema.ts';
import { trainingData } from '../src/train/training-data.ts';
import { teamRecipes } from './index.ts';
import { keras8 } from './keras8.ts';
import { keras8Transfer } from './keras8-transfer.ts';
import { specialists } from './specialists.ts';

const sets = Object.entries(teamRecipes).flatMap(([name, recipe]) =>
  isEnsemble(recipe) ? [] : [[name, recipe] as const],
);
const kaggle = keypointSchema(KEYPOINT_NAMES, 96);

/** Labels as Kaggle's table has them: a few points in all rows, the others in the first 2,155. */
function labelled(rows: number): Dataset {
  const everywhere = ['left_eye_center', 'right_eye_center', 'nose_tip', 'mouth_center_bottom_lip'];
  const labels = new Float32Array(rows * 30).map((_, i) => {
    const point = KEYPOINT_NAMES[Math.floor((i % 30) / 2)]!;
    return i < 2155 * 30 || everywhere.includes(point) ? 48 : Number.NaN;
  });
  return { schema: kaggle, rows, images: new Uint8Array(0), labels, columns: {} };
}

test('are the four of the tutorials', () => {
  expect(sets.map(([name]) => name)).toEqual([
    ...['specialists', 'keras8', 'keras8-transfer', 'keras-top-specialists'],
  ]);
});

describe.each(sets)('%s', (name, recipe) => {
  test('is called so and survives JSON', () => {
    expect(recipe.name).toBe(name);
    expect(parseJson(specialistsSchema, JSON.stringify(recipe), name)).toEqual(recipe);
  });

  test('learns each of the 15 points once', () => {
    expect(unlearnedPoints(recipe.specialists, kaggle)).toEqual([]);
    expect(recipe.specialists.flatMap(({ points }) => points).sort()).toEqual(
      [...KEYPOINT_NAMES].sort(),
    );
  });
});

describe("Lasagne's", () => {
  const recipes = recipesFor(specialists, labelled(7000));

  test("epochs follow from each one's rows", () => {
    expect(recipes.map(({ name, epochs }) => [name, epochs])).toEqual([
      ['specialists/eye_centers', 1428],
      ['specialists/nose_tip', 1428],
      ['specialists/mouth', 4640],
      ['specialists/bottom_lip', 1428],
      ['specialists/eye_corners', 4640],
      ['specialists/eyebrows', 4640],
    ]);
    const base = { ...specialists.base, pretrained: { recipe: 'net8', layers: 'hidden' } as const };
    const pretrained = recipesFor({ ...specialists, base }, labelled(7000));
    expect(pretrained.map(({ epochs }) => epochs)).toEqual([571, 571, 1856, 571, 1856, 1856]);
  });

  const kaggleLabels = new URL('../../shared/faces/kaggle_labels.csv.gz', import.meta.url);
  test.skipIf(!existsSync(kaggleLabels))(
    "have so many on Kaggle's own labels (skipped without ../shared/faces)",
    () => {
      const [header, ...lines] = gunzipSync(readFileSync(kaggleLabels))
        .toString()
        .trim()
        .split('\n');
      const columns = header!.trim().split(',');
      const order = labelColumns(KEYPOINT_NAMES).map((column) => columns.indexOf(column));
      const labels = lines.flatMap((line) => {
        const values = line.trim().split(',');
        return order.map((column) => (values[column] ? Number(values[column]) : Number.NaN));
      });
      const rows = lines.length;
      const table = { ...labelled(1), rows, labels: Float32Array.from(labels) };
      // Of 7033, 7049, 2260, 7016, 2247 and 2190 rows.
      expect(recipesFor(specialists, table).map(({ epochs }) => epochs)).toEqual([
        1421, 1418, 4424, 1425, 4450, 4566,
      ]);
    },
  );

  test('are net8 but for points and epochs', () => {
    for (const { name: _, about: __, points: ___, epochs: ____, ...rest } of recipes) {
      expect(specialists.base).toMatchObject(rest);
    }
  });

  test('learn from mirrored faces with pairs of their own', () => {
    const faces = synthesize({ rows: 40, seed: 3, missing: false });
    const pairs = recipesFor(specialists, faces).map(
      (recipe) => trainingData(recipe, faces).dataset.schema.mirrorPairs,
    );
    // The tutorial's flip_indices, of points instead of columns.
    expect(pairs).toEqual([
      [[0, 1]],
      [],
      [[0, 1]],
      [],
      [
        [0, 1],
        [2, 3],
      ],
      [
        [0, 1],
        [2, 3],
      ],
    ]);
  });

  test('may differ one by one', () => {
    const set = withTeamSettings(specialists, ['nose_tip.patience=50', 'batch=64']);
    const changed = recipesFor(set, labelled(7000));
    expect(changed.map(({ patience, batch }) => [patience, batch])).toEqual([
      [200, 64],
      [50, 64],
      [200, 64],
      [200, 64],
      [200, 64],
      [200, 64],
    ]);
  });
});

describe("Keras's", () => {
  test('from drawn weights', () => {
    for (const recipe of recipesFor(keras8, labelled(7000))) {
      expect(recipe).toMatchObject({
        epochs: 10_000,
        learningRate: { type: 'linear', from: 0.03, to: 0.001 },
        momentum: 0.9,
        patience: 100,
        pretrained: null,
        batch: 32,
        shuffle: true,
      });
    }
  });

  test('from the weights of keras6, all layers trained', () => {
    for (const recipe of recipesFor(keras8Transfer, labelled(7000))) {
      expect(recipe).toMatchObject({
        epochs: 300,
        learningRate: { type: 'linear', from: 0.01, to: 0.001 },
        patience: 100,
        pretrained: { recipe: 'keras6', layers: 'hidden' },
        tuning: {},
      });
    }
  });
});
