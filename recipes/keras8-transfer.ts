import { linearSchedule } from '../src/nn/schedule.ts';
import type { SpecialistsRecipe } from '../src/train/specialists.ts';
import { keras8 } from './keras8.ts';

export const keras8Transfer: SpecialistsRecipe = {
  ...keras8,
  name: 'keras8-transfer',
  about: 'The specialists of keras8 from the weights of keras6, with a new output layer.',
  base: {
    ...keras8.base,
    pretrained: { recipe: 'keras6', layers: 'hidden' },
    // Weights that are good already would be lost in steps as long as those at first.
    learningRate: linearSchedule(0.01, 0.001),
    epochs: 300,
  },
};
