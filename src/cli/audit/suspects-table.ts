import type { Suspect } from '../../data/audit/suspect.ts';
import { formatCoordinate } from '../../data/coordinate.ts';
import { csvLine } from '../../data/csv.ts';
import type { Dataset } from '../../data/dataset.ts';

const COLUMNS = ['Row', 'Point', 'Reason', 'Distance', 'x', 'y', 'predicted_x', 'predicted_y'];

/**
 * Suspects as a table: the row (from 1), the point (`*`: the whole row), why, how far off in pixels, the
 * label and the prediction.
 *
 * @param predicted coordinates of shape (rows, points, 2), in pixels
 */
export function suspectsTable(
  suspects: readonly Suspect[],
  { schema: { points }, labels }: Dataset,
  predicted: Float32Array | undefined,
): string {
  const lines = suspects.map(({ row, point, words, distance }) => {
    const at = point === undefined ? Number.NaN : 2 * (row * points.length + point);
    return csvLine([
      String(row + 1),
      point === undefined ? '*' : points[point]!,
      words,
      ...[distance, labels[at], labels[at + 1], predicted?.[at], predicted?.[at + 1]].map(field),
    ]);
  });
  return csvLine(COLUMNS) + lines.join('');
}

/** A number that may be missing, to hundredths: the table is for people. */
const field = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '' : formatCoordinate(Number(value.toFixed(2)));
