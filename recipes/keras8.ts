import type { SpecialistsRecipe } from '../src/train/specialists.ts';
import { keras7 } from './keras7.ts';
import { partsOfFace } from './specialists.ts';

export const keras8: SpecialistsRecipe = {
  name: 'keras8',
  about: 'Six specialists, each a keras7 for one part of the face, from drawn weights.',
  // Early stopping ends them long before.
  base: { ...keras7, epochs: 10_000 },
  epochRows: null,
  specialists: partsOfFace,
};
