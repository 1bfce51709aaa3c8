import { isMirroring } from '../data/augmentation.ts';
import { findMirrorAxis } from '../data/mirror-axis.ts';
import { type KeypointSchema, labelShift } from '../data/schema.ts';
import { selectRows } from '../data/select.ts';
import type { Recipe } from './recipe.ts';
import { mirroredSchema, type TrainingData } from './training-data.ts';

/**
 * Finds about which x labels are mirrored, where the recipe asks for it and mirrors pictures: in all points of the
 * table, as one eye alone tells nothing, and in the rows to train on.
 *
 * @returns the data as they were given, or with the axis in their dataset's schema
 */
export function chooseMirrorAxis(recipe: Recipe, data: TrainingData): TrainingData {
  const { table, dataset, split, tableRows } = data;
  const isAsked = recipe.mirrorAxis === 'auto' && isMirroring(recipe.augmentation);
  if (!isAsked || dataset.schema.mirrorAxis) return data;
  const trainRows = split.train.map((row) => tableRows[row]!);
  const schema = mirroredSchema(recipe, table.schema);
  const mirrorAxis = findMirrorAxis(selectRows({ ...table, schema }, trainRows));
  if (!mirrorAxis) return data;
  return { ...data, dataset: { ...dataset, schema: { ...dataset.schema, mirrorAxis } } };
}

/** What was found, if it is not the middle of the pictures. */
export function mirrorAxisNote(schema: KeypointSchema): string | undefined {
  const shift = labelShift(schema);
  if (shift === 0) return undefined;
  const distance = Math.abs(shift).toFixed(2);
  return `Labels lie ${distance} pixels to the ${shift > 0 ? 'right' : 'left'} of what they mark, as mirrored pictures tell: those are mirrored about x = ${schema.mirrorAxis!.toFixed(2)}.`;
}
