import { specialistRecipes } from '../../recipes/index.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { readModel } from '../node/run-folder.ts';
import {
  checkSpecialistsFolder,
  isSpecialistsFile,
  isSpecialistsFolder,
  pretrainedModel,
  readSpecialists,
  specialistPath,
} from '../node/specialists-folder.ts';
import type { SpecialistsRecipe } from '../train/specialists.ts';
import type { FitFlags } from './fit-recipe.ts';
import { shellLine } from './output.ts';
import { settingsOf } from './recipe-options.ts';

/** Whether a name asks for specialists: a recipe of ours, a recipe file, or a folder of them. */
export const isSpecialists = async (name: string): Promise<boolean> =>
  Object.hasOwn(specialistRecipes, name) ||
  (await isSpecialistsFolder(name)) ||
  (await isSpecialistsFile(name));

/** Which specialists are trained. */
export interface ChosenSpecialists {
  readonly recipe: SpecialistsRecipe;
  /** What the command line changes, as `--set` takes it. */
  readonly settings: readonly string[];
  /** The model whose weights they begin with. */
  readonly pretrained: Model | undefined;
  /** Their folder. */
  readonly out: string;
}

/**
 * The specialists that a command line asks for: those that are going to begin, or those of a folder
 * that go on.
 *
 * @param name of one of our recipes of specialists, a recipe file of that form, or their folder
 * @throws InputError where they cannot begin or go on there
 */
export async function chooseSpecialists(name: string, flags: FitFlags): Promise<ChosenSpecialists> {
  const { resume, epochs } = flags;
  const ours = Object.hasOwn(specialistRecipes, name) ? specialistRecipes[name] : undefined;
  const recipe = ours ?? (await readSpecialists(name));
  const isFolder = resume && (await isSpecialistsFolder(name));
  const out = flags.out ?? (isFolder ? name : `runs/${recipe.name}`);
  if (epochs?.more) {
    const more = `+${epochs.count}`;
    throw new InputError(
      `--epochs ${more}: specialists have different numbers of epochs, so they are trained further one by one`,
      `For example: ${shellLine('fit', specialistPath(out, recipe.specialists[0]!.name), '--resume', '--epochs', more)}`,
    );
  }
  if (resume) await requireSpecialists(recipe, out, flags);
  else await checkSpecialistsFolder(out, flags.force);
  const pretrained = resume
    ? await pretrainedModel(out)
    : flags.pretrain === undefined
      ? undefined
      : await readModel(flags.pretrain);
  const begun = resume ? await readSpecialists(out) : recipe;
  const { withSpecialistSettings } = await import('../train/specialists.ts');
  const settings = settingsOf(begun.base, { ...flags, epochs: epochs?.count, pretrained });
  return { recipe: withSpecialistSettings(begun, settings), settings, pretrained, out };
}

async function requireSpecialists(
  { name }: SpecialistsRecipe,
  out: string,
  { force, pretrain }: FitFlags,
): Promise<void> {
  if (force) {
    throw new InputError(
      '--resume goes on with specialists, --force replaces them',
      'Give one of the two.',
    );
  }
  if (!(await isSpecialistsFolder(out))) {
    throw new InputError(
      `${out}: there are no specialists that could go on`,
      'Give their folder (fiducial fit runs/specialists --resume), or leave out --resume to begin.',
    );
  }
  const there = await readSpecialists(out);
  if (there.name !== name) {
    throw new InputError(
      `${out}: holds the specialists of ${there.name}, not of ${name}`,
      'Choose another folder with --out.',
    );
  }
  if (pretrain) {
    throw new InputError(
      '--pretrain says how specialists begin, and these have begun',
      'Leave it out: the folder has kept the weights for those that are still to begin.',
    );
  }
}
