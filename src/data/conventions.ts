import type { Dataset } from './dataset.ts';
import { missingPatterns } from './missing-patterns.ts';

/**
 * How points are marked. Tables may be put together from two sources, as Kaggle's is: some rows have
 * (nearly) all points, the `many`, others only a few, marked by other people with other habits.
 */
export type Convention = 'many' | 'few';

/** The two most frequent patterns of labels are two sources if they have so many of all rows. */
const MOST_ROWS = 0.5;

/**
 * The points that rows with few labels have, where a table has two patterns of labels: the two most
 * frequent ones have at least half of the rows, and one lacks at least half of the other's points.
 *
 * @returns names in the order of the table; undefined where there is no such pattern
 * @example
 * fewPoints(dataset); // both eye centres, the nose tip and the bottom lip in Kaggle's table
 */
export function fewPoints(dataset: Dataset): readonly string[] | undefined {
  const frequent = missingPatterns(dataset).slice(0, 2);
  const rows = frequent.reduce((sum, pattern) => sum + pattern.rows, 0);
  if (frequent.length < 2 || rows < MOST_ROWS * dataset.rows) return undefined;
  const [few, many] = frequent
    .map(({ present }) => present)
    .sort((a, b) => a.length - b.length) as [readonly string[], readonly string[]];
  const isPart = few.length > 0 && few.every((point) => many.includes(point));
  return isPart && 2 * few.length <= many.length ? few : undefined;
}

/**
 * The convention by which the labels of each row are marked: `few` where a row has labels of these
 * points alone, else `many`.
 *
 * @param few names, as `fewPoints` gives them
 */
export function conventionOfRows(
  { schema, rows, labels }: Dataset,
  few: readonly string[],
): Convention[] {
  const isFew = schema.points.map((point) => few.includes(point));
  return Array.from({ length: rows }, (_, row): Convention => {
    const present = isFew.filter((_, point) => {
      const x = 2 * (row * isFew.length + point);
      return !Number.isNaN(labels[x]!) || !Number.isNaN(labels[x + 1]!);
    });
    return present.length > 0 && present.every(Boolean) ? 'few' : 'many';
  });
}
