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
  },
  // Two that err differently gain more than two of a kind from other seeds. Fewer epochs, as each takes a quarter
  // longer: all four then take 40 minutes on two fast cores, and stay below 90 on slow or busy ones.
  others: [{ ...heatmaps, epochs: 75 }],
  seeds: 2,
};
