import { findMirrorAxis } from '../data/mirror-axis.ts';
import { type KeypointSchema, labelShift } from '../data/schema.ts';
import type { Recipe } from './recipe.ts';
import { mirroredSchema, type TrainingData } from './training-data.ts';

/**
 * Finds about which x labels are mirrored, where the recipe asks for it: in all points of the table, as one eye alone
 * tells nothing, and in the rows to train on. Also where no picture is mirrored in training, for the model may be
 * asked to look at mirrored ones.
 *
 * @returns the data as they were given, or with the axis in their dataset's schema
 */
export function chooseMirrorAxis(recipe: Recipe, data: TrainingData): TrainingData {
  const { table, dataset, split, tableRows } = data;
  if (recipe.mirrorAxis === 'middle' || dataset.schema.mirrorAxis !== undefined) return data;
  const trainRows = split.train.map((row) => tableRows[row]!);
  const schema = mirroredSchema(recipe, table.schema);
  const mirrorAxis = findMirrorAxis({ ...table, schema }, trainRows);
  if (mirrorAxis === undefined) return data;
  return { ...data, dataset: { ...dataset, schema: { ...dataset.schema, mirrorAxis } } };
}

/** What was found, if it is not the middle of the pictures. */
export function mirrorAxisNote(schema: KeypointSchema): string | undefined {
  const shift = labelShift(schema);
  if (shift === 0) return undefined;
  const distance = Math.abs(shift).toFixed(2);
  return `Labels lie ${distance} pixels to the ${shift > 0 ? 'right' : 'left'} of what they mark, as mirrored pictures tell: those are mirrored about x = ${schema.mirrorAxis!.toFixed(2)}.`;
}
