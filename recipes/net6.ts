import { conv2d, dense, dropout, flatten, maxPool2d, relu } from '../src/nn/layers.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { net5 } from './net5.ts';

export const net6: Recipe = {
  ...net5,
  name: 'net6',
  about: 'net5 with dropout after each pooling and after the first dense layer.',
  // net5's training loss falls far below its validation loss. Where values are silenced at random, no
  // unit can rely on another. More of them the deeper it goes: all else is made of the first maps.
  // The training loss is measured with values missing, so now it may lie above the validation loss.
  layers: [
    ...[conv2d(32, 3, { name: 'conv1' }), relu(), maxPool2d(2, { name: 'pool1' })],
    dropout(0.1, { name: 'dropout1' }),
    ...[conv2d(64, 2, { name: 'conv2' }), relu(), maxPool2d(2, { name: 'pool2' })],
    dropout(0.2, { name: 'dropout2' }),
    ...[conv2d(128, 2, { name: 'conv3' }), relu(), maxPool2d(2, { name: 'pool3' })],
    dropout(0.3, { name: 'dropout3' }),
    ...[flatten(), dense(500, { name: 'dense4' }), relu()],
    dropout(0.5, { name: 'dropout4' }),
    ...[dense(500, { name: 'dense5' }), relu()],
  ],
};
