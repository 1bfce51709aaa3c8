import type { Recipe } from '../src/train/recipe.ts';
import { net1 } from './net1.ts';

export const keras1: Recipe = {
  ...net1,
  name: 'keras1',
  about: "net1's net as the Keras tutorial trains it: small batches in a new order each epoch.",
  // Keras's own defaults. 54 small steps an epoch in place of 14 large ones, so fewer epochs will do.
  batch: 32,
  shuffle: true,
  epochs: 100,
  // Keras validates on the last rows. The tutorial shuffles the table once before, always alike: a
  // random fifth of the rows, which is the same whatever the run's seed.
  split: { type: 'random', fraction: 0.2, seed: 42 },
};
