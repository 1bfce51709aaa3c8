import { imageSize } from './image-format.ts';
import type { KeypointSchema } from './schema.ts';

/** Pictures and their keypoints, as they were read. */
export interface Dataset {
  readonly schema: KeypointSchema;
  /** Number of pictures. */
  readonly rows: number;
  /** Bytes of shape (rows, channels, side, side): grey values, or red, green and blue; 0 is black. */
  readonly images: Uint8Array;
  /** Coordinates of shape (rows, points, 2), x before y, in pixels; `NaN` where a label is missing. */
  readonly labels: Float32Array;
  /** Every other column of the table by name, as text, in row order: `ImageId`. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

/** The image of a row, of shape (channels, side, side); not a copy. */
export function imageOf({ schema, images }: Dataset, row: number): Uint8Array {
  const size = imageSize(schema);
  return images.subarray(row * size, (row + 1) * size);
}
