import { dense, flatten } from '../src/nn/layers.ts';
import type { EnsembleRecipe } from '../src/train/ensemble.ts';
import { activation, blocks, compact } from './compact.ts';
import { heatmaps } from './heatmaps.ts';

export const accurate: EnsembleRecipe = {
  name: 'accurate',
  about: 'The mean of two nets like compact and two with heat maps: the best of 90 minutes.',
  base: {
    ...compact,
    // Nobody downloads these: the size does not matter.
    layers: [
      ...blocks([16, 32, 64, 128, 128]),
      ...[flatten(), dense(256, { name: 'dense6' }), activation],
    ],
    epochs: 160,
  },
  // Two that err differently gain more than two of a kind from other seeds.
  others: [{ ...heatmaps, epochs: 120 }],
  seeds: 2,
};
