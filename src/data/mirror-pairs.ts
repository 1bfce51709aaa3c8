import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { parseCsv, recordsOf } from './csv.ts';
import type { KeypointSchema } from './schema.ts';

/** Names of two points that change places in a mirror. */
export type MirrorPair = readonly [string, string];

/**
 * Reads which points mirror each other: a table `Point,Mirror`, a line for each pair.
 *
 * @param text the whole file
 * @param fileName for messages
 * @param points names of all keypoints that there are
 * @throws InputError for a file without a pair, a point that there is not (the nearest is named), that
 *   stands in two pairs, or is paired with itself
 * @example
 * parseMirrorPairs('Point,Mirror\nthumb,little_finger\n', 'pairs.csv', schema.points);
 */
export function parseMirrorPairs(
  text: string,
  fileName: string,
  points: readonly string[],
): MirrorPair[] {
  const pairs = recordsOf(parseCsv(text, fileName), ['Point', 'Mirror']).map(
    ({ Point, Mirror }): MirrorPair => [Point, Mirror],
  );
  indexPairs(pairs, points, (index) => `${fileName}, row ${index + 1}`);
  return pairs;
}

/**
 * A schema in which these points mirror each other, and no others.
 *
 * @param where the pairs come from, for messages
 * @throws InputError as `parseMirrorPairs`
 * @example
 * withMirrorPairs(keypointSchema(['thumb', 'little_finger'], 96), [['thumb', 'little_finger']], 'pairs');
 */
export const withMirrorPairs = (
  schema: KeypointSchema,
  pairs: readonly MirrorPair[],
  where: string,
): KeypointSchema => ({
  ...schema,
  mirrorPairs: indexPairs(pairs, schema.points, (index) => `${where}, pair ${index + 1}`),
});

/** Pairs of indices, the smaller first, in the order of these. */
function indexPairs(
  pairs: readonly MirrorPair[],
  points: readonly string[],
  placeOf: (index: number) => string,
): [number, number][] {
  const pairOf = new Map<string, number>();
  const indices = pairs.map((pair, index): [number, number] => {
    const [a, b] = pair.map((name) => {
      const point = points.indexOf(name);
      if (point < 0) {
        throw new InputError(
          `${placeOf(index)}: no keypoint "${name}" in the table`,
          didYouMean(name, points),
        );
      }
      const other = pairOf.get(name);
      if (other !== undefined && other !== index) {
        throw new InputError(
          `${placeOf(index)}: ${name} has a partner already, ${placeOf(other)}`,
          'Leave it in one of the two.',
        );
      }
      pairOf.set(name, index);
      return point;
    }) as [number, number];
    if (a === b) {
      throw new InputError(
        `${placeOf(index)}: ${pair[0]} is paired with itself`,
        'Leave it out: a point in no pair keeps its name in a mirror.',
      );
    }
    return a < b ? [a, b] : [b, a];
  });
  return indices.sort(([a], [b]) => a - b);
}
