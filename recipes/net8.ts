import type { Recipe } from '../src/train/recipe.ts';
import { net7 } from './net7.ts';

export const net8: Recipe = {
  ...net7,
  name: 'net8',
  about: 'net7 that stops when it no longer gets better; the base of the specialists.',
  // Specialists have different numbers of rows, so no number of epochs suits all of them: each ends
  // 200 epochs after its best one, with the weights of that one (`keep: 'best'`, as everywhere here).
  patience: 200,
};
