import { recipes } from '../../recipes/index.ts';
import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { readRecipe } from '../node/run-folder.ts';
import type { Recipe } from '../train/recipe.ts';
import { withSettings } from '../train/settings.ts';

/** What a person may say about a recipe on the command line. */
export interface RecipeFlags {
  readonly epochs?: number;
  readonly seed?: number;
  readonly batch?: number;
  readonly points?: string;
  readonly groups?: string;
  readonly set: readonly string[];
}

/**
 * The recipe that a command line asks for.
 *
 * @param name of one of our recipes, a `recipe.json` or the folder of a run
 * @throws InputError for an unknown name (the nearest one is named) or value
 */
export async function chooseRecipe(name: string, flags: RecipeFlags): Promise<Recipe> {
  const { epochs, seed, batch, points, groups, set } = flags;
  const named = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  const isPath = /[/\\]|\.json$/.test(name);
  if (!named && !isPath) {
    throw new InputError(`no recipe "${name}"`, didYouMean(name, Object.keys(recipes)));
  }
  const recipe = named ?? (await readRecipe(name));
  const short = Object.entries({ epochs, seed, batch })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`);
  const chosen = points ? [`points=${points}`] : [];
  const grouped = groups ? ['split=group'] : [];
  return withSettings(recipe, [...short, ...chosen, ...grouped, ...set]);
}
