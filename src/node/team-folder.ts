import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import type { Model } from '../model/model-file.ts';
import { isEnsemble, memberNames, type TeamRecipe } from '../train/team.ts';
import { readText } from './read-file.ts';
import { contents, hasModel, isRun, jsonText, readModel, writeModel } from './run-folder.ts';
import { explainSystemError } from './system-error.ts';
import { writeFileAtomically } from './write-file.ts';

const SPECIALISTS = 'specialists.json';
const ENSEMBLE = 'ensemble.json';
/** The recipe of a team's folder; its name says what kind of a team it is. */
const TEAM_FILES: readonly string[] = [SPECIALISTS, ENSEMBLE];
/** The model whose weights they begin with; kept, so that any of them can be begun later. */
const PRETRAINED = 'pretrained.safetensors';

/** One of the runs at a path: the path itself, or the folder of one net of a team in it. */
export interface NamedRun {
  /** The net's name; the path where there is one run alone. */
  readonly name: string;
  readonly path: string;
}

/** The file in a folder that holds the recipe of a team; undefined where there is none. */
async function teamFile(path: string): Promise<string | undefined> {
  const names = await contents(path).catch(() => []);
  const name = names.find((each) => TEAM_FILES.includes(each));
  return name && join(path, name);
}

/** Whether a folder holds several nets, each with a run of its own in it. */
export const isTeamFolder = async (path: string): Promise<boolean> =>
  (await teamFile(path)) !== undefined;

/**
 * Reads the recipe of a folder of several nets, or a recipe file of that form.
 *
 * @throws InputError where there is none or it was damaged
 */
export async function readTeam(path: string): Promise<TeamRecipe> {
  const file = (await teamFile(path)) ?? path;
  const text = await readText(file);
  const { specialistsSchema, ensembleSchema } = await import('../train/team-schema.ts');
  return kindOf(text) === ENSEMBLE
    ? parseJson(ensembleSchema, text, file)
    : parseJson(specialistsSchema, text, file);
}

/** Whether a JSON file is a recipe of several nets and not that of one. */
export async function isTeamFile(path: string): Promise<boolean> {
  const text = await readText(path).catch(() => '');
  // What is wrong with it is said by who reads it as a recipe.
  return kindOf(text) !== undefined;
}

/** What kind of a team some JSON tells of, by its file in a folder. */
function kindOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    return 'specialists' in value ? SPECIALISTS : 'seeds' in value ? ENSEMBLE : undefined;
  } catch {
    return undefined;
  }
}

/** The model whose weights the nets of a folder begin with, where there is one. */
export const pretrainedModel = async (folder: string): Promise<Model | undefined> =>
  (await contents(folder)).includes(PRETRAINED) ? readModel(join(folder, PRETRAINED)) : undefined;

/** The folder of the run of one net. */
export const memberPath = (folder: string, name: string): string => join(folder, name);

/** The runs of a team, whether they have begun or not. */
export const memberRuns = (folder: string, recipe: TeamRecipe): NamedRun[] =>
  memberNames(recipe).map((name) => ({ name, path: memberPath(folder, name) }));

/**
 * The runs at a path: those of all its nets where it is the folder of a team, else the path alone.
 *
 * @throws InputError where one of them has no model yet
 */
export async function trainedRuns(path: string): Promise<NamedRun[]> {
  if (!(await isTeamFolder(path))) return [{ name: path, path }];
  const runs = memberRuns(path, await readTeam(path));
  for (const run of runs) {
    if (await hasModel(run.path)) continue;
    throw new InputError(
      `${path}: the net ${run.name} has no model yet`,
      `Train on: fiducial fit ${path} --resume.`,
    );
  }
  return runs;
}

/**
 * Refuses a path at which no folder of several nets can be created, before any work is done for it.
 *
 * @throws InputError where something is there already: such nets without `force`, or anything else
 */
export async function checkTeamFolder(path: string, force: boolean): Promise<void> {
  const names = await contents(path);
  if (names.length === 0) return;
  if (!names.some((name) => TEAM_FILES.includes(name))) {
    throw new InputError(
      `${path}: the folder is not empty and holds no specialists or ensemble`,
      'Choose another folder with --out.',
    );
  }
  if (!force) {
    throw new InputError(
      `${path}: there are trained nets already`,
      'Go on with --resume, choose another folder with --out, or replace them with --force.',
    );
  }
}

/**
 * Creates the folder with its recipe and the model whose weights the nets begin with. With `force`,
 * older nets and their runs are removed.
 */
export async function createTeamFolder(
  path: string,
  recipe: TeamRecipe,
  { force, pretrained }: { readonly force: boolean; readonly pretrained?: Model | undefined },
): Promise<void> {
  await checkTeamFolder(path, force);
  const replaced = [PRETRAINED, ...TEAM_FILES];
  try {
    for (const name of await contents(path)) {
      const inside = join(path, name);
      if (replaced.includes(name) || (await isRun(inside))) await rm(inside, { recursive: true });
    }
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw explainSystemError(error, path);
  }
  if (pretrained) await writeModel(join(path, PRETRAINED), pretrained);
  // The last, so that a folder with a recipe has everything.
  await writeTeam(path, recipe);
}

/** Writes the recipe of a folder in the place of the one that it had. */
export async function writeTeam(path: string, recipe: TeamRecipe): Promise<void> {
  const file = isEnsemble(recipe) ? ENSEMBLE : SPECIALISTS;
  await writeFileAtomically(join(path, file), jsonText(recipe));
}
