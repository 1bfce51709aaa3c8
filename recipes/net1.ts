import { dense, flatten, relu } from '../src/nn/layers.ts';
import { meanSquaredError } from '../src/nn/loss.ts';
import { nesterov } from '../src/nn/rule.ts';
import type { Recipe } from '../src/train/recipe.ts';

export const net1: Recipe = {
  name: 'net1',
  about: 'A single hidden layer of 100 units: where the tutorial begins, and what to beat.',
  layers: [flatten(), dense(100, { name: 'hidden' }), relu()],
  head: 'dense',
  gain: 1,
  pretrained: null,
  tuning: {},
  loss: meanSquaredError(),
  rule: nesterov(),
  averaging: null,
  learningRate: 0.01,
  momentum: 0.9,
  epochs: 400,
  patience: null,
  keep: 'best',
  batch: 128,
  // Like nolearn, rows are taken in the order in which they stand.
  shuffle: false,
  augmentation: {},
  rows: 'complete',
  conventions: 'one',
  points: 'all',
  mirrorAxis: 'middle',
  mirrorPairs: 'names',
  teacherWeight: 0.5,
  split: { type: 'random', fraction: 0.2 },
  seed: 42,
};
