import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Dataset } from './dataset.ts';
import { imageSize } from './image-format.ts';
import type { KeypointSchema } from './schema.ts';
import { splitAs } from './split-conventions.ts';

/**
 * A dataset of some rows, in the order given; nothing is shared with the original.
 *
 * @param rows indices from 0
 * @example
 * selectRows(dataset, completeRows(dataset));
 */
export function selectRows(dataset: Dataset, rows: Iterable<number>): Dataset {
  const indices = Uint32Array.from(rows);
  const columns = Object.entries(dataset.columns).map(([name, values]) => [
    name,
    Array.from(indices, (row) => values[row]!),
  ]);
  return {
    schema: dataset.schema,
    rows: indices.length,
    images: gather(dataset.images, indices, imageSize(dataset.schema)),
    labels: gather(dataset.labels, indices, 2 * dataset.schema.points.length),
    columns: Object.fromEntries(columns),
  };
}

/** Indices of all rows, in ascending order. */
export const allRows = ({ rows }: { readonly rows: number }): Uint32Array =>
  Uint32Array.from({ length: rows }, (_, row) => row);

/**
 * Indices of the rows that have every label, in ascending order.
 *
 * @example
 * completeRows(dataset).length; // 2140 of Kaggle's 7049
 */
export function completeRows(dataset: Dataset): Uint32Array {
  const length = 2 * dataset.schema.points.length;
  return allRows(dataset).filter(
    (row) => !dataset.labels.subarray(row * length, (row + 1) * length).some(Number.isNaN),
  );
}

/**
 * A dataset of some points, in the order given, with all its rows.
 *
 * @param names points without `_x` and `_y`
 * @throws InputError for no name, an unknown one, or one given twice
 * @example
 * narrowPoints(dataset, ['nose_tip']).labels.length; // 2 * dataset.rows
 */
export function narrowPoints(dataset: Dataset, names: readonly string[]): Dataset {
  const { points, mirrorPairs, conventionPairs = [] } = dataset.schema;
  if (names.length === 0) {
    throw new InputError('no keypoint is chosen', `Choose some of ${points.join(', ')}.`);
  }
  const kept = names.map((name, index) => {
    if (names.indexOf(name) < index) throw new InputError(`the keypoint "${name}" is given twice`);
    const point = points.indexOf(name);
    if (point < 0) {
      throw new InputError(`no keypoint "${name}" in the table`, didYouMean(name, points));
    }
    return point;
  });
  const labels = new Float32Array(dataset.rows * kept.length * 2);
  for (let row = 0, next = 0; row < dataset.rows; row++) {
    for (const point of kept) {
      const x = 2 * (row * points.length + point);
      labels[next++] = dataset.labels[x]!;
      labels[next++] = dataset.labels[x + 1]!;
    }
  }
  const keptPairs = (pairs: readonly (readonly [number, number])[]): [number, number][] =>
    pairs
      .map(([a, b]): [number, number] => [kept.indexOf(a), kept.indexOf(b)])
      .filter(([a, b]) => a >= 0 && b >= 0);
  const mirrored = keptPairs(mirrorPairs).map(([a, b]): [number, number] => [
    Math.min(a, b),
    Math.max(a, b),
  ]);
  const { conventionPairs: _, ...whole } = dataset.schema;
  const twice = keptPairs(conventionPairs);
  const schema = {
    ...{ ...whole, points: names, mirrorPairs: mirrored },
    ...(twice.length > 0 && { conventionPairs: twice }),
  };
  return { ...dataset, schema, labels };
}

/**
 * A dataset of some points, in the order given, with the rows that have all of them.
 *
 * @param names points without `_x` and `_y`
 * @throws InputError as `narrowPoints`
 * @example
 * selectPoints(dataset, ['nose_tip', 'left_eye_center']);
 */
export function selectPoints(dataset: Dataset, names: readonly string[]): Dataset {
  const narrowed = narrowPoints(dataset, names);
  return selectRows(narrowed, completeRows(narrowed));
}

/**
 * A dataset with the points of another schema, all of its rows and pictures; points that it has no
 * labels of are missing (`NaN`), so that a table without labels fits a model too. Where the schema has
 * two conventions, each row has its labels in its own.
 *
 * @example
 * alignPoints(testFaces, model.schema).labels; // all NaN where the table has no keypoints
 */
export function alignPoints(given: Dataset, schema: KeypointSchema): Dataset {
  const dataset = splitAs(schema, given);
  const known = dataset.schema.points;
  const sources = schema.points.map((name) => known.indexOf(name));
  const labels = new Float32Array(dataset.rows * sources.length * 2).fill(Number.NaN);
  for (let row = 0; row < dataset.rows; row++) {
    sources.forEach((source, point) => {
      if (source < 0) return;
      const from = 2 * (row * known.length + source);
      labels.set(dataset.labels.subarray(from, from + 2), 2 * (row * sources.length + point));
    });
  }
  const { side, channels } = dataset.schema;
  return { ...dataset, schema: { ...schema, side, channels }, labels };
}

/** The blocks of `size` values at some indices, one after the other. */
function gather<T extends Uint8Array | Float32Array>(
  values: T,
  indices: Uint32Array,
  size: number,
): T {
  const gathered = new (values.constructor as new (length: number) => T)(indices.length * size);
  indices.forEach((index, place) => {
    gathered.set(values.subarray(index * size, (index + 1) * size), place * size);
  });
  return gathered;
}
