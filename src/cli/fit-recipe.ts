import { Engine } from '../engine/engine.ts';
import { InputError } from '../errors.ts';
import { readNewestCheckpoint } from '../node/checkpoints.ts';
import { isRun, RunFolder, readRecipe, readRunTable } from '../node/run-folder.ts';
import type { Recipe } from '../train/recipe.ts';
import { type EngineFlags, runEngine } from './engine-options.ts';
import { readFitTable } from './fit-table.ts';
import type { CardFlags } from './options.ts';
import { shellLine } from './output.ts';
import { changed, chooseRecipe, type RecipeFlags, readPretrained } from './recipe-options.ts';
import { runTraining } from './run-training.ts';
import type { KnownTeacher } from './teachers.ts';

export interface FitFlags
  extends Omit<RecipeFlags, 'epochs' | 'pretrained'>,
    EngineFlags,
    CardFlags {
  readonly data?: string;
  readonly out?: string;
  readonly mirror?: string;
  readonly corrections?: string;
  readonly epochs?: EpochsFlag;
  readonly pretrain?: string;
  /** Paths of models that have a say in the labels, with commas between. */
  readonly teacher?: string;
  readonly force: boolean;
  readonly resume?: true;
  readonly until?: number;
  readonly checkpointEvery?: number;
  /** How many nets of an ensemble. */
  readonly seeds?: number;
  /** Nets of several that are trained at once. */
  readonly jobs?: number;
  readonly tensorboard?: true;
  readonly json?: true;
}

/** `--epochs 100`, or `--epochs +100`: so many besides those that the run was to have. */
export interface EpochsFlag {
  readonly count: number;
  readonly more: boolean;
}

/**
 * Trains a recipe on a table, as a new run or one that goes on.
 *
 * @param name of one of our recipes, a `recipe.json` or the folder of a run
 */
export async function fitRecipe(name: string, flags: FitFlags): Promise<void> {
  const { resume, force, epochs } = flags;
  const pretrained = await readPretrained(flags.pretrain);
  const chosen = await chooseRecipe(name, {
    ...flags,
    pretrained,
    epochs: epochs?.count,
  });
  const out = flags.out ?? (resume && (await isRun(name)) ? name : `runs/${chosen.name}`);
  if (resume) await requireRun(out, force);
  else await requireRoom(out, flags);
  const recipe = resume ? resumed(chosen, await readRecipe(out), flags) : chosen;
  const begun = resume ? await readRunTable(out) : undefined;
  const found = resume ? await readNewestCheckpoint(out) : undefined;
  const teachers = flags.teacher === undefined ? undefined : await teachersNamed(flags.teacher);
  // The threads start while the table is read.
  const [{ dataName, dataset, corrections, groups, settings }, engine] = await Promise.all([
    readFitTable(flags, begun),
    Engine.start(runEngine(found, flags)),
  ]);
  await runTraining(await changed(recipe, settings), dataset, {
    out,
    groups,
    corrections,
    pretrained,
    teachers,
    found,
    newLearningRate: flags.set.some((setting) => /^learningRate[.=]/.test(setting)),
    force,
    dataName,
    until: flags.until,
    checkpointEvery: flags.checkpointEvery,
    licence: flags.licence,
    notes: flags.notes,
    tensorboard: flags.tensorboard,
    engine,
    show: flags.json ? 'json' : 'text',
    goOn: shellLine('fit', out, '--resume', ...(flags.groups ? ['--groups', flags.groups] : [])),
  });
}

/**
 * The models of a list with commas between.
 *
 * @throws InputError where a name is empty, or there is no model
 */
export async function teachersNamed(list: string): Promise<KnownTeacher[]> {
  const paths = list.split(',').map((path) => path.trim());
  if (paths.includes('')) {
    throw new InputError(
      `--teacher "${list}": expected names of runs or models, with commas between`,
      'For example --teacher runs/accurate, or runs/net1,runs/net2.',
    );
  }
  const { readTeachers } = await import('./teachers.ts');
  return readTeachers(paths);
}

/** What decides when a run ends stays as it was, and so does its split, unless it is said now. */
function resumed(chosen: Recipe, run: Recipe, { epochs, groups, set }: FitFlags): Recipe {
  const said = (key: string): boolean =>
    set.some((setting) => setting.startsWith(`${key}=`) || setting.startsWith(`${key}.`));
  return {
    ...chosen,
    epochs: epochs
      ? epochs.count + (epochs.more ? run.epochs : 0)
      : (said('epochs') ? chosen : run).epochs,
    patience: (said('patience') ? chosen : run).patience,
    keep: (said('keep') ? chosen : run).keep,
    split: (said('split') || groups !== undefined ? chosen : run).split,
  };
}

async function requireRun(out: string, force: boolean): Promise<void> {
  if (force) {
    throw new InputError(
      '--resume goes on with a run, --force replaces it',
      'Give one of the two.',
    );
  }
  if (!(await isRun(out))) {
    throw new InputError(
      `${out}: there is no run that could go on`,
      'Give the folder of a run (fiducial fit runs/net2 --resume), or leave out --resume to begin one.',
    );
  }
}

async function requireRoom(out: string, { force, epochs }: FitFlags): Promise<void> {
  if (epochs?.more) {
    throw new InputError(
      `--epochs +${epochs.count} trains a run further that is there already`,
      'Add --resume, or give the number of epochs without +.',
    );
  }
  await RunFolder.check(out, force);
}
