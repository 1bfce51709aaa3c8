import type { Recipe } from '../src/train/recipe.ts';
import { net1 } from './net1.ts';
import { net2 } from './net2.ts';
import { start } from './start.ts';

/** Every recipe by name, in the order of the tutorial. */
export const recipes: Readonly<Record<string, Recipe>> = { net1, net2, start };
