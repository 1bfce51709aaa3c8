import type { KeypointSchema } from './schema.ts';

/** Pictures and their keypoints, as they were read. */
export interface Dataset {
  readonly schema: KeypointSchema;
  /** Number of pictures. */
  readonly rows: number;
  /** Grey values of shape (rows, side, side), 0 is black. */
  readonly images: Uint8Array;
  /** Coordinates of shape (rows, points, 2), x before y, in pixels; `NaN` where a label is missing. */
  readonly labels: Float32Array;
  /** Every other column of the table by name, as text, in row order: `ImageId`. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}
