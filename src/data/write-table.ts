import { formatCoordinate } from './coordinate.ts';
import { csvLine } from './csv.ts';
import type { Dataset } from './dataset.ts';
import { labelColumns } from './schema.ts';

/**
 * The columns of a dataset as a table has them: coordinates, other columns, `Image`.
 *
 * @example
 * tableColumns(dataset); // ['nose_tip_x', 'nose_tip_y', 'ImageId', 'Image']
 */
export const tableColumns = (dataset: Dataset): string[] => [
  ...labelColumns(dataset.schema.points),
  ...Object.keys(dataset.columns),
  'Image',
];

/**
 * A dataset as the text of a table that `TableParser` reads, header first, then a line a row.
 * Coordinates have at most six decimals; a missing one is an empty field.
 *
 * @returns the lines one by one, in UTF-8
 * @example
 * for (const line of tableRows(dataset)) output.write(line);
 */
export function* tableRows(dataset: Dataset): Generator<Uint8Array> {
  const { schema, rows, images, labels, columns } = dataset;
  const encoder = new TextEncoder();
  yield encoder.encode(csvLine(tableColumns(dataset)));
  const pixels = schema.side ** 2;
  const coordinates = 2 * schema.points.length;
  for (let row = 0; row < rows; row++) {
    const image = images.subarray(row * pixels, (row + 1) * pixels);
    const label = labels.subarray(row * coordinates, (row + 1) * coordinates);
    const texts = Object.values(columns).map((values) => values[row]!);
    const fields = Array.from(label, (value) =>
      Number.isNaN(value) ? '' : formatCoordinate(value),
    );
    yield encoder.encode(csvLine([...fields, ...texts, image.join(' ')]));
  }
}
