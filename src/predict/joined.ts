import { COLOURS } from '../data/image-format.ts';
import type { KeypointSchema } from '../data/schema.ts';
import { InputError } from '../errors.ts';
import type { KeypointErrors } from './errors.ts';
import { type Predictions, rowsOf } from './predictions.ts';

/**
 * One schema of the points of several models, one model's after the other's.
 *
 * @throws InputError where two models find the same point or were made for images of different sizes or colours
 */
export function joinSchemas(schemas: readonly KeypointSchema[]): KeypointSchema {
  const points: string[] = [];
  const mirrorPairs: [number, number][] = [];
  const { side, channels } = schemas[0]!;
  for (const schema of schemas) {
    if (schema.side !== side) {
      throw new InputError(
        `one model is for images of ${side} x ${side} pixels, another for ${schema.side} x ${schema.side}`,
        'Join models that were trained on images of one size.',
      );
    }
    if (schema.channels !== channels) {
      throw new InputError(
        `one model is for ${COLOURS[channels]} images, another for ${COLOURS[schema.channels]} ones`,
        'Join models that were trained on images of the same colours.',
      );
    }
    const twice = schema.points.find((point) => points.includes(point));
    if (twice !== undefined) {
      throw new InputError(`two models find ${twice}`, 'Leave it to one of them.');
    }
    const first = points.length;
    mirrorPairs.push(
      ...schema.mirrorPairs.map(([a, b]): [number, number] => [a + first, b + first]),
    );
    points.push(...schema.points);
  }
  return { points, side, channels, mirrorPairs };
}

/**
 * What several models find in the same pictures, as if one had found it.
 *
 * @param parts one for each model, all of the same pictures
 * @throws InputError as `joinSchemas`
 * @example
 * joinPredictions([eyes, nose]).schema.points; // left_eye_center, right_eye_center, nose_tip
 */
export function joinPredictions(parts: readonly Predictions[]): Predictions {
  const schema = joinSchemas(parts.map((part) => part.schema));
  const rows = rowsOf(parts[0]!);
  const values = 2 * schema.points.length;
  const coordinates = new Float32Array(rows * values);
  let column = 0;
  for (const part of parts) {
    const width = 2 * part.schema.points.length;
    for (let row = 0; row < rows; row++) {
      const found = part.coordinates.subarray(row * width, (row + 1) * width);
      coordinates.set(found, row * values + column);
    }
    column += width;
  }
  return { schema, coordinates, imageIds: parts[0]!.imageIds };
}

/**
 * The errors of several models as those of one: every label counts alike, however many rows a model
 * was measured on.
 *
 * @param parts one for each model, of points of its own
 * @example
 * joinErrors([eyes, nose]).rmse; // sqrt((eyes.rmse² eyes.count + nose.rmse² nose.count) / count)
 */
export function joinErrors(parts: readonly KeypointErrors[]): KeypointErrors {
  let squares = 0;
  let count = 0;
  for (const part of parts) {
    // Without any label there is no error.
    if (part.count === 0) continue;
    squares += part.rmse ** 2 * part.count;
    count += part.count;
  }
  return {
    rmse: Math.sqrt(squares / count),
    count,
    perPoint: parts.flatMap(({ perPoint }) => perPoint),
  };
}
