import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import { parseJson } from '../json.ts';
import type { Recipe } from '../train/recipe.ts';
import { recipeSchema } from '../train/recipe-schema.ts';
import { readText } from './read-file.ts';
import { contents, jsonText, REPORT } from './run-folder.ts';
import { explainSystemError } from './system-error.ts';
import type { NamedRun } from './team-folder.ts';
import { writeFileAtomically } from './write-file.ts';

const CROSS_VALIDATION = 'cross-validation.json';
const OUT_OF_FOLD = 'out-of-fold.csv';

/** What is cross-validated, and on what: all that is needed to go on with it. */
export interface CrossValidationPlan {
  readonly recipe: Recipe;
  readonly folds: number;
  /** What stays in one fold: groups that were given, or pictures that look alike. */
  readonly together: 'group' | 'similar';
  /** Names of files and columns as they were typed. */
  readonly data: string;
  readonly groups?: string | undefined;
  readonly corrections?: string | undefined;
  readonly pretrain?: string | undefined;
}

const planSchema: z.ZodType<CrossValidationPlan> = z.object({
  recipe: recipeSchema,
  folds: z.int().min(2),
  together: z.enum(['group', 'similar']),
  data: z.string(),
  groups: z.string().optional(),
  corrections: z.string().optional(),
  pretrain: z.string().optional(),
});

/** Whether a path is the folder of a cross-validation. */
export const isCrossValidation = async (path: string): Promise<boolean> =>
  (await contents(path).catch((): string[] => [])).includes(CROSS_VALIDATION);

/**
 * Reads what a folder cross-validates.
 *
 * @throws InputError where there is none or it was damaged
 */
export async function readCrossValidation(path: string): Promise<CrossValidationPlan> {
  if (!(await isCrossValidation(path))) {
    throw new InputError(
      `${path}: there is no cross-validation that could go on`,
      'Give its folder (fiducial cross-validate runs/net2-folds --resume), or leave out --resume to begin.',
    );
  }
  const file = join(path, CROSS_VALIDATION);
  return parseJson(planSchema, await readText(file), file);
}

/**
 * Refuses a path at which no cross-validation can be created, before any work is done for it.
 *
 * @throws InputError where something is there already: one without `force`, or anything else
 */
export async function checkCrossValidation(path: string, force: boolean): Promise<void> {
  if ((await contents(path)).length === 0) return;
  if (!(await isCrossValidation(path))) {
    throw new InputError(
      `${path}: the folder is not empty and holds no cross-validation`,
      'Choose another folder with --out.',
    );
  }
  if (!force) {
    throw new InputError(
      `${path}: there is a cross-validation already`,
      'Go on with --resume, choose another folder with --out, or replace it with --force.',
    );
  }
}

/** The runs of the folds in a folder. */
export const foldRuns = (path: string, folds: number): NamedRun[] =>
  Array.from({ length: folds }, (_, i) => ({
    name: `fold${i + 1}`,
    path: join(path, `fold${i + 1}`),
  }));

/** Creates the folder with its plan; what is left of an older one is removed. */
export async function createCrossValidation(
  path: string,
  plan: CrossValidationPlan,
): Promise<void> {
  try {
    for (const name of await contents(path)) {
      if (/^fold\d+$/.test(name) || [OUT_OF_FOLD, REPORT].includes(name)) {
        await rm(join(path, name), { recursive: true });
      }
    }
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw explainSystemError(error, path);
  }
  await writeFileAtomically(join(path, CROSS_VALIDATION), jsonText(plan));
}

/** What a cross-validation has come to, as the texts of its files. */
export interface CrossValidationFiles {
  /** Predictions of each row by the model that has not seen it. */
  readonly outOfFold: string;
  /** The report. */
  readonly html: string;
  /** Errors as plain data. */
  readonly results: object;
}

/** Writes the results beside the plan. */
export async function writeCrossValidation(
  path: string,
  plan: CrossValidationPlan,
  { outOfFold, html, results }: CrossValidationFiles,
): Promise<void> {
  await writeFileAtomically(join(path, OUT_OF_FOLD), outOfFold);
  await writeFileAtomically(join(path, REPORT), html);
  await writeFileAtomically(join(path, CROSS_VALIDATION), jsonText({ ...plan, results }));
}
