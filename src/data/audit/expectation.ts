import { labelOf } from '../corrections.ts';
import type { Dataset } from '../dataset.ts';

/** Where labels are expected, and how far from there they usually are. */
export interface Expectation {
  /** Coordinates of shape (rows, points, 2), in pixels; `NaN` where nothing is known. */
  readonly places: Float32Array;
  /** The usual distance of a label from its place, in pixels, for a row and a point. */
  usual(row: number, point: number): number;
}

/** A smaller usual distance would make much of differences that nobody can see; as a share of the side. */
const SMALLEST = 0.0025;

/**
 * Takes the median distance of each point's labels from their places as what is usual: a few wrong
 * labels do not change it.
 *
 * @param places coordinates of shape (rows, points, 2), in pixels
 * @param isKnown whether the places of a row come from a model that has learnt its labels, and so are
 *   nearer to them; such rows have medians of their own
 */
export function expectation(
  dataset: Dataset,
  places: Float32Array,
  isKnown: (row: number) => boolean = () => false,
): Expectation {
  const { points, side } = dataset.schema;
  const distances = [false, true].map(() => points.map((): number[] => []));
  for (let row = 0; row < dataset.rows; row++) {
    for (let point = 0; point < points.length; point++) {
      const distance = distanceAt(dataset, places, row, point);
      if (!Number.isNaN(distance)) distances[Number(isKnown(row))]![point]!.push(distance);
    }
  }
  const usual = distances.map((ofKind) =>
    ofKind.map((values) => Math.max(median(values), SMALLEST * side)),
  );
  return { places, usual: (row, point) => usual[Number(isKnown(row))]![point]! };
}

/** The median of every coordinate, for every row: where points usually are. */
export function usualPlaces({ schema, rows, labels }: Dataset): Float32Array {
  const values = 2 * schema.points.length;
  const medians = Array.from({ length: values }, (_, i) => {
    const column = Array.from({ length: rows }, (_, row) => labels[row * values + i]!);
    return median(column.filter((value) => !Number.isNaN(value)));
  });
  return Float32Array.from({ length: labels.length }, (_, i) => medians[i % values]!);
}

/** How far the label of a point is from a place, in pixels; `NaN` where either is missing. */
export function distanceAt(
  dataset: Dataset,
  places: Float32Array,
  row: number,
  point: number,
): number {
  const label = labelOf(dataset, row, point);
  const at = 2 * (row * dataset.schema.points.length + point);
  return label ? Math.hypot(label[0] - places[at]!, label[1] - places[at + 1]!) : Number.NaN;
}

/** The middle value; `NaN` of none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
