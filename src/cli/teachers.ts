import { counted } from '../counted.ts';
import { crc32 } from '../crc32.ts';
import type { Dataset } from '../data/dataset.ts';
import { keptTogether } from '../data/split.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { readBytes } from '../node/read-file.ts';
import type { TeacherFacts } from '../node/run-facts.ts';
import { modelFile, readModel, readRecipe, readRunFacts } from '../node/run-folder.ts';
import { trainedRuns } from '../node/team-folder.ts';
import { requireFit } from '../predict/fit-check.ts';
import { joinSchemas } from '../predict/joined.ts';
import { requireTeacher } from '../train/distillation.ts';
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
 * The models from which a run that goes on has learnt so far; it can go on with these alone.
 *
 * @param path its folder
 * @param named where they are now; default: where they were
 * @returns undefined where it has learnt from its table alone
 * @throws InputError where one is gone, or they are other models
 */
export async function sameTeachers(
  path: string,
  named: readonly KnownTeacher[] | undefined,
): Promise<readonly KnownTeacher[] | undefined> {
  const known = (await readRunFacts(path))?.teachers;
  if (!known && !named) return undefined;
  const teachers = named ?? (await readTeachers(known!.map((teacher) => teacher.path)));
  const other = teachers.find(({ facts }, i) => facts.crc32 !== known?.[i]?.crc32);
  if (!other && teachers.length === known?.length) return teachers;
  const told = known
    ? `${other?.facts.path ?? path}: not the ${counted(known.length, 'model')} from which the run has learnt`
    : `${path}: the run has learnt from its table alone, without teachers`;
  throw new InputError(
    told,
    'Go on as it began (--teacher says where its teachers are now), or begin a new run; --pretrain takes the weights along.',
  );
}

/**
 * Refuses teachers that cannot teach.
 *
 * @throws InputError where one takes other pictures than the table's, they do not fit together, or find
 *   none of the points
 */
export function requireTeachers(
  teachers: readonly KnownTeacher[],
  { dataset }: TrainingData,
): void {
  for (const { model, facts } of teachers) requireFit(model, dataset, `table (${facts.path})`);
  const schema = joinSchemas(teachers.map(({ model }) => model.schema));
  requireTeacher({ schema }, dataset.schema);
}

/**
 * What must be said about teachers that have learnt from rows on which their pupil is validated; it will
 * seem better than it is. Where a teacher was split by groups that are not given, that cannot be known.
 *
 * @param groups by which the pupil's rows are split, and the teachers' where they are split by group
 */
export async function teacherNotes(
  teachers: readonly KnownTeacher[],
  { table, dataset, split, tableRows }: TrainingData,
  groups: ArrayLike<number> | undefined,
): Promise<string[]> {
  const valid = new Set(Array.from(split.valid, (row) => tableRows[row]!));
  const notes: string[] = [];
  for (const { model, facts } of teachers) {
    if (model.schema.conventionPairs && !dataset.schema.conventionPairs) {
      notes.push(
        `The teacher ${facts.path} tells two conventions apart and the net does not: rows with few labels are taught as those with many are marked. --set conventions=two learns both.`,
      );
    }
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
