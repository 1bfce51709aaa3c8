import { type KeypointSchema, labelShift } from './schema.ts';

/**
 * A picture seen in a mirror: left and right change places.
 *
 * @param image bytes of shape (channels, side, side)
 * @param side width and height in pixels
 * @example
 * mirrorImage(Uint8Array.of(1, 2, 3, 4), 2); // [2, 1, 4, 3]
 */
export function mirrorImage(image: Uint8Array, side: number): Uint8Array {
  const mirrored = new Uint8Array(image.length);
  for (let row = 0; row < image.length; row += side) {
    for (let x = 0; x < side; x++) mirrored[row + x] = image[row + side - 1 - x]!;
  }
  return mirrored;
}

/**
 * Keypoints of mirrored pictures: x becomes side - x, or 2 * mirrorAxis - x where the schema has an axis of its own,
 * and points that mirror each other change names, for the left eye of a mirrored face is the picture of the right
 * one.
 *
 * @param labels coordinates of shape (rows, points, 2), in pixels; missing ones (`NaN`) stay missing
 * @example
 * const schema = keypointSchema(['left_eye', 'right_eye'], 96);
 * mirrorLabels(Float32Array.of(66, 37, 30, 39), schema); // [66, 39, 30, 37]
 */
export function mirrorLabels(labels: Float32Array, schema: KeypointSchema): Float32Array {
  const width = schema.side + 2 * labelShift(schema);
  const partner = mirrorPartners(schema);
  const mirrored = new Float32Array(labels.length);
  for (let row = 0; row < labels.length; row += 2 * partner.length) {
    partner.forEach((other, point) => {
      const from = row + 2 * other;
      const to = row + 2 * point;
      mirrored[to] = width - labels[from]!;
      mirrored[to + 1] = labels[from + 1]!;
    });
  }
  return mirrored;
}

/**
 * Per point the one whose place it takes in a mirror; its own index where it has no partner.
 *
 * @example
 * mirrorPartners(keypointSchema(['left_eye', 'right_eye', 'nose'], 96)); // [1, 0, 2]
 */
export function mirrorPartners({ points, mirrorPairs }: KeypointSchema): Uint32Array {
  const partner = Uint32Array.from({ length: points.length }, (_, point) => point);
  for (const [a, b] of mirrorPairs) {
    partner[a] = b;
    partner[b] = a;
  }
  return partner;
}
