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
