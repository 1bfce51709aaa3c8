import { recipes, teamRecipes } from '../../recipes/index.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { didYouMean } from '../nearest.ts';
import { isRun, readModel, readRecipe } from '../node/run-folder.ts';
import type { Recipe } from '../train/recipe.ts';

/** What a person may say about a recipe on the command line. */
export interface RecipeFlags {
  readonly epochs?: number | undefined;
  readonly seed?: number;
  readonly batch?: number;
  readonly points?: string;
  readonly groups?: string | undefined;
  /** Whether a run goes on, whose split is known. */
  readonly resume?: true;
  /** The model whose weights it begins with. */
  readonly pretrained?: Model | undefined;
  /** Layers that do not learn, with commas between, each perhaps with the last epoch of its rest. */
  readonly freeze?: string;
  readonly set: readonly string[];
}

/** The model that `--pretrain` names, where it does. */
export const readPretrained = async (path: string | undefined): Promise<Model | undefined> =>
  path === undefined ? undefined : readModel(path);

/**
 * The recipe that a command line asks for.
 *
 * @param name of one of our recipes, a `recipe.json` or the folder of a run
 * @throws InputError for an unknown name (the nearest one is named) or value
 */
export async function chooseRecipe(name: string, flags: RecipeFlags): Promise<Recipe> {
  const named = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (/\.(csv|csv\.gz|zip)$/i.test(name)) refuseTable(name);
  const isPath = /[/\\]|\.json$/.test(name) || (await isRun(name));
  if (!named && !isPath) refuseName(name);
  const recipe = named ?? (await readRecipe(name));
  return changed(recipe, settingsOf(recipe, flags));
}

/** A recipe with settings; what checks them is loaded where there are some. */
export async function changed(recipe: Recipe, settings: readonly string[]): Promise<Recipe> {
  if (settings.length === 0) return recipe;
  const { withSettings } = await import('../train/settings.ts');
  return withSettings(recipe, settings);
}

function refuseTable(name: string): never {
  throw new InputError(
    `${name}: is a table by its name, expected a recipe`,
    `Give the table with --data ${name}, and in this place the name of a recipe, a recipe.json or a run.`,
  );
}

function refuseName(name: string): never {
  if (Object.hasOwn(teamRecipes, name)) {
    throw new InputError(
      `${name} is a recipe of several nets, and one net is asked for`,
      `Name the one that they are like: ${teamRecipes[name]!.base.name}.`,
    );
  }
  const known = [...Object.keys(recipes), ...Object.keys(teamRecipes)];
  throw new InputError(`no recipe "${name}"`, didYouMean(name, known));
}

/** What the flags change in a recipe, as `--set` takes it. */
export function settingsOf(recipe: Recipe, flags: RecipeFlags): string[] {
  const { epochs, seed, batch, points, pretrained, freeze, set } = flags;
  const short = Object.entries({ epochs, seed, batch })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`);
  const chosen = points === undefined ? [] : [`points=${points}`];
  const grouped = splitSettings(recipe, flags);
  // A recipe that was not made to begin with other weights takes all but the output's.
  const begun = pretrained && recipe.pretrained === null ? [pretraining(pretrained)] : [];
  const rest = freeze === undefined ? [] : frozen(freeze);
  return [...short, ...chosen, ...grouped, ...begun, ...rest, ...set];
}

/** Where a recipe asks for groups and none are given, pictures that look alike are kept together. */
function splitSettings({ split }: Recipe, { groups, resume }: RecipeFlags): string[] {
  if (groups !== undefined) return split.type === 'fold' ? [] : ['split=group'];
  return split.type === 'group' && !resume ? ['split=similar'] : [];
}

/** `conv1,conv2:20` as settings of the recipe. */
const frozen = (layers: string): string[] =>
  layers.split(',').map((part) => {
    const [, name, epoch = 'end'] = /^\s*([^:\s]+)(?::(\d+))?\s*$/.exec(part) ?? [];
    if (name !== undefined) return `tuning.${name}.frozenUntil=${epoch}`;
    throw new InputError(
      `--freeze ${layers}: expected names of layers, with commas between`,
      'For example --freeze conv1,conv2, or conv1:20 for a layer that learns after epoch 20.',
    );
  });

const pretraining = ({ training }: Model): string =>
  `pretrained=${JSON.stringify({ recipe: String(training.recipe), layers: 'hidden' })}`;
