import type { Dataset } from '../data/dataset.ts';
import { InputError, inFile } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { hasModel, isRun, readModel, readRunFacts, readRunTable } from '../node/run-folder.ts';
import {
  createTeamFolder,
  memberPath,
  memberRuns,
  type NamedRun,
  writeTeam,
} from '../node/team-folder.ts';
import { measureRows } from '../predict/measure-rows.ts';
import { isEnsemble, type TeamRecipe, unlearnedPoints } from '../train/team.ts';
import { recipesFor, settingsFor, withTeamSettings } from '../train/team-recipes.ts';
import { type TrainingData, trainingData } from '../train/training-data.ts';
import { chooseTeam } from './chosen-team.ts';
import { engineOptions } from './engine-options.ts';
import { type FitFlags, teachersNamed } from './fit-recipe.ts';
import { readFitTable } from './fit-table.ts';
import { printJson, shellLine } from './output.ts';
import type { KnownTeacher } from './teachers.ts';
import { jointRmse, netResult, teamHeader, teamSummary } from './team-text.ts';
import {
  checkBeginnings,
  goingOn,
  jobsOf,
  someUnfinished,
  type Task,
  trainAll,
} from './train-team.ts';

/**
 * Trains several nets, each into a run of its own in one folder; several at once where `--jobs` says so.
 *
 * @param name of one of our recipes of several nets, a recipe file of that form, or their folder; with
 *   `--seeds` also what names a single net
 */
export async function fitTeam(name: string, flags: FitFlags): Promise<void> {
  const jobs = jobsOf(flags);
  const { pretrained, out, ...chosen } = await chooseTeam(name, flags);
  const first = flags.resume && (await begunRun(memberRuns(out, chosen.recipe), out, flags));
  const begun = first === undefined ? undefined : await readRunTable(first);
  const facts = first === undefined ? undefined : await readRunFacts(first);
  const { dataName, dataset, groups, corrections, ...beside } = await readFitTable(flags, begun);
  const recipe = withTeamSettings(chosen.recipe, beside.settings);
  const settings = [...chosen.settings, ...beside.settings];
  const recipes = inFile(dataName, () => recipesFor(recipe, dataset));
  const teachers = await teachersOf(flags, first);
  await checkBeginnings(recipes, { dataset, groups }, { dataName, pretrained, teachers });
  const tasks: Task[] = [];
  for (const [i, run] of memberRuns(out, recipe).entries()) {
    const task = { ...run, recipe: recipes[i]!, resume: false };
    const own = [...settingsFor(recipe, settings), ...settingsFor(recipe, settings, run.name)];
    tasks.push(flags.resume ? await goingOn(task, own) : task);
  }
  const left = await someUnfinished(tasks, { dataset, groups }, flags);
  if (flags.resume) await writeTeam(out, recipe);
  else await createTeamFolder(out, recipe, { force: flags.force, pretrained });
  const unlearned = unlearnedPoints(recipes, dataset.schema);
  if (flags.json) printJson({ event: 'nets', recipe, out, unlearned });
  else process.stdout.write(teamHeader(recipe, tasks, unlearned));
  const { failed, isEnded } = await trainAll(left, dataset, {
    jobs: Math.min(jobs, left.length),
    flags,
    run: {
      ...{ groups, corrections, pretrained, teachers, dataName },
      ...{ tensorboard: flags.tensorboard, checkpointEvery: flags.checkpointEvery },
      // Those that begin later have the card of those that have begun.
      licence: flags.licence ?? facts?.licence,
      notes: flags.notes ?? facts?.notes,
    },
  });
  await tellResults(tasks, dataset, { recipe, out, flags, groups });
  const goOn = ['fit', out, '--resume', ...(flags.groups ? ['--groups', flags.groups] : [])];
  if (isEnded && !flags.json) process.stdout.write(`To go on: ${shellLine(...goOn)}\n`);
  if (failed.length > 0) throw notTrained(failed, recipe, out, goOn);
}

/** The first of the nets that have begun, whose table is that of all; where none has, it must be given. */
async function begunRun(
  runs: readonly NamedRun[],
  out: string,
  { data }: FitFlags,
): Promise<string | undefined> {
  for (const { path } of runs) {
    if (await isRun(path)) return path;
  }
  if (data !== undefined) return undefined;
  throw new InputError(
    `${out}: none of its nets has begun, so their table is not known`,
    'Give it with --data.',
  );
}

/** The teachers of all nets, which are those of one that has begun. */
async function teachersOf(
  { teacher }: FitFlags,
  begun: string | undefined,
): Promise<readonly KnownTeacher[] | undefined> {
  const named = teacher === undefined ? undefined : await teachersNamed(teacher);
  if (begun === undefined) return named;
  const { sameTeachers } = await import('./teachers.ts');
  return sameTeachers(begun, named);
}

/** What the nets have come to, alone and together. */
async function tellResults(
  tasks: readonly Task[],
  dataset: Dataset,
  { recipe, out, flags, groups }: Told,
): Promise<void> {
  const trained = [];
  for (const { name, path } of tasks) {
    if (await hasModel(path)) trained.push({ name, model: await readModel(path) });
  }
  const results = trained.map(({ name, model }) => netResult(name, model));
  const models = trained.map(({ model }) => model);
  const validRmse = isEnsemble(recipe)
    ? await meanRmse(models, trainingData(tasks[0]!.recipe, dataset, groups), flags)
    : jointRmse(results);
  if (flags.json) printJson({ event: 'results', out, validRmse, results });
  else if (results.length > 0) process.stdout.write(teamSummary(recipe, results, validRmse, out));
}

interface Told {
  readonly recipe: TeamRecipe;
  readonly out: string;
  readonly flags: FitFlags;
  readonly groups: Uint32Array | undefined;
}

/** The error in the validation rows of the mean of what several nets find, in pixels. */
async function meanRmse(
  models: readonly Model[],
  { dataset, split: { valid } }: TrainingData,
  flags: FitFlags,
): Promise<number> {
  if (models.length === 0 || valid.length === 0) return Number.NaN;
  const { errors } = await measureRows(models, dataset, valid, engineOptions(flags));
  return errors.rmse;
}

/** What is said where some could not be trained to their end. */
function notTrained(
  failed: readonly string[],
  recipe: TeamRecipe,
  out: string,
  goOn: readonly string[],
): InputError {
  const path = memberPath(out, failed[0]!);
  const others = shellLine(...goOn, '--set', `${failed[0]}.learningRate=0.001`);
  return new InputError(
    `not trained to the end: ${failed.join(', ')}`,
    isEnsemble(recipe)
      ? `Begin again (--force) with other values for all of them, such as --set learningRate=0.001; or go on with each alone where it says how above, and then with all: ${shellLine(...goOn)}`
      : `Remove what is left of ${failed.length > 1 ? 'each' : 'it'} and go on with other values, such as: rm -r ${path}; ${others}`,
  );
}
