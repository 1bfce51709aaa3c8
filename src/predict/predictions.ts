import type { KeypointSchema } from '../data/schema.ts';
import { InputError } from '../errors.ts';

/** The keypoints that a model finds in the pictures of a table. */
export interface Predictions {
  /** The model's points and image size. */
  readonly schema: KeypointSchema;
  /** Coordinates of shape (rows, points, 2), x before y, in pixels. */
  readonly coordinates: Float32Array;
  /** `ImageId` of every row, where the table has that column. */
  readonly imageIds: readonly string[] | undefined;
}

/** Number of pictures. */
export const rowsOf = ({ schema, coordinates }: Predictions): number =>
  coordinates.length / (2 * schema.points.length);

/**
 * Refuses predictions that are not numbers, before anything is written.
 *
 * @throws InputError naming the first row and point whose coordinate is `NaN` or infinite
 */
export function requireFinite({ schema, coordinates }: Predictions): void {
  const index = coordinates.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  const { points } = schema;
  const row = Math.floor(index / (2 * points.length)) + 1;
  const point = points[Math.floor(index / 2) % points.length];
  throw new InputError(
    `row ${row}: the model predicts ${coordinates[index]} for ${point}`,
    'Its training has diverged; train again with a smaller learning rate.',
  );
}
