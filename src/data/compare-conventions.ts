import { randomStream } from '../random.ts';
import { conventionOfRows, fewPoints } from './conventions.ts';
import type { Dataset } from './dataset.ts';
import { alignShapes } from './procrustes.ts';

/** How differently a point is marked in rows with few labels, in pixels of a face of the mean size. */
export interface PointDifference {
  readonly name: string;
  /** Mean of the rows with few labels minus that of the others: to the right and downwards. */
  readonly x: number;
  readonly y: number;
  /** Standard errors of the two. */
  readonly xError: number;
  readonly yError: number;
  /** How far apart the two means are. */
  readonly distance: number;
  /** How often chance alone makes any point's difference look as sure as this one. */
  readonly p: number;
}

/** What the labels of two patterns say about whether they are marked alike. */
export interface ConventionComparison {
  /** Rows that were compared: they have all points that both patterns have. */
  readonly rows: { readonly few: number; readonly many: number };
  /** Groups of rows that were taken to be independent; as many as rows where none were given. */
  readonly groups: number;
  readonly points: readonly PointDifference[];
  /** Whether a point is marked differently, surely and by enough to matter to a network. */
  readonly differ: boolean;
}

/** Fewer points always have the same shape, or nearly. */
const LEAST_POINTS = 3;
/** With fewer rows (or groups) their covariance is not known. */
const LEAST_ROWS = 30;
/** How sure a difference has to be. */
const SURE = 0.01;
/** How large, as a share of the picture's side: half a pixel of 96. A smaller one costs a net next to nothing. */
const ENOUGH = 0.5 / 96;
/** Draws of signs; the smallest p is one of as many and one. */
const DRAWS = 999;
/** Square pixels that keep a covariance invertible where labels repeat to the last bit. */
const RIDGE = 1e-9;

/**
 * Tests whether rows with few labels are marked by another convention than those with many. No picture
 * has both, so shapes are compared: the points that both have are moved, turned and scaled onto their
 * common mean, and each point's two means are compared by Hotelling's T². How large T² gets by chance is
 * found by giving the share that each group of rows has in the difference a random sign (J. Hemerik, J.
 * Goeman and L. Finos, "Robust testing in generalized linear models by sign flipping score
 * contributions", 2020), and p is that of the largest T² of all points. A shape cannot tell marking from
 * what the pictures show: where one source has other faces than the other, such as more that look up,
 * that is a difference too.
 *
 * @param groups the group of every row, such as the person; rows of one group are alike and count as
 *   one observation. Default: every row on its own
 * @returns undefined where there are no two patterns, or too few rows or common points to compare
 * @example
 * compareConventions(dataset)?.differ; // true for Kaggle's table
 */
export function compareConventions(
  dataset: Dataset,
  groups?: ArrayLike<number>,
): ConventionComparison | undefined {
  const names = fewPoints(dataset);
  if (!names || names.length < LEAST_POINTS) return undefined;
  const compared = comparedRows(dataset, names, groups);
  const { isFew, groupOf } = compared;
  const few = isFew.filter(Boolean).length;
  const rows = { few, many: isFew.length - few };
  const distinct = new Set(groupOf).size;
  if (Math.min(few, rows.many, distinct) < LEAST_ROWS) return undefined;
  const faces = { ...compared, shapes: alignShapes(compared.shapes, names.length) };
  const means: Sides = [
    meanShape(faces, (row) => isFew[row]!),
    meanShape(faces, (row) => !isFew[row]),
  ];
  const difference = means[0].map((value, i) => value - means[1][i]!);
  const errors = covariancesOf(groupShares(faces, means));
  // If there is no difference, both sides have the mean of all; the shares then add up to what was found.
  const all = meanShape(faces, () => true);
  const shares = groupShares(faces, [all, all]);
  const spread = covariancesOf(shares);
  const found = spread.map((covariance, point) => hotelling(difference, covariance, point));
  const largest = largestByChance(shares, spread);
  const points = names.map((name, point): PointDifference => {
    const [x, y] = [difference[2 * point]!, difference[2 * point + 1]!];
    const { xx, yy } = errors[point]!;
    const above = largest.filter((value) => value >= found[point]!).length;
    return {
      ...{ name, x, y, xError: Math.sqrt(xx), yError: Math.sqrt(yy) },
      distance: Math.sqrt(x * x + y * y),
      p: (1 + above) / (1 + DRAWS),
    };
  });
  const enough = ENOUGH * dataset.schema.side;
  const differ = points.some(({ p, distance }) => p <= SURE && distance >= enough);
  return { rows, groups: distinct, points, differ };
}

/** Rows that are compared. */
interface ComparedRows {
  /** Coordinates of shape (rows, points, 2). */
  readonly shapes: Float64Array;
  readonly isFew: readonly boolean[];
  readonly groupOf: readonly number[];
}

/** Something of the rows with few labels, and of the others. */
type Sides = readonly [few: Float64Array, many: Float64Array];

/** The shapes of the rows that have all points of the few, and where they belong. */
function comparedRows(
  dataset: Dataset,
  few: readonly string[],
  groups: ArrayLike<number> | undefined,
): ComparedRows {
  const { schema, labels } = dataset;
  const places = few.map((name) => schema.points.indexOf(name));
  const values: number[] = [];
  const isFew: boolean[] = [];
  const groupOf: number[] = [];
  conventionOfRows(dataset, few).forEach((convention, row) => {
    const shape = places.flatMap((point) => {
      const x = 2 * (row * schema.points.length + point);
      return [labels[x]!, labels[x + 1]!];
    });
    const isSpot = shape.every((value, i) => value === shape[i % 2]);
    if (isSpot || shape.some(Number.isNaN)) return;
    values.push(...shape);
    isFew.push(convention === 'few');
    groupOf.push(groups ? groups[row]! : row);
  });
  return { shapes: Float64Array.from(values), isFew, groupOf };
}

const valuesOf = ({ shapes, isFew }: ComparedRows): number => shapes.length / isFew.length;

function meanShape(faces: ComparedRows, counts: (row: number) => boolean): Float64Array {
  const values = valuesOf(faces);
  const mean = new Float64Array(values);
  let rows = 0;
  faces.isFew.forEach((_, row) => {
    if (!counts(row)) return;
    rows++;
    for (let i = 0; i < values; i++) mean[i]! += faces.shapes[row * values + i]!;
  });
  return mean.map((sum) => sum / rows);
}

/**
 * What each group adds to the mean of the few minus that of the many: deviations of its rows, over how
 * many rows are of their side.
 *
 * @param means from which the rows of each side deviate
 */
function groupShares(faces: ComparedRows, means: Sides): Float64Array[] {
  const { shapes, isFew, groupOf } = faces;
  const values = valuesOf(faces);
  const few = isFew.filter(Boolean).length;
  const weights = [1 / few, -1 / (isFew.length - few)] as const;
  const shares = new Map<number, Float64Array>();
  groupOf.forEach((group, row) => {
    const side = isFew[row] ? 0 : 1;
    const share = shares.get(group) ?? new Float64Array(values);
    for (let i = 0; i < values; i++) {
      share[i]! += weights[side] * (shapes[row * values + i]! - means[side][i]!);
    }
    shares.set(group, share);
  });
  return [...shares.values()];
}

interface Covariance {
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

/** The covariance of each point's difference, however alike the rows of a group are. */
const covariancesOf = (shares: readonly Float64Array[]): Covariance[] =>
  Array.from({ length: shares[0]!.length / 2 }, (_, point) => {
    let [xx, xy, yy] = [RIDGE, 0, RIDGE];
    for (const share of shares) {
      const [x, y] = [share[2 * point]!, share[2 * point + 1]!];
      xx += x * x;
      xy += x * y;
      yy += y * y;
    }
    return { xx, xy, yy };
  });

/** Hotelling's T² of one point: its difference measured by its own covariance. */
function hotelling(difference: Float64Array, { xx, xy, yy }: Covariance, point: number): number {
  const [x, y] = [difference[2 * point]!, difference[2 * point + 1]!];
  return (yy * x * x - 2 * xy * x * y + xx * y * y) / (xx * yy - xy * xy);
}

/** The largest T² of all points, in each of many draws in which every group's share has a random sign. */
function largestByChance(
  shares: readonly Float64Array[],
  covariances: readonly Covariance[],
): Float64Array {
  const random = randomStream(0, 'conventions');
  const drawn = new Float64Array(2 * covariances.length);
  const words = Math.ceil(shares.length / 32);
  return new Float64Array(DRAWS).map((_, draw) => {
    drawn.fill(0);
    let bits = 0;
    shares.forEach((share, group) => {
      if (group % 32 === 0) bits = random.bits(draw * words + group / 32);
      const sign = (bits >>> (group % 32)) & 1 ? 1 : -1;
      for (let i = 0; i < drawn.length; i++) drawn[i]! += sign * share[i]!;
    });
    return Math.max(...covariances.map((covariance, point) => hotelling(drawn, covariance, point)));
  });
}
