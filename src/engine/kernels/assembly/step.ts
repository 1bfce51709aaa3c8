/** One batch: what changes from step to step while the program stays the same. The host fills a table of them. */
@unmanaged
export class Step {
  /** Rows in this batch; the last one of an epoch may be smaller than the others. */
  rows: i32;
  /** Where the row numbers of the batch stand, 32 bits each. */
  order: usize;
  /** Inputs of the whole data set, [row][channel][y][x]. */
  inputs: usize;
  /** Whether those are bytes (0 … 255 becomes [0, 1]) or floats that are taken as they are. */
  inputsAreBytes: i32;
  /** Targets of the whole data set, [row][output]. */
  targets: usize;
  /** Place of the batch's first row in the table of stored outputs. */
  outputRow: i32;
  /** For Adam with its correction for moments that start at zero. */
  learningRate: f32;
  momentum: f32;
  /** Seed of the random numbers and, from the next word on, one key for each dropout layer. */
  dropoutKeys: usize;
  /** Where the picture of each row goes, or 0 where all stay as they are. */
  transforms: usize;
  /** Written by the loss: the sum over rows or labels, and how many there were. */
  lossSum: f64;
  lossCount: f64;
  /** Share of a parameter that AdamW takes off, at a factor of 1 on the learning rate. */
  decay: f32;
  /** Share by which averages of parameters approach them. */
  averageShare: f32;
  /** Written by the loss: the sum of the squared errors of the labels that it counts. */
  squares: f64;
}

/** Rows of maps in memory, channels innermost; a vector is a map of height 1 and one channel. */
@unmanaged
export class MapLayout {
  /** First value inside the padding. */
  data: usize;
  height: i32;
  width: i32;
  channels: i32;
  /** Distance between rows and between images, in bytes. */
  rowBytes: i32;
  imageBytes: i32;
  /** First byte of the whole image with its padding, and how many bytes it has. */
  origin: usize;

  // @ts-ignore: decorator
  @inline
  row(image: i32, y: i32): usize {
    return this.data + <usize>image * <usize>this.imageBytes + <usize>y * <usize>this.rowBytes;
  }
}
