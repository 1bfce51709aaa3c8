import type { TrainingData } from './training-data.ts';

/**
 * The same data with labels for the training rows that teachers, models trained before, have had a say
 * in: (1 - weight) label + weight taught. A label that is missing is what the teachers find, and one that
 * they do not find stays as it is. The validation rows are left alone.
 *
 * Hinton, Vinyals and Dean: Distilling the Knowledge in a Neural Network (2015), for coordinates.
 *
 * @param data as a recipe takes it from a table
 * @param taught what the teachers find in the training rows: shape (training rows, points, 2), in pixels,
 *   `NaN` for points that none of them knows
 * @param weight from 0 (missing labels alone are taught) to 1 (the table's labels do not count)
 * @throws RangeError where what was found is not as long as the rows ask for
 * @example
 * const data = withTeachers(trainingData(recipe, dataset), taught, recipe.teacherWeight);
 */
export function withTeachers(
  data: TrainingData,
  taught: Float32Array,
  weight: number,
): TrainingData {
  const { dataset, split } = data;
  const width = 2 * dataset.schema.points.length;
  if (taught.length !== split.train.length * width) {
    throw new RangeError(`${taught.length} coordinates for ${split.train.length} rows of ${width}`);
  }
  const labels = dataset.labels.slice();
  split.train.forEach((row, place) => {
    for (let i = 0; i < width; i++) {
      const given = labels[row * width + i]!;
      const found = taught[place * width + i]!;
      if (Number.isNaN(found)) continue;
      labels[row * width + i] = Number.isNaN(given) ? found : (1 - weight) * given + weight * found;
    }
  });
  return { ...data, dataset: { ...dataset, labels }, isTaught: true };
}
