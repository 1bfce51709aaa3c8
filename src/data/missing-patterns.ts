import type { Dataset } from './dataset.ts';

/** Rows that lack the same points. */
export interface MissingPattern {
  readonly rows: number;
  readonly present: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Which points are labelled together, and in how many rows; the most frequent first, none where the
 * table has no keypoints.
 *
 * @example
 * missingPatterns(dataset)[0]; // { rows: 4755, present: ['left_eye_center', …], missing: […] }
 */
export function missingPatterns({ schema, rows, labels }: Dataset): MissingPattern[] {
  const { points } = schema;
  if (points.length === 0) return [];
  const counts = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const pattern = points
      .map((_, point) => {
        const x = 2 * (row * points.length + point);
        return Number.isNaN(labels[x]! + labels[x + 1]!) ? '-' : '+';
      })
      .join('');
    counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([pattern, count]) => ({
      rows: count,
      present: points.filter((_, point) => pattern[point] === '+'),
      missing: points.filter((_, point) => pattern[point] === '-'),
    }));
}
