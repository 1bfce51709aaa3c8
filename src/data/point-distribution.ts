import type { Dataset } from './dataset.ts';
import { imageSize } from './image-format.ts';

/** Where a keypoint lies over many faces, in pixels; `NaN` where it has no label. */
export interface PointDistribution {
  readonly name: string;
  /** Faces that have both of its coordinates. */
  readonly count: number;
  readonly mean: readonly [x: number, y: number];
  /** Variances and covariance of x and y, in square pixels, of the population. */
  readonly covariance: { readonly xx: number; readonly xy: number; readonly yy: number };
}

/**
 * Mean and covariance of every keypoint over the rows that have it.
 *
 * @example
 * pointDistributions(dataset)[0].mean; // [66.4, 37.7]
 */
export const pointDistributions = ({ schema, labels }: Dataset): PointDistribution[] =>
  schema.points.map((name, point) => {
    const [xs, ys] = [0, 1].map((axis) =>
      labels.filter((_, i) => i % (2 * schema.points.length) === 2 * point + axis),
    ) as [Float32Array, Float32Array];
    const complete = (_: number, row: number): boolean => !Number.isNaN(xs[row]! + ys[row]!);
    const x = xs.filter(complete);
    const y = ys.filter(complete);
    const mean = [meanOf(x), meanOf(y)] as const;
    const product = (a: Float32Array, meanA: number, b: Float32Array, meanB: number): number =>
      meanOf(Float64Array.from(a, (value, row) => (value - meanA) * (b[row]! - meanB)));
    return {
      name,
      count: x.length,
      mean,
      covariance: {
        xx: product(x, mean[0], x, mean[0]),
        xy: product(x, mean[0], y, mean[1]),
        yy: product(y, mean[1], y, mean[1]),
      },
    };
  });

/**
 * Mean of every coordinate over the rows that have it.
 *
 * @returns of shape (points, 2), x before y, in pixels; `NaN` for one without any label
 * @example
 * meanPoints(dataset, split.train); // [66.4, 37.7, …]
 */
export function meanPoints({ schema, labels }: Dataset, rows: Uint32Array): Float32Array {
  const values = 2 * schema.points.length;
  return Float32Array.from({ length: values }, (_, i) => {
    let sum = 0;
    let count = 0;
    for (const row of rows) {
      const label = labels[row * values + i]!;
      if (Number.isNaN(label)) continue;
      sum += label;
      count++;
    }
    return sum / count;
  });
}

/**
 * The mean of some pictures.
 *
 * @param rows at least one row
 * @returns bytes of shape (channels, side, side), rounded
 */
export function meanImage({ schema, images }: Dataset, rows: Uint32Array): Uint8Array {
  const size = imageSize(schema);
  const sums = new Float64Array(size);
  for (const row of rows) {
    for (let i = 0; i < size; i++) sums[i]! += images[row * size + i]!;
  }
  return Uint8Array.from(sums, (sum) => Math.round(sum / rows.length));
}

function meanOf(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
