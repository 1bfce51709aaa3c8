import { join } from 'node:path';
import type { Dataset } from '../data/dataset.ts';
import { Engine } from '../engine/engine.ts';
import { InputError, inFile } from '../errors.ts';
import { CHECKPOINTS, readNewestCheckpoint } from '../node/checkpoints.ts';
import { describeMachine } from '../node/machine.ts';
import {
  contents,
  hasModel,
  isRun,
  readModel,
  readRecipe,
  readRunFacts,
} from '../node/run-folder.ts';
import {
  createSpecialistsFolder,
  type NamedRun,
  specialistPath,
  writeSpecialists,
} from '../node/specialists-folder.ts';
import { stopsEarly } from '../train/early-stopping.ts';
import { firstWeights } from '../train/first-weights.ts';
import { networkFor, type Recipe } from '../train/recipe.ts';
import { resumedRecipe } from '../train/resumption.ts';
import { withSettings } from '../train/settings.ts';
import {
  recipesFor,
  type SpecialistsRecipe,
  settingsFor,
  unlearnedPoints,
  withSpecialistSettings,
} from '../train/specialists.ts';
import { trainingData } from '../train/training-data.ts';
import { chooseSpecialists } from './chosen-specialists.ts';
import { type EngineFlags, runEngine } from './engine-options.ts';
import type { FitFlags } from './fit-recipe.ts';
import { readFitTable } from './fit-table.ts';
import { listenForInterruption } from './interruption.ts';
import { printJson, shellLine } from './output.ts';
import { type RunOptions, runTraining } from './run-training.ts';
import { jsonView } from './run-view.ts';
import { specialistView } from './specialist-view.ts';
import {
  jointRmse,
  specialistResult,
  specialistsHeader,
  specialistsSummary,
} from './specialists-text.ts';

/** A specialist that is still to be trained, or to be trained on. */
interface Task extends NamedRun {
  readonly recipe: Recipe;
  readonly resume: boolean;
}

/**
 * Trains specialists, each into a run of its own in one folder; several at once where `--jobs` says so.
 * What one of them cannot do does not keep the others from being trained.
 *
 * @param name of one of our recipes of specialists, a recipe file of that form, or their folder
 */
export async function fitSpecialists(name: string, flags: FitFlags): Promise<void> {
  const jobs = jobsOf(flags);
  const { pretrained, out, ...chosen } = await chooseSpecialists(name, flags);
  const known = (): Promise<string> => dataOf(out, chosen.recipe);
  const { dataName, dataset, groups, ...beside } = await readFitTable(flags, known);
  const recipe = withSpecialistSettings(chosen.recipe, beside.settings);
  const settings = [...chosen.settings, ...beside.settings];
  const recipes = checkedRecipes(recipe, dataset, { groups, pretrained, dataName });
  const tasks: Task[] = [];
  for (const [i, { name }] of recipe.specialists.entries()) {
    const task = { name, path: specialistPath(out, name), recipe: recipes[i]!, resume: false };
    const own = [...settingsFor(recipe, settings), ...settingsFor(recipe, settings, name)];
    tasks.push(flags.resume && (await hasCheckpoint(task)) ? await goingOn(task, own) : task);
  }
  const left = await unfinished(tasks, flags);
  if (flags.resume) await writeSpecialists(out, recipe);
  else await createSpecialistsFolder(out, recipe, { force: flags.force, pretrained });
  const unlearned = unlearnedPoints(recipe, dataset.schema);
  if (flags.json) printJson({ event: 'specialists', recipe, out, unlearned });
  else process.stdout.write(specialistsHeader(recipe, tasks, unlearned));
  const { failed, isEnded } = await trainAll(left, dataset, {
    jobs: Math.min(jobs, left.length),
    flags,
    run: {
      ...{ groups, pretrained, dataName },
      ...{ tensorboard: flags.tensorboard, checkpointEvery: flags.checkpointEvery },
      ...{ licence: flags.licence, notes: flags.notes },
    },
  });
  await tellResults(tasks, out, flags);
  const goOn = ['fit', out, '--resume', ...(flags.groups ? ['--groups', flags.groups] : [])];
  if (isEnded && !flags.json) process.stdout.write(`To go on: ${shellLine(...goOn)}\n`);
  if (failed.length > 0) {
    throw new InputError(
      `not trained to the end: ${failed.join(', ')}`,
      `Remove what is left of ${failed.length > 1 ? 'each' : 'it'} and go on with other values, such as: ` +
        `rm -r ${specialistPath(out, failed[0]!)}; ${shellLine(...goOn, '--set', `${failed[0]}.learningRate=0.001`)}`,
    );
  }
}

function jobsOf({ jobs = 1, threads, points }: FitFlags): number {
  if (points !== undefined) {
    throw new InputError(
      '--points: specialists have points of their own',
      'Leave it out; to divide the points in another way, write a recipe file with "specialists".',
    );
  }
  const { cores } = describeMachine();
  if (jobs > cores) {
    throw new InputError(
      `--jobs ${jobs}: this machine has ${cores} cores, and each job needs one`,
      `Give at most --jobs ${cores}.`,
    );
  }
  if (threads !== undefined && jobs > threads) {
    throw new InputError(
      `--jobs ${jobs}: with --threads ${threads} there is not one for each job`,
      `Give at most --jobs ${threads}, or more threads.`,
    );
  }
  return jobs;
}

/** The table of the specialists that have begun. */
async function dataOf(out: string, { specialists }: SpecialistsRecipe): Promise<string> {
  for (const { name } of specialists) {
    const path = specialistPath(out, name);
    if (await isRun(path)) return (await readRunFacts(path))!.data;
  }
  throw new InputError(
    `${out}: no specialist has begun, so their table is not known`,
    'Give it with --data.',
  );
}

/** The recipe of each, after a check that each of them can begin. */
function checkedRecipes(
  recipe: SpecialistsRecipe,
  dataset: Dataset,
  { groups, pretrained, dataName }: Pick<RunOptions, 'groups' | 'pretrained' | 'dataName'>,
): Recipe[] {
  const recipes = inFile(dataName, () => recipesFor(recipe, dataset));
  for (const own of recipes) {
    const data = inFile(dataName, () => trainingData(own, dataset, groups));
    const network = networkFor(own, data.dataset.schema);
    if (own.pretrained) firstWeights(network, own, pretrained);
  }
  return recipes;
}

/** Whether a specialist has begun; one that was ended before its first checkpoint begins again. */
const hasCheckpoint = async ({ path }: NamedRun): Promise<boolean> =>
  (await contents(join(path, CHECKPOINTS))).some((name) => name.endsWith('.safetensors'));

/**
 * A specialist that has begun, with the recipe of its own run, for it may have been trained further
 * alone.
 *
 * @param settings what is changed now
 * @throws InputError where they change more than its end
 */
async function goingOn(task: Task, settings: readonly string[]): Promise<Task> {
  const recipe = withSettings(await readRecipe(task.path), settings);
  return { ...task, recipe, resume: true };
}

/** Those that are not trained to their end, or to where `--until` says. */
async function unfinished(tasks: readonly Task[], { until = Infinity }: FitFlags): Promise<Task[]> {
  const left: Task[] = [];
  for (const task of tasks) {
    if (!task.resume || !(await isFinished(task, until))) left.push(task);
  }
  if (left.length > 0) return left;
  throw new InputError(
    `nothing is left to train: each specialist has had its epochs${until === Infinity ? '' : ', has come to --until'} or was stopped early`,
    `One alone can be trained further, such as: ${shellLine('fit', tasks[0]!.path, '--resume', '--epochs', '+100')}`,
  );
}

async function isFinished({ name, path, recipe }: Task, until: number): Promise<boolean> {
  const { checkpoint } = await readNewestCheckpoint(path);
  const { epoch, best } = checkpoint;
  // Also one that is finished must have been made as is asked for now.
  inFile(`specialist ${name}`, () => resumedRecipe(recipe, checkpoint, checkpoint));
  return epoch >= Math.min(recipe.epochs, until) || stopsEarly(recipe, best?.record, epoch);
}

interface TrainAllOptions {
  readonly jobs: number;
  readonly flags: FitFlags;
  readonly run: Pick<
    RunOptions,
    'groups' | 'pretrained' | 'dataName' | 'tensorboard' | 'checkpointEvery' | 'licence' | 'notes'
  >;
}

/** How a training of several ended. */
interface Outcome {
  /** Names of those that could not be trained to their end. */
  readonly failed: readonly string[];
  /** Whether `--until` or a person has ended it before its time. */
  readonly isEnded: boolean;
}

async function trainAll(
  tasks: readonly Task[],
  dataset: Dataset,
  { jobs, flags, run }: TrainAllOptions,
): Promise<Outcome> {
  const failed: string[] = [];
  const { until = Infinity } = flags;
  const waiting = [...tasks.entries()];
  // Each run listens as well; this is for the moments between two of them.
  const interruption = listenForInterruption();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !interruption.signal.aborted; next = waiting.shift()) {
      const [i, { name, path, recipe, resume }] = next;
      if (!flags.json && jobs === 1) {
        process.stdout.write(`${i > 0 ? '\n' : ''}${i + 1}/${tasks.length} ${name}\n`);
      }
      try {
        const found = resume ? await readNewestCheckpoint(path) : undefined;
        await runTraining(recipe, dataset, {
          ...run,
          out: path,
          found,
          // Without --resume the folder is new; with it, what is there was ended before it began.
          force: true,
          until: until < recipe.epochs ? until : undefined,
          engine: await Engine.start(runEngine(found, shareOf(flags, jobs))),
          show: flags.json
            ? jsonView({ specialist: name })
            : jobs === 1
              ? 'text'
              : specialistView(name),
        });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        process.stderr.write(`${name}: ${error.message}\n${error.advice ?? ''}\n`);
        failed.push(name);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, work));
  } finally {
    interruption.close();
  }
  if (interruption.by !== undefined) process.exitCode = interruption.exitCode;
  const isBefore = tasks.some(({ recipe }) => until < recipe.epochs);
  return { failed, isEnded: interruption.by !== undefined || isBefore };
}

/** Each job has its share of the threads. */
function shareOf(flags: FitFlags, jobs: number): EngineFlags {
  if (jobs === 1) return flags;
  return { ...flags, threads: Math.floor((flags.threads ?? describeMachine().cores) / jobs) };
}

async function tellResults(
  runs: readonly NamedRun[],
  out: string,
  { json }: FitFlags,
): Promise<void> {
  const results = [];
  for (const { name, path } of runs) {
    if (await hasModel(path)) results.push(specialistResult(name, await readModel(path)));
  }
  if (json) printJson({ event: 'results', out, validRmse: jointRmse(results), results });
  else if (results.length > 0) process.stdout.write(specialistsSummary(results, out));
}
