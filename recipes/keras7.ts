import type { Recipe } from '../src/train/recipe.ts';
import { keras6 } from './keras6.ts';

export const keras7: Recipe = {
  ...keras6,
  name: 'keras7',
  about: 'keras6 that stops when it has not got better for 100 epochs.',
  // No need to guess how many epochs a net takes.
  patience: 100,
  // Keras stops there and keeps the weights that it has; `--set keep=best` brings the best ones back.
  keep: 'last',
};
