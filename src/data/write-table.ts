import { formatCoordinate } from './coordinate.ts';
import { csvLine } from './csv.ts';
import { type Dataset, imageOf } from './dataset.ts';
import { labelColumns } from './schema.ts';

/** What a table's header tells. */
export interface TableHead {
  readonly points: readonly string[];
  /** Names of the columns that hold neither coordinates nor pictures. */
  readonly columns: readonly string[];
}

/**
 * The columns of a table in their order: coordinates, others, `Image`.
 *
 * @example
 * tableColumns({ points: ['nose_tip'], columns: ['ImageId'] });
 * // ['nose_tip_x', 'nose_tip_y', 'ImageId', 'Image']
 */
export const tableColumns = ({ points, columns }: TableHead): string[] => [
  ...labelColumns(points),
  ...columns,
  'Image',
];

/** One row of a table, as it is written. */
export interface TableRow {
  /** Coordinates of shape (points, 2), x before y, in pixels; `NaN` where a label is missing. */
  readonly labels: Float32Array;
  /** What the other columns hold, in their order. */
  readonly texts: readonly string[];
  /** Bytes of the picture. */
  readonly image: Uint8Array;
}

const encoder = new TextEncoder();

/** The head of a dataset's table. */
export const headOf = ({ schema, columns }: Dataset): TableHead => ({
  points: schema.points,
  columns: Object.keys(columns),
});

/** The first line of a table, in UTF-8. */
export const tableHeader = (head: TableHead): Uint8Array =>
  encoder.encode(csvLine(tableColumns(head)));

/**
 * A row as a line of a table, in UTF-8. Coordinates have at most six decimals; a missing one is an
 * empty field.
 *
 * @example
 * tableLine({ labels: Float32Array.of(66, 39.5), texts: ['1'], image: Uint8Array.of(0, 9, 8, 7) });
 * // '66,39.5,1,0 9 8 7\n'
 */
export function tableLine({ labels, texts, image }: TableRow): Uint8Array {
  const fields = Array.from(labels, (value) =>
    Number.isNaN(value) ? '' : formatCoordinate(value),
  );
  return encoder.encode(csvLine([...fields, ...texts, image.join(' ')]));
}

/**
 * A dataset as the text of a table that `TableParser` reads, header first, then a line a row.
 *
 * @returns the lines one by one, in UTF-8
 * @example
 * for (const line of tableRows(dataset)) output.write(line);
 */
export function* tableRows(dataset: Dataset): Generator<Uint8Array> {
  const { schema, rows, labels, columns } = dataset;
  yield tableHeader(headOf(dataset));
  const coordinates = 2 * schema.points.length;
  for (let row = 0; row < rows; row++) {
    yield tableLine({
      labels: labels.subarray(row * coordinates, (row + 1) * coordinates),
      texts: Object.values(columns).map((values) => values[row]!),
      image: imageOf(dataset, row),
    });
  }
}
