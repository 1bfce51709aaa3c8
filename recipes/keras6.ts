import type { Recipe } from '../src/train/recipe.ts';
import { keras5 } from './keras5.ts';
import { net7 } from './net7.ts';

export const keras6: Recipe = {
  ...keras5,
  name: 'keras6',
  about: 'keras5 with 1,000 units in both dense layers, for five times as many epochs.',
  // With dropout there is room for more weights, and more of both to learn.
  layers: net7.layers,
  epochs: 5000,
};
