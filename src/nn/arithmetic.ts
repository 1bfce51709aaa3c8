/**
 * What must not come from the host's `Math`, whose `pow`, `sin` and `cos` may differ between engines
 * in the last bit: here sums and products alone, in one order, so every engine has the same bits.
 */

/** base^exponent by squaring; `exponent` is a whole number, 0 or more. */
export function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/**
 * The cosine of an angle in [-pi, pi], to within 2^-52.
 *
 * @example
 * cosine(Math.PI / 3); // 0.5
 */
export const cosine = (angle: number): number => wave(angle, 1);

/** The sine of an angle in [-pi, pi], to within 2^-52; zero keeps its sign. */
export const sine = (angle: number): number => (angle === 0 ? angle : wave(angle, 0));

/** The sine of an angle and some quarter turns. */
function wave(angle: number, ahead: number): number {
  const quarters = Math.round(angle / QUARTER);
  const rest = angle - quarters * QUARTER - quarters * QUARTER_REST;
  const turns = quarters + ahead;
  const size = turns % 2 === 0 ? rest * series(rest * rest, 19) : series(rest * rest, 18);
  return (turns & 2) === 0 ? size : -size;
}

/** A quarter of a turn, pi / 2: the nearest float64, and what that leaves out. */
const QUARTER = Math.PI / 2;
const QUARTER_REST = 6.123233995736766e-17;

/**
 * Taylor's series from its smallest term: of the cosine up to x^degree for an even degree, of
 * sin(x) / x up to x^(degree - 1) for an odd one.
 */
function series(square: number, degree: number): number {
  let sum = 1;
  for (let k = degree; k > 1; k -= 2) sum = 1 - (sum * square) / (k * (k - 1));
  return sum;
}
