/** What a table of keypoints is about: the points, the image size and which points mirror each other. */
export interface KeypointSchema {
  /** Names in the order of the table's columns, without `_x` and `_y`: `left_eye_center`. */
  readonly points: readonly string[];
  /** Width and height of every image, in pixels. */
  readonly side: number;
  /** Pairs of indices into `points` that swap when a picture is mirrored, the smaller index first. */
  readonly mirrorPairs: readonly (readonly [number, number])[];
}
