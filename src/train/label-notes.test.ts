import { expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import { labelNotes } from './label-notes.ts';
import type { Recipe } from './recipe.ts';
import { trainingData } from './training-data.ts';

const recipe: Recipe = { ...net1, rows: 'all', loss: maskedMeanSquaredError() };
const faces = synthesize({ rows: 20, seed: 1, side: 96, missing: false });
const changed = (change: (labels: Float32Array) => void) => {
  const labels = faces.labels.slice();
  change(labels);
  return { ...faces, labels };
};

test('labels inside their pictures, some missing: nothing to say', () => {
  expect(labelNotes(trainingData(recipe, faces))).toEqual([]);
  const gaps = changed((labels) => labels.fill(Number.NaN, 0, 29));
  expect(labelNotes(trainingData(recipe, gaps))).toEqual([]);
});

test('labels outside: how many, and the first in the order of the table', () => {
  const dataset = changed((labels) => {
    labels[30 * 7 + 3] = -0.5;
    labels[30 * 2] = 500;
    labels[30 * 4] = 96;
  });
  const [note, ...others] = labelNotes(trainingData(recipe, dataset));
  expect(others).toEqual([]);
  expect(note).toMatch(
    /^2 coordinates lie outside their pictures, the first in row 3: left_eye_center_x is 500 of 96 pixels\./,
  );
});

test('rows without a label: their number, and the first by its place in the table', () => {
  const dataset = changed((labels) => {
    labels.fill(Number.NaN, 30 * 9, 30 * 10);
    labels.fill(Number.NaN, 30 * 12, 30 * 13);
  });
  expect(labelNotes(trainingData(recipe, dataset))).toEqual([
    '2 rows of 20 have no label at all and teach nothing, the first is row 10.',
  ]);
  // A recipe that takes complete rows does not learn from them.
  expect(labelNotes(trainingData(net1, dataset))).toEqual([]);
});
