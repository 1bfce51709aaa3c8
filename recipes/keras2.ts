import type { Recipe } from '../src/train/recipe.ts';
import { keras1 } from './keras1.ts';
import { net2 } from './net2.ts';

export const keras2: Recipe = {
  ...keras1,
  name: 'keras2',
  about: "net2's convolutions; all else as in keras1.",
  layers: net2.layers,
  // Deeper, and still learning when keras1 has long stopped.
  epochs: 1000,
};
