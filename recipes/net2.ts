import { conv2d, dense, flatten, maxPool2d, relu } from '../src/nn/layers.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { net1 } from './net1.ts';

export const net2: Recipe = {
  ...net1,
  name: 'net2',
  about: 'Three convolutions with pooling before two dense layers; all else as in net1.',
  layers: [
    ...[conv2d(32, 3, { name: 'conv1' }), relu(), maxPool2d(2, { name: 'pool1' })],
    ...[conv2d(64, 2, { name: 'conv2' }), relu(), maxPool2d(2, { name: 'pool2' })],
    ...[conv2d(128, 2, { name: 'conv3' }), relu(), maxPool2d(2, { name: 'pool3' })],
    ...[flatten(), dense(500, { name: 'dense4' }), relu()],
    ...[dense(500, { name: 'dense5' }), relu()],
  ],
  // Deeper, and still learning when net1 has long stopped.
  epochs: 1000,
};
