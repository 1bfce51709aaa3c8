import { appendFile, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { encodeModel, type Model } from '../model/model-file.ts';
import type { Checkpoint } from '../train/checkpoint.ts';
import type { EpochRecord } from '../train/epoch.ts';
import type { Recipe } from '../train/recipe.ts';
import { CHECKPOINTS, writeCheckpoint } from './checkpoints.ts';
import { isEventFile } from './event-file.ts';
import { readBytes, readText } from './read-file.ts';
import type { RunFacts } from './run-facts.ts';
import { explainSystemError } from './system-error.ts';
import { isTemporaryFile, writeFileAtomically } from './write-file.ts';

const RECIPE = 'recipe.json';
const RUN = 'run.json';
const HISTORY = 'history.jsonl';
const MODEL = 'model.safetensors';
/** The corrections of the table that the run learns with, so that it can go on without their file. */
const CORRECTIONS = 'corrections.csv';
/** Everything about a run, to be read by a person; it follows from the other files. */
export const REPORT = 'report.html';

/**
 * The folder of a training run: `recipe.json`, `run.json`, `history.jsonl`, `checkpoints/`,
 * `model.safetensors`, `report.html`; `corrections.csv` where labels were corrected.
 *
 * What checks a file is loaded when one is read, so that a new run need not wait for it.
 */
export class RunFolder {
  private constructor(readonly path: string) {}

  /**
   * Refuses a path at which no run can be created, before any work is done for it.
   *
   * @throws InputError where something is there already: a run without `force`, or anything else
   */
  static async check(path: string, force: boolean): Promise<void> {
    const names = await contents(path);
    if (names.length === 0) return;
    if (!names.includes(RECIPE) && !names.includes(RUN)) {
      throw new InputError(
        `${path}: the folder is not empty and is no run of fiducial`,
        'Choose another folder with --out.',
      );
    }
    if (!force) {
      throw new InputError(
        `${path}: there is a run already`,
        'Go on with it (--resume), choose another folder with --out, or replace the run with --force.',
      );
    }
  }

  /**
   * Creates the folder with its recipe and facts; with `force`, in the place of an older run.
   *
   * @param corrections the file of corrections that the run learns with
   */
  static async create(
    path: string,
    recipe: Recipe,
    facts: RunFacts,
    force: boolean,
    corrections?: string,
  ): Promise<RunFolder> {
    await RunFolder.check(path, force);
    const folder = new RunFolder(path);
    try {
      await mkdir(path, { recursive: true });
      const others = (await readdir(path)).filter(
        (name) => isEventFile(name) || isTemporaryFile(name),
      );
      for (const name of [RECIPE, REPORT, MODEL, CORRECTIONS, CHECKPOINTS, HISTORY, ...others])
        await rm(join(path, name), { recursive: true, force: true });
    } catch (error) {
      throw explainSystemError(error, path);
    }
    await Promise.all([folder.record(facts), writeFileAtomically(join(path, HISTORY), '')]);
    if (corrections !== undefined) await writeFileAtomically(join(path, CORRECTIONS), corrections);
    // The last, so that a folder with a recipe has everything.
    await folder.writeRecipe(recipe);
    return folder;
  }

  /**
   * Opens a run that goes on. Epochs that a killed process had trained after its last checkpoint are
   * taken from the history again; they will come to the same numbers.
   *
   * @param recipe in the place of the one with which it began, as it may end at another epoch
   * @param facts likewise
   * @param epoch the last one that is kept
   * @throws InputError where the history is damaged or ends before that epoch
   */
  static async resume(
    path: string,
    recipe: Recipe,
    facts: RunFacts,
    epoch: number,
  ): Promise<RunFolder> {
    const folder = new RunFolder(path);
    const history = join(path, HISTORY);
    const epochs = (await readHistory(path)).map((record) => record.epoch);
    if (epochs.length < epoch || epochs.some((number, i) => number !== i + 1)) {
      throw new InputError(
        `${history}: does not go from epoch 1 to epoch ${epoch}, the last of the checkpoint, line by line`,
        'Put the file back as it was, or train again with --force instead of --resume.',
      );
    }
    const lines = (await readText(history)).split('\n').slice(0, epoch);
    await writeFileAtomically(history, lines.map((line) => `${line}\n`).join(''));
    await folder.writeRecipe(recipe);
    await folder.record(facts);
    for (const name of (await contents(path)).filter(isTemporaryFile)) {
      await rm(join(path, name), { force: true });
    }
    return folder;
  }

  /** Writes how the run is made. */
  private async writeRecipe(recipe: Recipe): Promise<void> {
    await writeFileAtomically(join(this.path, RECIPE), jsonText(recipe));
  }

  /** Writes where and on what the run is made, in the place of what was known before. */
  async record(facts: RunFacts): Promise<void> {
    await writeFileAtomically(join(this.path, RUN), jsonText(facts));
  }

  /** Adds an epoch to the history. */
  async append(record: EpochRecord): Promise<void> {
    const path = join(this.path, HISTORY);
    try {
      await appendFile(path, `${JSON.stringify(record)}\n`);
    } catch (error) {
      throw explainSystemError(error, path);
    }
  }

  /** Writes a checkpoint, with the history up to there on the disk. */
  async keep(checkpoint: Checkpoint): Promise<void> {
    const path = join(this.path, HISTORY);
    try {
      const history = await open(path, 'r+');
      await history.sync().finally(() => history.close());
    } catch (error) {
      throw explainSystemError(error, path);
    }
    await writeCheckpoint(this.path, checkpoint);
  }

  /** Writes the model in the place of an older one. */
  async save(model: Model): Promise<string> {
    const path = join(this.path, MODEL);
    await writeModel(path, model);
    return path;
  }
}

/**
 * Writes a model file, whole or not at all.
 *
 * @param path name of the file; its folder must exist
 * @throws InputError where the system refuses, and where the parts of the model do not fit each other
 * @example
 * await writeModel('model.safetensors', await epoch.model());
 */
export async function writeModel(path: string, model: Model): Promise<void> {
  await writeFileAtomically(path, encodeModel(model));
}

/**
 * The model file of a run's folder, or the path itself where it is no folder.
 *
 * @throws InputError where the folder has no model, and for an ONNX file
 */
export async function modelFile(path: string): Promise<string> {
  if (await isFolder(path)) {
    if (await hasModel(path)) return join(path, MODEL);
    throw new InputError(
      `${path}: there is no ${MODEL} in this folder`,
      (await isRun(path))
        ? `The run has not come to a model yet: fiducial fit ${path} --resume.`
        : 'Give the folder of a run, or a model file.',
    );
  }
  if (/\.onnx$/i.test(path)) {
    throw new InputError(
      `${path}: is an ONNX file, expected a model of fiducial`,
      'Give the run or the .safetensors file from which it was exported.',
    );
  }
  return path;
}

/**
 * Reads a model from a run's folder or from a model file.
 *
 * @param path the folder or the file
 * @throws InputError where there is none or it was damaged
 * @example
 * const points = await predictKeypoints(await readModel('runs/net2'), dataset.images);
 */
export async function readModel(path: string): Promise<Model> {
  const file = await modelFile(path);
  const { decodeModel } = await import('../model/decode-model.ts');
  return decodeModel(await readBytes(file), file);
}

/** Whether a path is the folder of a run. */
export const isRun = async (path: string): Promise<boolean> =>
  (await isFolder(path)) && (await contents(path)).includes(RECIPE);

/** Whether a run has come to a model; one that was ended in its first epoch has none. */
export const hasModel = async (path: string): Promise<boolean> =>
  (await contents(path)).includes(MODEL);

/**
 * Reads the epochs of a run. A last line without its end, of a process that was killed while it wrote,
 * is left out.
 *
 * @param path the run's folder
 * @throws InputError where the folder is no run or a line is damaged
 * @example
 * Math.min(...(await readHistory('runs/net2')).map((epoch) => epoch.validRmse)); // in pixels
 */
export async function readHistory(path: string): Promise<EpochRecord[]> {
  const file = join(path, HISTORY);
  const lines = (await readText(file)).split('\n').slice(0, -1);
  const { epochRecordSchema } = await import('../train/epoch-schema.ts');
  return lines.map((line, i) => parseJson(epochRecordSchema, line, `${file}, line ${i + 1}`));
}

/**
 * Reads the recipe of a run's folder, or a recipe file.
 *
 * @param path the folder or the file
 * @throws InputError where there is none or it was damaged
 * @example
 * for await (const epoch of train(await readRecipe('runs/net2'), dataset)) console.log(epoch.validRmse);
 */
export async function readRecipe(path: string): Promise<Recipe> {
  const file = (await isFolder(path)) ? join(path, RECIPE) : path;
  const { parseRecipe } = await import('../train/recipe-schema.ts');
  return parseRecipe(await readText(file), file);
}

/**
 * Reads where and on what a run was made; undefined where the path is a model file alone.
 *
 * @throws InputError where the folder is no run or its facts were damaged
 */
export async function readRunFacts(path: string): Promise<RunFacts | undefined> {
  if (!(await isFolder(path))) return undefined;
  const file = join(path, RUN);
  const { runFactsSchema } = await import('./run-facts-schema.ts');
  return parseJson(runFactsSchema, await readText(file), file);
}

/** The table of a run, and what was corrected in it. */
export interface RunTable {
  /** As it was typed. */
  readonly data: string;
  /** The run's own file of corrections, if it has learnt with any. */
  readonly corrections: string | undefined;
}

/**
 * What a run was trained on.
 *
 * @throws InputError where the folder is no run
 */
export async function readRunTable(path: string): Promise<RunTable> {
  const { data, corrections } = (await readRunFacts(path))!;
  return { data, corrections: corrections && join(path, CORRECTIONS) };
}

/** Names of what is in a folder; none where there is no folder. */
export async function contents(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw explainSystemError(error, path);
  }
}

/** Whether there is a folder at a path. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** JSON for people too, as all files of a run's folder have it. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
