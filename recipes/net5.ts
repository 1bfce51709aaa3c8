import type { Recipe } from '../src/train/recipe.ts';
import { net3 } from './net3.ts';
import { net4 } from './net4.ts';

export const net5: Recipe = {
  ...net4,
  name: 'net5',
  about: "net4's schedules with net3's mirrored faces.",
  // net4 learns fast and soon overfits; with mirrored faces the speed is worth something. The tutorial
  // prints the first 2,000 epochs.
  augmentation: net3.augmentation,
};
