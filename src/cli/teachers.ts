import { crc32 } from '../crc32.ts';
import type { Dataset } from '../data/dataset.ts';
import { keptTogether } from '../data/split.ts';
import type { Engine } from '../engine/engine.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { readBytes } from '../node/read-file.ts';
import type { TeacherFacts } from '../node/run-facts.ts';
import { modelFile, readModel, readRecipe, readRunFacts } from '../node/run-folder.ts';
import { trainedRuns } from '../node/team-folder.ts';
import { requireFit } from '../predict/fit-check.ts';
import { Predictor } from '../predict/predictor.ts';
import type { Teacher } from '../train/distillation.ts';
import type { Recipe } from '../train/recipe.ts';
import { type TrainingData, trainingData } from '../train/training-data.ts';

/** A model from which another one learns, and what a run says of it. */
export interface KnownTeacher {
  readonly model: Model;
  readonly facts: TeacherFacts;
}

/**
 * Reads the models from which another one is to learn.
 *
 * @param paths folders of runs or of several nets, and model files
 */
export async function readTeachers(paths: readonly string[]): Promise<KnownTeacher[]> {
  const runs = (await Promise.all(paths.map(trainedRuns))).flat();
  return Promise.all(
    runs.map(async ({ path }) => {
      const model = await readModel(path);
      const file = await readBytes(await modelFile(path));
      const recipe = String(model.training.recipe ?? 'unknown');
      return { model, facts: { path, recipe, crc32: crc32(file) } };
    }),
  );
}

/**
 * Reads the models from which a run that goes on has learnt so far.
 *
 * @param path its folder
 * @returns undefined where it has learnt from its table alone
 * @throws InputError where one is gone or another model now
 */
export async function readRunTeachers(path: string): Promise<KnownTeacher[] | undefined> {
  const known = (await readRunFacts(path))?.teachers;
  if (!known) return undefined;
  const teachers = await readTeachers(known.map(({ path }) => path));
  teachers.forEach(({ facts }, i) => {
    if (facts.crc32 === known[i]!.crc32) return;
    throw new InputError(
      `${facts.path}: is no longer the model from which the run has learnt`,
      'Say where that model is now with --teacher.',
    );
  });
  return teachers;
}

/**
 * Several models as the one teacher of a net: the mean of what they find.
 *
 * @param engine on which the net itself will be trained
 * @throws InputError where one takes other pictures than the table's, or they do not fit together
 */
export async function teacherOf(
  teachers: readonly KnownTeacher[],
  dataset: Dataset,
  engine: Engine,
): Promise<Teacher> {
  for (const { model, facts } of teachers) requireFit(model, dataset, `table (${facts.path})`);
  const models = teachers.map(({ model }) => model);
  return Predictor.create(models, { engine });
}

/**
 * What must be said about teachers that have learnt from rows on which their pupil is validated; it will
 * seem better than it is. Where a teacher was split by groups that are not given, that cannot be known.
 *
 * @param groups by which the pupil's rows are split, and the teachers' where they are split by group
 */
export async function teacherNotes(
  teachers: readonly KnownTeacher[],
  { table, split, tableRows }: TrainingData,
  groups: ArrayLike<number> | undefined,
): Promise<string[]> {
  const valid = new Set(Array.from(split.valid, (row) => tableRows[row]!));
  const notes: string[] = [];
  for (const { facts } of teachers) {
    const learned = await rowsOf(facts.path, table, groups);
    if (learned === undefined) {
      notes.push(
        `The teacher ${facts.path} was split by groups: without them (--groups) it cannot be told whether it has learnt from the validation rows; then their error would be smaller than that on new pictures.`,
      );
      continue;
    }
    const { length } = learned.filter((row) => valid.has(row));
    if (length === 0) continue;
    notes.push(
      `The teacher ${facts.path} has learnt from ${length} of the ${valid.size} validation rows: their error will be smaller than that on new pictures.`,
    );
  }
  return notes;
}

/**
 * The rows of a table that a teacher has learnt from, none where it is not known to have seen any; undefined
 * where they follow from groups that are missing.
 */
async function rowsOf(
  path: string,
  table: Dataset,
  groups: ArrayLike<number> | undefined,
): Promise<number[] | undefined> {
  const facts = await readRunFacts(path);
  if (facts?.imagesCrc32 !== crc32(table.images)) return [];
  const recipe: Recipe = await readRecipe(path);
  if (keptTogether(recipe.split) === 'group' && !groups) return undefined;
  const { split, tableRows } = trainingData(recipe, table, groups);
  return Array.from(split.train, (row) => tableRows[row]!);
}
