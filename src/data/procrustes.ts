/** How often the mean shape is found anew; after two rounds it moves by less than float32 can tell. */
const ROUNDS = 5;

/**
 * Moves, turns and scales shapes so that each lies as close as possible to their mean: generalised
 * Procrustes analysis (J. C. Gower, "Generalized Procrustes analysis", 1975).
 *
 * @param shapes coordinates of shape (rows, points, 2), without gaps, and no shape a single spot
 * @param points how many points a shape has
 * @returns of the same shape, centred on (0, 0), in the usual orientation and the mean size of the shapes
 * @example
 * alignShapes(Float64Array.of(0, 0, 2, 0, 10, 10, 10, 12), 2); // twice a line of two along one diagonal
 */
export function alignShapes(shapes: Float64Array, points: number): Float64Array {
  const values = 2 * points;
  const rows = shapes.length / values;
  const centred = shapes.slice();
  const shapeAt = (all: Float64Array, row: number): Float64Array =>
    all.subarray(row * values, (row + 1) * values);
  let size = 0;
  for (let row = 0; row < rows; row++) {
    const shape = shapeAt(centred, row);
    centre(shape);
    size += sizeOf(shape) / rows;
  }
  const aligned = centred.slice();
  const mean = new Float64Array(values);
  for (let round = 0; round < ROUNDS; round++) {
    mean.fill(0);
    aligned.forEach((value, i) => {
      mean[i % values]! += value;
    });
    const factor = size / sizeOf(mean);
    for (let i = 0; i < values; i++) mean[i]! *= factor;
    for (let row = 0; row < rows; row++) {
      turn(shapeAt(centred, row), mean, shapeAt(aligned, row));
    }
  }
  return aligned;
}

/** Moves a shape so that the mean of its points is (0, 0). */
function centre(shape: Float64Array): void {
  const points = shape.length / 2;
  for (const axis of [0, 1]) {
    let sum = 0;
    for (let i = axis; i < shape.length; i += 2) sum += shape[i]!;
    for (let i = axis; i < shape.length; i += 2) shape[i]! -= sum / points;
  }
}

/** The root of the sum of squares, for a centred shape its centroid size. */
function sizeOf(shape: Float64Array): number {
  let sum = 0;
  for (const value of shape) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * The centred shape, turned and scaled so that the squared distance to the target is smallest. With
 * points as complex numbers z and targets m, the factor is sum(m conj(z)) / sum(|z|²).
 */
function turn(shape: Float64Array, target: Float64Array, fitted: Float64Array): void {
  let real = 0;
  let imaginary = 0;
  let norm = 0;
  for (let i = 0; i < shape.length; i += 2) {
    const [x, y, u, v] = [shape[i]!, shape[i + 1]!, target[i]!, target[i + 1]!];
    real += u * x + v * y;
    imaginary += v * x - u * y;
    norm += x * x + y * y;
  }
  for (let i = 0; i < shape.length; i += 2) {
    const [x, y] = [shape[i]!, shape[i + 1]!];
    fitted[i] = (real * x - imaginary * y) / norm;
    fitted[i + 1] = (real * y + imaginary * x) / norm;
  }
}
