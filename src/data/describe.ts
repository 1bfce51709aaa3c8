import { type ConventionComparison, compareConventions } from './compare-conventions.ts';
import type { Dataset } from './dataset.ts';
import { duplicateImages } from './duplicates.ts';
import { type Channels, imageSize } from './image-format.ts';
import { type MissingPattern, missingPatterns } from './missing-patterns.ts';
import { nearDuplicates } from './near-duplicates.ts';
import { standardScaling } from './scaling.ts';
import { allRows, completeRows } from './select.ts';
import { headOf, tableColumns } from './write-table.ts';

/** A closed range; both ends are NaN where there is no value. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Some rows as a network gets them: X the images in [0, 1], y the labels scaled by half the side. */
export interface ScaledShape {
  readonly X: Range & { readonly shape: readonly [rows: number, values: number] };
  /** The range is that of the labels that are there. */
  readonly y: Range & { readonly shape: readonly [rows: number, coordinates: number] };
}

/** What a dataset holds, as plain data. */
export interface Description {
  readonly rows: number;
  /** Rows with every label. */
  readonly completeRows: number;
  readonly points: readonly string[];
  /** Width and height of the images, in pixels. */
  readonly side: number;
  /** 1: grey images; 3: red, green and blue. */
  readonly channels: Channels;
  /** Values per column (pandas' `df.count()`): coordinates, other columns, `Image`. */
  readonly counts: readonly { readonly column: string; readonly count: number }[];
  readonly scaled: { readonly complete: ScaledShape; readonly all: ScaledShape };
  /** The most frequent first; empty where the table has no keypoints. */
  readonly missing: readonly MissingPattern[];
  /** Whether rows with few labels are marked as the others; `null` where there are no two such patterns. */
  readonly conventions: ConventionComparison | null;
  /** Groups of rows, counted from 1, whose images are equal to the last byte. */
  readonly duplicates: readonly (readonly number[])[];
  /** Groups of rows, counted from 1, whose images show nearly the same, equal ones among them. */
  readonly nearDuplicates: readonly (readonly number[])[];
}

/**
 * Counts, ranges, patterns of missing labels, conventions of marking and duplicate images of a dataset.
 *
 * @param groups the group of every row, such as the person, for the comparison of conventions
 * @example
 * describe(dataset).counts[0]; // { column: 'left_eye_center_x', count: 7039 }
 */
export function describe(dataset: Dataset, groups?: ArrayLike<number>): Description {
  const { schema, rows } = dataset;
  const complete = completeRows(dataset);
  const all = allRows({ rows });
  return {
    rows,
    completeRows: complete.length,
    points: schema.points,
    side: schema.side,
    channels: schema.channels,
    counts: countColumns(dataset),
    scaled: { complete: scaledShape(dataset, complete), all: scaledShape(dataset, all) },
    missing: missingPatterns(dataset),
    conventions: compareConventions(dataset, groups) ?? null,
    duplicates: countedFromOne(duplicateImages(dataset)),
    nearDuplicates: countedFromOne(nearDuplicates(dataset)),
  };
}

const countedFromOne = (groups: readonly (readonly number[])[]): number[][] =>
  groups.map((group) => group.map((row) => row + 1));

function countColumns(dataset: Dataset): Description['counts'] {
  const coordinates = 2 * dataset.schema.points.length;
  const labels = new Array<number>(coordinates).fill(0);
  dataset.labels.forEach((value, index) => {
    if (!Number.isNaN(value)) labels[index % coordinates]!++;
  });
  const texts = Object.values(dataset.columns).map(
    (values) => values.filter((text) => text !== '').length,
  );
  const counts = [...labels, ...texts, dataset.rows];
  return tableColumns(headOf(dataset)).map((column, index) => ({ column, count: counts[index]! }));
}

function scaledShape({ schema, images, labels }: Dataset, rows: Uint32Array): ScaledShape {
  const scaling = standardScaling(schema.side);
  const values = imageSize(schema);
  const coordinates = 2 * schema.points.length;
  const image = rangeOf(images, rows, values);
  const label = rangeOf(labels, rows, coordinates);
  const scaled = (pixel: number) => (pixel - scaling.labelOffset) / scaling.labelScale;
  return {
    X: {
      shape: [rows.length, values],
      min: image.min / scaling.imageDivisor,
      max: image.max / scaling.imageDivisor,
    },
    y: { shape: [rows.length, coordinates], min: scaled(label.min), max: scaled(label.max) },
  };
}

/** The range of the values of some rows, NaN aside. */
function rangeOf(values: Uint8Array | Float32Array, rows: Uint32Array, rowSize: number): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    for (let index = row * rowSize; index < (row + 1) * rowSize; index++) {
      const value = values[index]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? { min, max } : { min: Number.NaN, max: Number.NaN };
}
