/**
 * Curves as lists of points. Polynomials and rational functions only: sine and cosine of the host
 * differ between engines in the last bit.
 */

/** x to the right, y down. */
export type Point = readonly [number, number];

/** Pieces between two points of a curve, and of a quarter of an ellipse. */
const STEPS = 4;

/** The Catmull-Rom spline between b and c in one coordinate; a and d are their neighbours. */
function spline(a: number, b: number, c: number, d: number, t: number): number {
  const linear = c - a;
  const quadratic = 2 * a - 5 * b + 4 * c - d;
  const cubic = 3 * (b - c) + d - a;
  return b + 0.5 * t * (linear + t * (quadratic + t * cubic));
}

/** The points of the spline from b on, up to but without c. */
function piece(a: Point, b: Point, c: Point, d: Point): Point[] {
  return Array.from({ length: STEPS }, (_, step): Point => {
    const t = step / STEPS;
    return [spline(a[0], b[0], c[0], d[0], t), spline(a[1], b[1], c[1], d[1], t)];
  });
}

/** A smooth curve through the points, from the first to the last. */
export function openCurve(through: readonly Point[]): Point[] {
  const last = through.length - 1;
  return through.flatMap((point, i) => {
    if (i === last) return [point];
    return piece(
      through[Math.max(i - 1, 0)]!,
      point,
      through[i + 1]!,
      through[Math.min(i + 2, last)]!,
    );
  });
}

/** A smooth outline through the points and back to the first. */
export function closedCurve(through: readonly Point[]): Point[] {
  const { length } = through;
  const at = (index: number): Point => through[(index + length) % length]!;
  return through.flatMap((point, i) => piece(at(i - 1), point, at(i + 1), at(i + 2)));
}

/** An ellipse by the rational parametrisation of the circle, a quadrant at a time. */
export function ellipse([x, y]: Point, radiusX: number, radiusY = radiusX): Point[] {
  const outline: Point[] = [];
  for (const [cosine, sine] of [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ] as const) {
    for (let step = 0; step < STEPS; step++) {
      const t = step / STEPS;
      const [along, across] = [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)];
      outline.push([
        x + radiusX * (along * cosine - across * sine),
        y + radiusY * (along * sine + across * cosine),
      ]);
    }
  }
  return outline;
}

/**
 * The outline of a stroke along a path.
 *
 * @param path at least two points
 * @param width full width as a function of the way along the path, 0 at its start and 1 at its end
 */
export function ribbon(path: readonly Point[], width: (way: number) => number): Point[] {
  const last = path.length - 1;
  const there: Point[] = [];
  const back: Point[] = [];
  path.forEach(([x, y], i) => {
    const [fromX, fromY] = path[Math.max(i - 1, 0)]!;
    const [toX, toY] = path[Math.min(i + 1, last)]!;
    const [alongX, alongY] = [toX - fromX, toY - fromY];
    const half = width(i / last) / 2 / Math.max(Math.sqrt(alongX * alongX + alongY * alongY), 1e-9);
    there.push([x - alongY * half, y + alongX * half]);
    back.push([x + alongY * half, y - alongX * half]);
  });
  return [...there, ...back.reverse()];
}

/** A width that swells from nothing to `full` in the middle and back. */
export const tapered =
  (full: number) =>
  (way: number): number =>
    full * 4 * way * (1 - way);

/** Mirrors points left to right about x = 0 where `side` is -1. */
export const mirrored = (points: readonly Point[], side: 1 | -1): Point[] =>
  points.map(([x, y]) => [x * side, y]);
