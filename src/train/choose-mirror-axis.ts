import { isMirroring } from '../data/augmentation.ts';
import type { Dataset } from '../data/dataset.ts';
import { findMirrorAxis } from '../data/mirror-axis.ts';
import { type KeypointSchema, labelShift } from '../data/schema.ts';
import { selectRows } from '../data/select.ts';
import type { Recipe } from './recipe.ts';

/**
 * Finds about which x labels are mirrored, where the recipe asks for it and mirrors pictures.
 *
 * @param dataset of the points that are learnt
 * @param known `table`: the whole of it, as one eye alone tells nothing; `trainRows`: its rows that may be looked at
 */
export function chooseMirrorAxis(
  { mirrorAxis: wanted, augmentation }: Recipe,
  dataset: Dataset,
  known: { readonly table: Dataset; readonly trainRows: Uint32Array },
): Dataset {
  if (wanted === 'middle' || !isMirroring(augmentation) || dataset.schema.mirrorAxis) {
    return dataset;
  }
  const mirrorAxis = findMirrorAxis(selectRows(known.table, known.trainRows));
  return mirrorAxis ? { ...dataset, schema: { ...dataset.schema, mirrorAxis } } : dataset;
}

/** What was found, if it is not the middle of the pictures. */
export function mirrorAxisNote(schema: KeypointSchema): string | undefined {
  const shift = labelShift(schema);
  if (shift === 0) return undefined;
  const distance = Math.abs(shift).toFixed(2);
  return `Labels lie ${distance} pixels to the ${shift > 0 ? 'right' : 'left'} of what they mark, as mirrored pictures tell: those are mirrored about x = ${schema.mirrorAxis!.toFixed(2)}.`;
}
