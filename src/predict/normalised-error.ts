import type { Dataset } from '../data/dataset.ts';

/** A mean error as a share of a distance within each face. */
export interface NormalisedError {
  /** Mean over rows, of each row's mean over its points: 0.05 is 5 % of the distance. */
  readonly mean: number;
  /** Rows that have both of these points. */
  readonly rows: number;
  /** The points between which the distance is taken. */
  readonly by: readonly [string, string];
}

/** The distance between the eyes by either of these, the first that a schema has. */
const EYES = [
  ['left_eye_center', 'right_eye_center'],
  ['left_eye_outer_corner', 'right_eye_outer_corner'],
] as const;

/**
 * The normalised mean error (NME): the distance of a point from its label divided by that between the
 * eyes, as papers on faces tell it, for pictures differ in how large a face is.
 *
 * @param predicted coordinates of shape (dataset.rows, points, 2), in pixels
 * @param rows which rows to compare; those without both eyes are left out
 * @returns undefined where the schema has no such points, and where no row has both
 */
export function normalisedError(
  { schema, labels }: Dataset,
  predicted: Float32Array,
  rows: Uint32Array,
): NormalisedError | undefined {
  const by = EYES.find((names) => names.every((name) => schema.points.includes(name)));
  if (!by) return undefined;
  const values = 2 * schema.points.length;
  const [left, right] = by.map((name) => 2 * schema.points.indexOf(name)) as [number, number];
  const distance = (a: Float32Array, i: number, b: Float32Array, j: number): number => {
    const [dx, dy] = [a[i]! - b[j]!, a[i + 1]! - b[j + 1]!];
    return Math.sqrt(dx * dx + dy * dy);
  };
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    const start = row * values;
    const eyes = distance(labels, start + left, labels, start + right);
    // Also NaN, where one of them has no label.
    if (!(eyes > 0)) continue;
    const distances = schema.points
      .map((_, point) => distance(predicted, start + 2 * point, labels, start + 2 * point))
      .filter((own) => !Number.isNaN(own));
    sum += distances.reduce((total, own) => total + own, 0) / distances.length / eyes;
    count++;
  }
  return count === 0 ? undefined : { mean: sum / count, rows: count, by };
}
