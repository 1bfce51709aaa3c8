import type { Recipe } from '../src/train/recipe.ts';
import type { TeamRecipe } from '../src/train/team.ts';
import { accurate } from './accurate.ts';
import { compact } from './compact.ts';
import { heatmaps } from './heatmaps.ts';
import { kerasTop } from './keras-top.ts';
import { kerasTopSpecialists } from './keras-top-specialists.ts';
import { keras1 } from './keras1.ts';
import { keras2 } from './keras2.ts';
import { keras3 } from './keras3.ts';
import { keras4 } from './keras4.ts';
import { keras5 } from './keras5.ts';
import { keras6 } from './keras6.ts';
import { keras7 } from './keras7.ts';
import { keras8 } from './keras8.ts';
import { keras8Transfer } from './keras8-transfer.ts';
import { net1 } from './net1.ts';
import { net2 } from './net2.ts';
import { net3 } from './net3.ts';
import { net4 } from './net4.ts';
import { net5 } from './net5.ts';
import { net6 } from './net6.ts';
import { net7 } from './net7.ts';
import { net8 } from './net8.ts';
import { net12 } from './net12.ts';
import { specialists } from './specialists.ts';
import { start } from './start.ts';

const ladders = {
  ...{ net1, net2, net3, net4, net5, net6, net7, net8, net12 },
  ...{ keras1, keras2, keras3, keras4, keras5, keras6, keras7, 'keras-top': kerasTop },
  start,
  compact,
  heatmaps,
};
const teams = {
  specialists,
  keras8,
  'keras8-transfer': keras8Transfer,
  'keras-top-specialists': kerasTopSpecialists,
  accurate,
};

/**
 * Every recipe by name: the ladders of both tutorials from the bottom up, then our own. Their names are
 * known to the type checker, so `recipes.net1` is never undefined.
 */
export const recipes: typeof ladders & Readonly<Record<string, Recipe>> = ladders;

/** Every recipe of several nets by name. */
export const teamRecipes: typeof teams & Readonly<Record<string, TeamRecipe>> = teams;
