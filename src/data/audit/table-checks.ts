import { labelOf } from '../corrections.ts';
import type { Dataset } from '../dataset.ts';
import { duplicateImages } from '../duplicates.ts';
import { median } from './expectation.ts';
import { offBy, type RowContext } from './row-checks.ts';
import type { Suspect } from './suspect.ts';

/** Points nearer than this are in one place; as a share of the side. */
const TOGETHER = 0.005;
/** Points that are usually farther apart than this are never in one place; likewise. */
const APART = 0.03;
/** What two people may differ by who mark the same picture; likewise. */
const AGREED = 0.025;

/**
 * Labels of equal pictures that differ, so that at most one is right. The one that is nearest to the
 * prediction is believed; without predictions every one is suspected.
 */
export function unequalDuplicates(context: RowContext): Suspect[] {
  const { dataset, expected, isPredicted } = context;
  const { points, side } = dataset.schema;
  return duplicateImages(dataset).flatMap((rows) =>
    points.flatMap((_, point) => {
      const marked = rows.filter((row) => labelOf(dataset, row, point));
      const off = (row: number): number => offBy(context, row, point).distance;
      const believed = isPredicted ? marked.toSorted((a, b) => off(a) - off(b))[0] : undefined;
      return marked.flatMap((row): Suspect[] => {
        const others =
          believed === undefined ? marked.filter((other) => other !== row) : [believed];
        const distances = others.map((other) => apart(dataset, [row, point], [other, point]));
        const distance = Math.max(...distances);
        if (!(distance > AGREED * side)) return [];
        const other = others[distances.indexOf(distance)]!;
        const words = `${distance.toFixed(1)} px from its place in row ${other + 1}, which shows the same picture`;
        const times = distance / expected.usual(row, point);
        const proposal = Number.isNaN(off(row)) || !isPredicted ? undefined : { to: undefined };
        return [{ row, point, reason: 'duplicate', words, distance, times, proposal }];
      });
    }),
  );
}

/** Points in one place that are elsewhere in other pictures; of two, the one that is farther off. */
export function pointsInOnePlace(context: RowContext): Suspect[] {
  const { dataset } = context;
  const { points, side } = dataset.schema;
  const found: Suspect[] = [];
  for (let a = 0; a < points.length; a++) {
    for (let b = a + 1; b < points.length; b++) {
      const distances = Array.from({ length: dataset.rows }, (_, row) =>
        apart(dataset, [row, a], [row, b]),
      );
      if (median(distances.filter((value) => !Number.isNaN(value))) < APART * side) continue;
      distances.forEach((distance, row) => {
        if (!(distance < TOGETHER * side)) return;
        const [offA, offB] = [offBy(context, row, a), offBy(context, row, b)];
        const isA = offA.times > offB.times;
        const point = isA ? a : b;
        const words = `in one place with ${points[isA ? b : a]}`;
        const proposal = { to: undefined };
        found.push({ row, point, reason: 'together', words, ...(isA ? offA : offB), proposal });
      });
    }
  }
  return found;
}

/** How far two labels are apart, in pixels; `NaN` where one is missing. */
function apart(
  dataset: Dataset,
  one: readonly [row: number, point: number],
  other: readonly [row: number, point: number],
): number {
  const [a, b] = [labelOf(dataset, ...one), labelOf(dataset, ...other)];
  return a && b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : Number.NaN;
}
