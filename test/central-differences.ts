/**
 * The gradient of a scalar function by central differences: (f(x + h) - f(x - h)) / 2 h, with an error
 * that shrinks with h^2 where f is smooth between the two.
 *
 * @param scalar computes the function from the present contents of `values`
 * @param values where the gradient is taken; changed for the while
 * @param step h
 */
export function centralDifferences(
  scalar: () => number,
  values: Float64Array,
  step = 1e-5,
): Float64Array {
  return values.map((value, i) => {
    values[i] = value + step;
    const above = scalar();
    values[i] = value - step;
    const below = scalar();
    values[i] = value;
    return (above - below) / (2 * step);
  });
}
