import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import type { Model } from '../model/model-file.ts';
import type { SpecialistsRecipe } from '../train/specialists.ts';
import { readText } from './read-file.ts';
import { contents, hasModel, isRun, jsonText, readModel, writeModel } from './run-folder.ts';
import { explainSystemError } from './system-error.ts';
import { writeFileAtomically } from './write-file.ts';

const SPECIALISTS = 'specialists.json';
/** The model whose weights they begin with; kept, so that any of them can be begun later. */
const PRETRAINED = 'pretrained.safetensors';

/** One of the runs at a path: the path itself, or a specialist's folder in it. */
export interface NamedRun {
  /** The specialist's name; the path where there is one run alone. */
  readonly name: string;
  readonly path: string;
}

/** Whether a folder holds specialists, each with a run of its own in it. */
export const isSpecialistsFolder = async (path: string): Promise<boolean> => {
  const file = await stat(join(path, SPECIALISTS)).catch(() => undefined);
  return file?.isFile() ?? false;
};

/**
 * Reads the recipe of a folder of specialists, or a recipe file of that form.
 *
 * @throws InputError where there is none or it was damaged
 */
export async function readSpecialists(path: string): Promise<SpecialistsRecipe> {
  const file = (await isSpecialistsFolder(path)) ? join(path, SPECIALISTS) : path;
  const { specialistsSchema } = await import('../train/specialists-schema.ts');
  return parseJson(specialistsSchema, await readText(file), file);
}

/** Whether a JSON file is a recipe of specialists and not that of one net. */
export async function isSpecialistsFile(path: string): Promise<boolean> {
  try {
    return Object.hasOwn(JSON.parse(await readText(path)), 'specialists');
  } catch {
    // What is wrong with it is said by who reads it as a recipe.
    return false;
  }
}

/** The model whose weights the specialists of a folder begin with, where there is one. */
export const pretrainedModel = async (folder: string): Promise<Model | undefined> =>
  (await contents(folder)).includes(PRETRAINED) ? readModel(join(folder, PRETRAINED)) : undefined;

/** The folder of a specialist's run. */
export const specialistPath = (folder: string, name: string): string => join(folder, name);

/**
 * The runs at a path: those of the specialists where it is their folder, else the path alone.
 *
 * @throws InputError where a specialist has no model yet
 */
export async function trainedRuns(path: string): Promise<NamedRun[]> {
  if (!(await isSpecialistsFolder(path))) return [{ name: path, path }];
  const { specialists } = await readSpecialists(path);
  const runs = specialists.map(({ name }) => ({ name, path: specialistPath(path, name) }));
  for (const run of runs) {
    if (await hasModel(run.path)) continue;
    throw new InputError(
      `${path}: the specialist ${run.name} has no model yet`,
      `Train on: fiducial fit ${path} --resume.`,
    );
  }
  return runs;
}

/**
 * Refuses a path at which no folder of specialists can be created, before any work is done for it.
 *
 * @throws InputError where something is there already: specialists without `force`, or anything else
 */
export async function checkSpecialistsFolder(path: string, force: boolean): Promise<void> {
  const names = await contents(path);
  if (names.length === 0) return;
  if (!names.includes(SPECIALISTS)) {
    throw new InputError(
      `${path}: the folder is not empty and holds no specialists`,
      'Choose another folder with --out.',
    );
  }
  if (!force) {
    throw new InputError(
      `${path}: there are specialists already`,
      'Go on with --resume, choose another folder with --out, or replace them with --force.',
    );
  }
}

/**
 * Creates the folder with its recipe and the model whose weights they begin with. With `force`, older
 * specialists and their runs are removed.
 */
export async function createSpecialistsFolder(
  path: string,
  recipe: SpecialistsRecipe,
  { force, pretrained }: { readonly force: boolean; readonly pretrained?: Model | undefined },
): Promise<void> {
  await checkSpecialistsFolder(path, force);
  try {
    for (const name of await contents(path)) {
      const inside = join(path, name);
      if (name === PRETRAINED || (await isRun(inside))) await rm(inside, { recursive: true });
    }
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw explainSystemError(error, path);
  }
  if (pretrained) await writeModel(join(path, PRETRAINED), pretrained);
  // The last, so that a folder with a recipe has everything.
  await writeSpecialists(path, recipe);
}

/** Writes the recipe of a folder in the place of the one that it had. */
export async function writeSpecialists(path: string, recipe: SpecialistsRecipe): Promise<void> {
  await writeFileAtomically(join(path, SPECIALISTS), jsonText(recipe));
}
