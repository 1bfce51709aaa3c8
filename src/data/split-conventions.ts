import { InputError } from '../errors.ts';
import { conventionOfRows } from './conventions.ts';
import type { Dataset } from './dataset.ts';
import type { KeypointSchema } from './schema.ts';

/** What follows a point's name where it stands for how rows with few labels mark it. */
const SUFFIX = '_few';

/**
 * Points that rows with few labels mark in their own way become points of their own: behind all others
 * stands each of them once more, as `<name>_few`. Rows with nothing but such labels have them there, all
 * others where they were, so that a network learns each convention from its own rows.
 *
 * @param few names, as `fewPoints` gives them
 * @throws InputError where the table has a point of such a name already
 * @example
 * splitConventions(dataset, fewPoints(dataset)!).schema.points.length; // 19 for Kaggle's table
 */
export function splitConventions(dataset: Dataset, few: readonly string[]): Dataset {
  const { labels, rows } = dataset;
  const schema = splitSchema(dataset.schema, few);
  const pairs = schema.conventionPairs!;
  const [before, after] = [dataset.schema, schema].map(({ points }) => 2 * points.length) as [
    number,
    number,
  ];
  const split = new Float32Array(rows * after).fill(Number.NaN);
  conventionOfRows(dataset, few).forEach((convention, row) => {
    const own = labels.subarray(row * before, (row + 1) * before);
    const target = split.subarray(row * after, (row + 1) * after);
    if (convention === 'many') target.set(own);
    else for (const [from, to] of pairs) target.set(own.subarray(2 * from, 2 * from + 2), 2 * to);
  });
  return { ...dataset, schema, labels: split };
}

function splitSchema(schema: KeypointSchema, few: readonly string[]): KeypointSchema {
  const { points, mirrorPairs } = schema;
  const names = few.map((name) => name + SUFFIX);
  const taken = names.find((name) => points.includes(name));
  if (taken !== undefined) {
    throw new InputError(
      `the table has a keypoint ${taken}, the name that the second convention of ${taken.slice(0, -SUFFIX.length)} would have`,
      'Rename it, or learn one convention: --set conventions=one.',
    );
  }
  const conventionPairs = few.map((name, i): [number, number] => [
    points.indexOf(name),
    points.length + i,
  ]);
  const second = new Map(conventionPairs);
  const mirrored = mirrorPairs.flatMap(([a, b]): [number, number][] => {
    const [left, right] = [second.get(a), second.get(b)];
    if (left === undefined || right === undefined) return [];
    return [[Math.min(left, right), Math.max(left, right)]];
  });
  return {
    ...schema,
    points: [...points, ...names],
    mirrorPairs: [...mirrorPairs, ...mirrored],
    conventionPairs,
  };
}

/**
 * A table whose rows are divided by convention as a model's points are; the same where the model has
 * one convention, or the table is divided already.
 *
 * @example
 * narrowPoints(splitAs(model.schema, table), model.schema.points); // for measuring the model
 */
export function splitAs({ points, conventionPairs }: KeypointSchema, dataset: Dataset): Dataset {
  if (!conventionPairs || dataset.schema.conventionPairs) return dataset;
  const few = conventionPairs.map(([many]) => points[many]!);
  return splitConventions(
    dataset,
    few.filter((name) => dataset.schema.points.includes(name)),
  );
}

/** A schema before its points were divided; the same where they were not. */
export function undividedSchema({
  conventionPairs = [],
  ...whole
}: KeypointSchema): KeypointSchema {
  const points = whole.points.length - conventionPairs.length;
  return {
    ...whole,
    points: whole.points.slice(0, points),
    mirrorPairs: whole.mirrorPairs.filter(([, right]) => right < points),
  };
}

/**
 * What is found in the rows of a table, as the table has its points: where a model has divided them, each
 * row's by its own convention.
 *
 * @param schema of the model
 * @param coordinates of shape (table.rows, schema.points, 2), in pixels
 * @param table as it was read, which has the points that rows with few labels have
 * @returns the schema without a second convention, and coordinates of its points
 */
export function inOwnConvention(
  schema: KeypointSchema,
  coordinates: Float32Array,
  table: Dataset,
): { readonly schema: KeypointSchema; readonly coordinates: Float32Array } {
  const { conventionPairs: pairs } = schema;
  if (!pairs) return { schema, coordinates };
  const whole = undividedSchema(schema);
  const few = pairs.map(([many]) => schema.points[many]!);
  const divided = 2 * schema.points.length;
  const width = 2 * whole.points.length;
  const own = new Float32Array(table.rows * width);
  conventionOfRows(table, few).forEach((convention, row) => {
    const found = coordinates.subarray(row * divided, (row + 1) * divided);
    own.set(found.subarray(0, width), row * width);
    if (convention === 'many') return;
    for (const [point, second] of pairs) {
      own.set(found.subarray(2 * second, 2 * second + 2), row * width + 2 * point);
    }
  });
  return { schema: whole, coordinates: own };
}
