import type { SpecialistsRecipe } from '../src/train/specialists.ts';
import { kerasTop } from './keras-top.ts';
import { keras8 } from './keras8.ts';

export const kerasTopSpecialists: SpecialistsRecipe = {
  ...keras8,
  name: 'keras-top-specialists',
  about:
    'The specialists of keras8 as keras-top: new dense layers over the convolutions of keras6.',
  base: kerasTop,
};
