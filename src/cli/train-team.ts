import { join } from 'node:path';
import type { Dataset } from '../data/dataset.ts';
import { Engine } from '../engine/engine.ts';
import { InputError, inFile } from '../errors.ts';
import { CHECKPOINTS, readNewestCheckpoint } from '../node/checkpoints.ts';
import { describeMachine } from '../node/machine.ts';
import { contents, readRecipe } from '../node/run-folder.ts';
import type { NamedRun } from '../node/team-folder.ts';
import { stopsEarly } from '../train/early-stopping.ts';
import { fingerprintOf, fingerprintText } from '../train/fingerprint.ts';
import { firstWeights } from '../train/first-weights.ts';
import { networkFor, type Recipe } from '../train/recipe.ts';
import { resumedRecipe } from '../train/resumption.ts';
import { withSettings } from '../train/settings.ts';
import { trainingData } from '../train/training-data.ts';
import { type EngineFlags, runEngine } from './engine-options.ts';
import type { FitFlags } from './fit-recipe.ts';
import { listenForInterruption } from './interruption.ts';
import { netView } from './net-view.ts';
import { shellLine } from './output.ts';
import { type RunOptions, runTraining } from './run-training.ts';
import { jsonView } from './run-view.ts';

/** A net that is still to be trained, or to be trained on. */
export interface Task extends NamedRun {
  readonly recipe: Recipe;
  readonly resume: boolean;
}

/** What nets learn from. */
interface LearntTable {
  readonly dataset: Dataset;
  readonly groups: ArrayLike<number> | undefined;
}

/**
 * How many nets are trained at once.
 *
 * @throws InputError where there are not as many cores or threads
 */
export function jobsOf({ jobs = 1, threads }: Pick<FitFlags, 'jobs' | 'threads'>): number {
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

/**
 * Refuses what a net could not begin with, before any of them is trained.
 *
 * @throws InputError where a recipe does not fit the table, the pretrained model or the teachers
 */
export async function checkBeginnings(
  recipes: readonly Recipe[],
  { dataset, groups }: LearntTable,
  { dataName, pretrained, teachers }: Pick<RunOptions, 'dataName' | 'pretrained' | 'teachers'>,
): Promise<void> {
  for (const recipe of recipes) {
    const data = inFile(dataName, () => trainingData(recipe, dataset, groups));
    const network = networkFor(recipe, data.dataset.schema);
    if (recipe.pretrained) firstWeights(network, recipe, pretrained);
    if (teachers) (await import('./teachers.ts')).requireTeachers(teachers, data);
  }
}

/**
 * The same net going on where its run has come to a checkpoint, with the recipe of that run, for it may
 * have been trained further alone; one that was ended before its first checkpoint begins again.
 *
 * @param settings what is changed now
 */
export async function goingOn(task: Task, settings: readonly string[]): Promise<Task> {
  const checkpoints = await contents(join(task.path, CHECKPOINTS));
  if (!checkpoints.some((name) => name.endsWith('.safetensors'))) return task;
  return { ...task, recipe: withSettings(await readRecipe(task.path), settings), resume: true };
}

/**
 * Those that are not trained to their end, or to where `--until` says.
 *
 * @param table what is learnt from now
 * @throws InputError where one that goes on is asked for more than another end, or was made of other data
 */
export async function unfinished(
  tasks: readonly Task[],
  table: LearntTable,
  { until = Infinity }: Pick<FitFlags, 'until'>,
): Promise<Task[]> {
  const left: Task[] = [];
  for (const task of tasks) {
    if (!task.resume || !(await isFinished(task, table, until))) left.push(task);
  }
  return left;
}

/**
 * The same where there must be some.
 *
 * @throws InputError likewise, and where there are none
 */
export async function someUnfinished(
  tasks: readonly Task[],
  table: LearntTable,
  flags: Pick<FitFlags, 'until'>,
): Promise<Task[]> {
  const left = await unfinished(tasks, table, flags);
  if (left.length > 0) return left;
  throw new InputError(
    `nothing is left to train: each net has had its epochs${flags.until === undefined ? '' : ', has come to --until'} or was stopped early`,
    `One alone can be trained further, such as: ${shellLine('fit', tasks[0]!.path, '--resume', '--epochs', '+100')}`,
  );
}

async function isFinished(
  { name, path, recipe }: Task,
  { dataset, groups }: LearntTable,
  until: number,
): Promise<boolean> {
  const { checkpoint } = await readNewestCheckpoint(path);
  const { epoch, best, build } = checkpoint;
  // Also one that is finished must have been made as is asked for now, of what is given now.
  inFile(`net ${name}`, () => {
    const data = fingerprintOf(trainingData(recipe, dataset, groups));
    return resumedRecipe(recipe, checkpoint, { data: fingerprintText(data), build });
  });
  return epoch >= Math.min(recipe.epochs, until) || stopsEarly(recipe, best?.record, epoch);
}

interface TrainAllOptions {
  readonly jobs: number;
  readonly flags: EngineFlags & Pick<FitFlags, 'until' | 'json'>;
  readonly run: Pick<
    RunOptions,
    | 'groups'
    | 'corrections'
    | 'pretrained'
    | 'teachers'
    | 'dataName'
    | 'tensorboard'
    | 'checkpointEvery'
    | 'licence'
    | 'notes'
  >;
}

/** How a training of several ended. */
export interface Outcome {
  /** Names of those that could not be trained to their end. */
  readonly failed: readonly string[];
  /** Whether `--until` or a person has ended it before its time. */
  readonly isEnded: boolean;
}

/**
 * Trains several nets on one table, each into a run of its own, and so many at once as there are jobs.
 * What one of them cannot do does not keep the others from being trained.
 */
export async function trainAll(
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
          show: flags.json ? jsonView({ net: name }) : jobs === 1 ? 'text' : netView(name),
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
function shareOf(flags: EngineFlags, jobs: number): EngineFlags {
  if (jobs === 1) return flags;
  return { ...flags, threads: Math.floor((flags.threads ?? describeMachine().cores) / jobs) };
}
