import { linearSchedule } from '../src/nn/schedule.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { keras7 } from './keras7.ts';

export const kerasTop: Recipe = {
  ...keras7,
  name: 'keras-top',
  about:
    'The convolutions of keras6 as they are, with new dense layers that learn from what they see.',
  // Edges and corners are the same for every task. As the pictures and their mirrored copies do not vary,
  // neither does what frozen layers make of them: it is computed once, and an epoch takes a fraction.
  pretrained: { recipe: 'keras6', layers: ['conv1', 'conv2', 'conv3'] },
  tuning: {
    conv1: { frozenUntil: 'end' },
    conv2: { frozenUntil: 'end' },
    conv3: { frozenUntil: 'end' },
  },
  learningRate: linearSchedule(0.01, 0.001),
  epochs: 300,
};
