import { linearSchedule } from '../src/nn/schedule.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { keras3 } from './keras3.ts';

export const keras4: Recipe = {
  ...keras3,
  name: 'keras4',
  about: 'keras3 with a learning rate that falls.',
  // Large steps while the weights are far off, small ones at the end; Keras sets a value before its
  // epoch, so there is no lag. The momentum stays at 0.9: Keras had nothing to move it.
  learningRate: linearSchedule(0.03, 0.001),
  // Larger steps at first, so fewer of them will do.
  epochs: 1000,
};
