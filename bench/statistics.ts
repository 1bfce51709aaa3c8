/** Repeated timings of one thing, in milliseconds. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** The median, and how far it went down and up. */
export function timing(milliseconds: readonly number[]): Timing {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)!, runs: sorted.length };
}

/** Milliseconds that something takes. */
export async function stopwatch(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A straight line through measured points. */
export interface Line {
  /** y at x = 0. */
  readonly start: number;
  /** What y grows by where x grows by one. */
  readonly slope: number;
  /** The largest distance of a point from the line, as a share of that point's y. */
  readonly residual: number;
}

/**
 * The line whose squared distances from the points, each as a share of the point's y, have the smallest
 * sum: so small and large points count alike. Weighted least squares with the weights 1 / y².
 *
 * @param points two or more [x, y] with different x and positive y
 * @example
 * fitLine([[1, 3], [2, 5], [4, 9]]); // { start: 1, slope: 2, residual: 0 }
 */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  let [weights, sumX, sumY, sumXx, sumXy] = [0, 0, 0, 0, 0];
  for (const [x, y] of points) {
    const weight = 1 / (y * y);
    weights += weight;
    sumX += weight * x;
    sumY += weight * y;
    sumXx += weight * x * x;
    sumXy += weight * x * y;
  }
  const slope = (weights * sumXy - sumX * sumY) / (weights * sumXx - sumX * sumX);
  const start = (sumY - slope * sumX) / weights;
  const shares = points.map(([x, y]) => Math.abs(start + slope * x - y) / y);
  return { start, slope, residual: Math.max(...shares) };
}
