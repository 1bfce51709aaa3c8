import { formatCoordinate } from '../data/coordinate.ts';
import { csvLine } from '../data/csv.ts';
import { labelColumns } from '../data/schema.ts';
import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { type Predictions, requireFinite, rowsOf } from '../predict/predictions.ts';
import type { Lookup } from './lookup.ts';

/** What a model that knows two conventions finds by that of rows with few labels. */
export interface FewAnswers {
  /** The points that such rows have. */
  readonly points: readonly string[];
  /** Of the same pictures and points as the other predictions. */
  readonly predictions: Predictions;
}

/**
 * Answers every row of a lookup table; coordinates are clipped to the image.
 *
 * @param predictions coordinates in pixels; where they have no `imageIds`, the pictures count from 1
 * @param lookup the questions
 * @param few answers for pictures of which only points of rows with few labels are asked: who asks so
 *   has marked them so. Default: those of `predictions`, as for all others
 * @returns CSV `RowId,Location`, one line a question in their order
 * @throws InputError where the lookup table names an image or a feature that was not predicted, an
 *   image stands twice among the predictions, or a coordinate is `NaN` or infinite
 * @example
 * await writeFileAtomically('submission.csv', submission(predictions, lookup));
 */
export function submission(predictions: Predictions, lookup: Lookup, few?: FewAnswers): string {
  requireFinite(predictions);
  if (few) requireFinite(few.predictions);
  const byMany = few && askedByMany(lookup, few.points);
  const { schema, coordinates } = predictions;
  const features = labelColumns(schema.points);
  const featureIndex = new Map(features.map((feature, index) => [feature, index]));
  const imageIndex = imageIndices(predictions);
  const lines = lookup.rows.map(({ rowId, imageId, feature }, index) => {
    const where = `${lookup.fileName}, row ${index + 1}`;
    const image = imageIndex.get(imageId);
    if (image === undefined) {
      throw new InputError(
        `${where}, column ImageId: no image ${imageId} among the ${imageIndex.size} predicted`,
        'Give the table of test images that belongs to this lookup table.',
      );
    }
    const column = featureIndex.get(feature);
    if (column === undefined) {
      throw new InputError(
        `${where}, column FeatureName: the model has no feature "${feature}"`,
        didYouMean(feature, features),
      );
    }
    const isFew = byMany !== undefined && !byMany.has(imageId);
    const answers = isFew ? few!.predictions.coordinates : coordinates;
    const pixels = answers[image * features.length + column]!;
    return csvLine([rowId, formatCoordinate(Math.min(Math.max(pixels, 0), schema.side))]);
  });
  return csvLine(['RowId', 'Location']) + lines.join('');
}

/** The images of which more is asked than the points of rows with few labels. */
function askedByMany({ rows }: Lookup, points: readonly string[]): ReadonlySet<string> {
  const features = new Set(labelColumns(points));
  return new Set(
    rows.filter(({ feature }) => !features.has(feature)).map(({ imageId }) => imageId),
  );
}

/** The row of every image by its id. */
function imageIndices(predictions: Predictions): Map<string, number> {
  const ids =
    predictions.imageIds ?? Array.from({ length: rowsOf(predictions) }, (_, row) => `${row + 1}`);
  const indices = new Map<string, number>();
  ids.forEach((id, row) => {
    const earlier = indices.get(id);
    if (earlier !== undefined) {
      throw new InputError(
        `test images, row ${row + 1}, column ImageId: ${id} stands in row ${earlier + 1} already`,
        'Every image needs an id of its own.',
      );
    }
    indices.set(id, row);
  });
  return indices;
}
