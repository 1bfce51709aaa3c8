import { teamRecipes } from '../../recipes/index.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import {
  checkTeamFolder,
  isTeamFile,
  isTeamFolder,
  memberPath,
  pretrainedModel,
  readTeam,
} from '../node/team-folder.ts';
import { ensembleOf } from '../train/ensemble.ts';
import { isEnsemble, memberNames, type TeamRecipe } from '../train/team.ts';
import type { FitFlags } from './fit-recipe.ts';
import { shellLine } from './output.ts';
import { chooseRecipe, readPretrained, settingsOf } from './recipe-options.ts';

/** Whether a name asks for several nets: a recipe of ours, a recipe file, or a folder of them. */
export const isTeam = async (name: string): Promise<boolean> =>
  Object.hasOwn(teamRecipes, name) || (await isTeamFolder(name)) || (await isTeamFile(name));

/** Which nets are trained. */
export interface ChosenTeam {
  readonly recipe: TeamRecipe;
  /** What the command line changes, as `--set` takes it. */
  readonly settings: readonly string[];
  /** The model whose weights they begin with. */
  readonly pretrained: Model | undefined;
  /** Their folder. */
  readonly out: string;
}

/**
 * The nets that a command line asks for: those that are going to begin, or those of a folder that go on.
 *
 * @param name of one of our recipes of several nets, a recipe file of that form, or their folder; with
 *   `--seeds` also what names a single net
 * @throws InputError where they cannot begin or go on there
 */
export async function chooseTeam(name: string, flags: FitFlags): Promise<ChosenTeam> {
  const { resume, epochs, seeds, points } = flags;
  const recipe = await teamOf(name, seeds);
  if (points !== undefined && !isEnsemble(recipe)) {
    throw new InputError(
      '--points: specialists have points of their own',
      'Leave it out; to divide the points in another way, write a recipe file with "specialists".',
    );
  }
  const isFolder = resume && (await isTeamFolder(name));
  const out = flags.out ?? (isFolder ? name : `runs/${recipe.name}`);
  if (epochs?.more) {
    const more = `+${epochs.count}`;
    throw new InputError(
      `--epochs ${more}: several nets are trained further one by one`,
      `For example: ${shellLine('fit', memberPath(out, memberNames(recipe)[0]!), '--resume', '--epochs', more)}`,
    );
  }
  if (resume) await requireTeam(recipe, out, flags);
  else await checkTeamFolder(out, flags.force);
  const pretrained = await (resume ? pretrainedModel(out) : readPretrained(flags.pretrain));
  const begun = resume ? withSeeds(await readTeam(out), seeds) : recipe;
  const { withTeamSettings } = await import('../train/team-recipes.ts');
  const settings = settingsOf(begun.base, { ...flags, epochs: epochs?.count, pretrained });
  return { recipe: withTeamSettings(begun, settings), settings, pretrained, out };
}

/** The recipe of several nets that has a name, or so many of a single one that has it. */
async function teamOf(name: string, seeds: number | undefined): Promise<TeamRecipe> {
  if (Object.hasOwn(teamRecipes, name)) return withSeeds(teamRecipes[name]!, seeds);
  if (await isTeam(name)) return withSeeds(await readTeam(name), seeds);
  return ensembleOf(await chooseRecipe(name, { set: [] }), seeds!);
}

function withSeeds(recipe: TeamRecipe, seeds: number | undefined): TeamRecipe {
  if (seeds === undefined) return recipe;
  if (isEnsemble(recipe)) return { ...recipe, seeds };
  throw new InputError(
    `--seeds ${seeds}: ${recipe.name} is a recipe of specialists`,
    'Train them as often as you like with --seed and --out, and predict with all: --with.',
  );
}

async function requireTeam(
  { name }: TeamRecipe,
  out: string,
  { force, pretrain, seed }: FitFlags,
): Promise<void> {
  if (force) {
    throw new InputError(
      '--resume goes on with nets, --force replaces them',
      'Give one of the two.',
    );
  }
  if (!(await isTeamFolder(out))) {
    throw new InputError(
      `${out}: there are no specialists and no ensemble that could go on`,
      'Give their folder (fiducial fit runs/specialists --resume), or leave out --resume to begin.',
    );
  }
  const there = await readTeam(out);
  if (there.name !== name) {
    throw new InputError(
      `${out}: holds the nets of ${there.name}, not of ${name}`,
      'Choose another folder with --out.',
    );
  }
  if (seed !== undefined && seed !== there.base.seed) {
    throw new InputError(
      `--seed ${seed}: these nets have begun with ${there.base.seed}`,
      'Leave it out, or choose another folder with --out.',
    );
  }
  if (pretrain) {
    throw new InputError(
      '--pretrain says how nets begin, and these have begun',
      'Leave it out: the folder has kept the weights for those that are still to begin.',
    );
  }
}
