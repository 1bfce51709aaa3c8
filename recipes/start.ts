import { conv2d, dense, flatten, maxPool2d, relu } from '../src/nn/layers.ts';
import { maskedMeanSquaredError } from '../src/nn/loss.ts';
import { adam } from '../src/nn/rule.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { net1 } from './net1.ts';

export const start: Recipe = {
  ...net1,
  name: 'start',
  about: 'What `npm start` trains: a small net, quickly, on every row with whatever labels it has.',
  layers: [
    ...[conv2d(16, 3, { name: 'conv1' }), relu(), maxPool2d(2, { name: 'pool1' })],
    ...[conv2d(32, 3, { name: 'conv2' }), relu(), maxPool2d(2, { name: 'pool2' })],
    ...[conv2d(64, 3, { name: 'conv3' }), relu(), maxPool2d(2, { name: 'pool3' })],
    ...[flatten(), dense(128, { name: 'dense4' }), relu()],
  ],
  gain: Math.SQRT2,
  loss: maskedMeanSquaredError(),
  rule: adam(),
  learningRate: 0.001,
  epochs: 20,
  batch: 32,
  shuffle: true,
  rows: 'all',
};
