import { DECIMAL } from '../data/coordinate.ts';
import { type CsvTable, parseCsv } from '../data/csv.ts';
import type { Dataset } from '../data/dataset.ts';
import { keypointColumns } from '../data/schema.ts';
import { tableRow } from '../data/table-row.ts';
import { InputError } from '../errors.ts';

const OTHER_TABLE = 'Give what was predicted for this very table, its rows counted from 1.';

/**
 * Reads what models predict for a table: `<name>_x,<name>_y` of every point, with a column `Row` (from
 * 1) as `cross-validate` writes it, or with a line for each row of the table in its order as
 * `predict --data` does.
 *
 * @param text the whole file
 * @param fileName for messages
 * @param dataset the table
 * @returns coordinates of shape (rows, points, 2) of the dataset, in pixels; `NaN` where a row or a point
 *   is not in the file or a field is empty
 * @throws InputError where no point is one of the table's, a row is none of it or stands twice, rows
 *   without numbers are not as many, or a field is no number
 * @example
 * parsePredictions('Row,nose_tip_x,nose_tip_y\n3,48.5,60\n', 'out-of-fold.csv', dataset);
 */
export function parsePredictions(text: string, fileName: string, dataset: Dataset): Float32Array {
  const { points } = dataset.schema;
  const table = parseCsv(text, fileName);
  const { points: predicted, slots } = keypointColumns(table.header, fileName);
  const places = slots.map((slot) => placeIn(points, predicted, slot));
  if (places.every((place) => place < 0)) {
    throw new InputError(
      `${fileName}: it has no keypoint of the table; the header has ${table.header.join(', ')}`,
      'Give a table as fiducial predict --data or cross-validate writes it.',
    );
  }
  const rows = rowsOfLines(table, dataset);
  const coordinates = new Float32Array(dataset.labels.length).fill(Number.NaN);
  table.rows.forEach((fields, line) => {
    places.forEach((place, column) => {
      const field = fields[column]!;
      if (place < 0 || field === '') return;
      if (!DECIMAL.test(field)) {
        throw new InputError(
          `${fileName}, row ${line + 1}, column ${table.header[column]}: "${field}" is not a number`,
          'Leave a field empty where nothing was predicted.',
        );
      }
      coordinates[2 * rows[line]! * points.length + place] = Number(field);
    });
  });
  return coordinates;
}

/** The place of a column in a row of labels of a table; -1 where it has no such point. */
function placeIn(points: readonly string[], predicted: readonly string[], slot: number): number {
  const point = slot < 0 ? -1 : points.indexOf(predicted[slot >> 1]!);
  return point < 0 ? -1 : 2 * point + (slot & 1);
}

/** Of every line the row of the table that it is about, from 0. */
function rowsOfLines({ fileName, header, rows: lines }: CsvTable, dataset: Dataset): number[] {
  const column = header.indexOf('Row');
  if (column < 0) {
    if (lines.length === dataset.rows) return lines.map((_, line) => line);
    throw new InputError(
      `${fileName}: ${lines.length} rows, but the table has ${dataset.rows}, and there is no column Row that tells which`,
      OTHER_TABLE,
    );
  }
  const lineOf = new Map<number, number>();
  return lines.map((fields, index) => {
    const where = `${fileName}, row ${index + 1}`;
    const row = tableRow(fields[column]!, dataset.rows, where, OTHER_TABLE);
    const earlier = lineOf.get(row);
    if (earlier !== undefined) {
      throw new InputError(
        `${where}, column Row: ${row + 1} stands in row ${earlier} already`,
        'Remove one of the two.',
      );
    }
    lineOf.set(row, index + 1);
    return row;
  });
}
