import { counted } from '../counted.ts';
import type { TrainingData } from './training-data.ts';

/**
 * What is good to know of the labels that are learnt and validated on: coordinates outside their
 * pictures, which are learnt as they stand, and rows without any label, which teach nothing.
 *
 * @param isTaught whether a teacher finds what the rows to train on lack
 * @returns a sentence each, with the first row of the table that it is about
 * @example
 * labelNotes(trainingData(recipe, dataset));
 * // ['2 coordinates lie outside their pictures, the first in row 3: left_eye_center_x is 500 of 96 pixels. …']
 */
export function labelNotes(
  { dataset, split, tableRows }: TrainingData,
  isTaught = false,
): string[] {
  const { labels, schema } = dataset;
  const width = 2 * schema.points.length;
  const rows = [...split.train, ...split.valid].sort((a, b) => a - b);
  const outside: { readonly row: number; readonly place: number }[] = [];
  const taught = new Set(isTaught ? split.train : []);
  const empty: number[] = [];
  for (const row of rows) {
    const own = labels.subarray(row * width, (row + 1) * width);
    if (own.every(Number.isNaN) && !taught.has(row)) empty.push(row);
    own.forEach((value, place) => {
      if (value < 0 || value > schema.side) outside.push({ row, place });
    });
  }
  const notes: string[] = [];
  const [first] = outside;
  if (first) {
    const { row, place } = first;
    const name = `${schema.points[place >> 1]}_${place % 2 === 0 ? 'x' : 'y'}`;
    const lie = outside.length === 1 ? 'lies outside its picture' : 'lie outside their pictures';
    notes.push(
      `${counted(outside.length, 'coordinate')} ${lie}, the first in row ${tableRows[row]! + 1}: ${name} is ${labels[row * width + place]} of ${schema.side} pixels. What lies outside is learnt as it stands; a field that is empty is left out.`,
    );
  }
  if (empty.length > 0) {
    const have = empty.length === 1 ? 'has' : 'have';
    notes.push(
      `${counted(empty.length, 'row')} of ${rows.length} ${have} no label at all and ${empty.length === 1 ? 'teaches' : 'teach'} nothing, the first is row ${tableRows[empty[0]!]! + 1}.`,
    );
  }
  return notes;
}
