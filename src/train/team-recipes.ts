import type { Dataset } from '../data/dataset.ts';
import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { ensembleMembers } from './ensemble.ts';
import type { Recipe } from './recipe.ts';
import { withSettings } from './settings.ts';
import { specialistRecipesFor, withSpecialistSettings } from './specialists.ts';
import { isEnsemble, memberNames, type TeamRecipe } from './team.ts';

/**
 * The recipe of every net of a team, in the order of `memberNames`.
 *
 * A specialist learns from the rows that have all of its points, so the number of its epochs follows
 * from the table: floor(epochRows / rows), with the rows counted before they are split, as in the
 * Lasagne tutorial. The nets of an ensemble are validated on the same rows.
 *
 * @throws InputError where two specialists share a name or a point, a point is unknown or in no row,
 *   a mirrored point is without its partner, or a setting is wrong or changes the points
 * @example
 * recipesFor(specialists, dataset)[1].epochs; // 1418 for nose_tip in Kaggle's 7,049 rows
 */
export const recipesFor = (recipe: TeamRecipe, dataset: Dataset): Recipe[] =>
  isEnsemble(recipe)
    ? ensembleMembers(recipe).map((member) => member.recipe)
    : specialistRecipesFor(recipe, dataset);

/**
 * The same team with some values changed: `key=value` for all of its nets, `<name>.key=value` for one
 * specialist. Where the epochs of all specialists are given, they no longer follow from the rows.
 *
 * @param settings as `withSettings` takes them, some with a specialist's name before the key
 * @throws InputError for a key that is neither a recipe's nor a specialist (the nearest one is named),
 *   and for the `points` of specialists
 * @example
 * withTeamSettings(specialists, ['batch=64', 'nose_tip.learningRate=0.02']);
 */
export function withTeamSettings(recipe: TeamRecipe, settings: readonly string[]): TeamRecipe {
  if (isEnsemble(recipe)) {
    const change = (net: Recipe): Recipe => withSettings(net, settings);
    return { ...recipe, base: change(recipe.base), others: recipe.others.map(change) };
  }
  return withSpecialistSettings(recipe, settingsFor(recipe, settings), (name) =>
    settingsFor(recipe, settings, name),
  );
}

/**
 * Those of some settings that are for one net alone, without its name; or those for all.
 *
 * @param name of the net; default: those for all
 * @throws InputError as `withTeamSettings`
 */
export function settingsFor(
  recipe: TeamRecipe,
  settings: readonly string[],
  name?: string,
): string[] {
  const names = isEnsemble(recipe) ? [] : memberNames(recipe);
  const keys = Object.keys(recipe.base);
  return settings.flatMap((setting) => {
    const [, first, rest] = /^([^.=]+)\.(.*)$/s.exec(setting) ?? [];
    if (first === undefined || keys.includes(first)) return name === undefined ? setting : [];
    if (names.includes(first)) return first === name ? rest! : [];
    throw new InputError(
      `--set ${setting}: there is no key${names.length > 0 ? ' and no specialist' : ''} "${first}"`,
      didYouMean(first, [...names, ...keys]),
    );
  });
}
