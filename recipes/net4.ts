import { linearSchedule } from '../src/nn/schedule.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { net2 } from './net2.ts';

export const net4: Recipe = {
  ...net2,
  name: 'net4',
  about: 'net2 with a learning rate that falls and a momentum that rises; no mirroring.',
  // Large steps while the weights are far off, small ones at the end. nolearn sets a value after an
  // epoch, for the next one, so two epochs run at the first value.
  learningRate: linearSchedule(0.03, 0.0001, { lag: 1 }),
  // As steps become small, the way that earlier gradients point to counts for more.
  momentum: linearSchedule(0.9, 0.999, { lag: 1 }),
  // Both go over the run's own epochs. The tutorial prints the first 1,000.
  epochs: 3000,
};
