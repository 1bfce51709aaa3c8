import { COLOURS } from '../data/image-format.ts';
import { type KeypointSchema, labelShift } from '../data/schema.ts';
import { InputError } from '../errors.ts';
import type { KeypointErrors } from './errors.ts';

/**
 * One schema of all points that several models find, in the order in which they first stand there.
 *
 * @throws InputError where two models were made for other images, or do not agree which points mirror
 *   each other
 * @example
 * joinSchemas([eyes.schema, nose.schema]).points; // left_eye_center, right_eye_center, nose_tip
 */
export function joinSchemas(schemas: readonly KeypointSchema[]): KeypointSchema {
  const points = [...new Set(schemas.flatMap((schema) => schema.points))];
  const first = schemas[0]!;
  const partner = new Map<string, string>();
  for (const schema of schemas) {
    if (schema.side !== first.side) {
      throw new InputError(
        `one model is for images of ${first.side} x ${first.side} pixels, another for ${schema.side} x ${schema.side}`,
        'Join models that were trained on images of one size.',
      );
    }
    if (schema.channels !== first.channels) {
      throw new InputError(
        `one model is for ${COLOURS[first.channels]} images, another for ${COLOURS[schema.channels]} ones`,
        'Join models that were trained on images of the same colours.',
      );
    }
    for (const pair of schema.mirrorPairs) {
      const [a, b] = pair.map((point) => schema.points[point]!) as [string, string];
      for (const [name, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const known = partner.get(name) ?? other;
        if (known !== other) {
          throw new InputError(
            `one model takes ${name} and ${known} for mirror images of each other, another ${name} and ${other}`,
            'Join models that were trained with the same pairs.',
          );
        }
        partner.set(name, other);
      }
    }
  }
  const mirrorPairs = points.flatMap((name, index): [number, number][] => {
    const other = points.indexOf(partner.get(name) ?? name);
    return other > index ? [[index, other]] : [];
  });
  const { side, channels } = first;
  const shift = schemas.reduce((sum, schema) => sum + labelShift(schema), 0) / schemas.length;
  return { side, channels, points, mirrorPairs, ...(shift && { mirrorAxis: side / 2 + shift }) };
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
