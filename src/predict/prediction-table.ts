import { formatCoordinate } from '../data/coordinate.ts';
import { csvLine } from '../data/csv.ts';
import { labelColumns } from '../data/schema.ts';
import { type Predictions, requireFinite, rowsOf } from './predictions.ts';

/**
 * Predictions as a table: `ImageId` where there is one, then `<name>_x,<name>_y` of every point.
 *
 * @param predictions coordinates in pixels; they are not clipped to the image
 * @param key name of the first column; default `ImageId`
 * @returns CSV with a header and one line a row
 * @throws InputError where a coordinate is `NaN` or infinite
 * @example
 * await writeFileAtomically('points.csv', predictionTable(predictions));
 */
export function predictionTable(predictions: Predictions, key = 'ImageId'): string {
  requireFinite(predictions);
  const { schema, coordinates, imageIds } = predictions;
  const columns = labelColumns(schema.points);
  const lines = Array.from({ length: rowsOf(predictions) }, (_, row) => {
    const values = coordinates.subarray(row * columns.length, (row + 1) * columns.length);
    const fields = Array.from(values, formatCoordinate);
    return csvLine(imageIds ? [imageIds[row]!, ...fields] : fields);
  });
  return csvLine(imageIds ? [key, ...columns] : columns) + lines.join('');
}
