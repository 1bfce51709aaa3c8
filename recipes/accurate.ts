import type { EnsembleRecipe } from '../src/train/ensemble.ts';
import { compact, fiveBlocks } from './compact.ts';
import { heatmaps } from './heatmaps.ts';

export const accurate: EnsembleRecipe = {
  name: 'accurate',
  about:
    'The mean of two nets like compact and two with heat maps: three to four times the time of compact.',
  base: {
    ...compact,
    // Nobody downloads these: the size does not matter.
    layers: fiveBlocks(256),
    // Two of these take 31 minutes, two with heat maps 28; the rest of the 90 is for slower days.
    epochs: 160,
  },
  // Two that err differently gain more than two of a kind from other seeds.
  others: [{ ...heatmaps, epochs: 120 }],
  seeds: 2,
};
