/**
 * How the pictures of a batch are changed at random before the network sees them. Names and meanings
 * are those of Keras's `ImageDataGenerator` where it has the option; labels move with the picture. Its
 * ZCA whitening is left out: for 96 x 96 pixels the matrix would be 9,216 wide.
 *
 * First the tones of the picture change: contrast, brightness, gamma. Then it is moved and bent in one go:
 * zoom, shear, shifts, rotation, scale, flips, elastic. Channel shift, noise and cut-out follow in this
 * order, centring and scaling come last.
 */
export interface Augmentation {
  /** Exactly half of the rows of every batch (rounded down), chosen at random, are mirrored. */
  readonly flip_half?: boolean;
  /** Each row is mirrored with probability 1/2: left and right change places. */
  readonly horizontal_flip?: boolean;
  /** Each row is turned upside down with probability 1/2. */
  readonly vertical_flip?: boolean;
  /** Rotated by up to this many degrees, either way. */
  readonly rotation_range?: number;
  /** Moved sideways by up to this share of the width, either way. */
  readonly width_shift_range?: number;
  /** Moved up or down by up to this share of the height. */
  readonly height_shift_range?: number;
  /** Sheared by up to this many degrees, either way. */
  readonly shear_range?: number;
  /**
   * `[low, high]`, or z for `[1 - z, 1 + z]`: the share of the width and, drawn on its own, of the height
   * that is shown, so 0.5 makes things twice as large.
   */
  readonly zoom_range?: FactorRange;
  /**
   * `[low, high]`, or z for `[1 - z, 1 + z]`: how large things become, in width and height alike, so
   * 2 makes them twice as large. Boxes around faces differ in this way.
   */
  readonly scale_range?: FactorRange;
  /**
   * `[low, high]`, or z for `[1 - z, 1 + z]`: what every difference from the picture's own mean is
   * multiplied by, in all channels alike.
   */
  readonly contrast_range?: FactorRange;
  /** `[low, high]`, or z for `[1 - z, 1 + z]`: what every pixel is multiplied by, up to white. */
  readonly brightness_range?: FactorRange;
  /**
   * `[low, high]`, or z for `[1 - z, 1 + z]`: the power that every pixel is raised to, of white = 1;
   * below 1 shadows become brighter, above 1 darker, while black and white stay.
   */
  readonly gamma_range?: FactorRange;
  /**
   * Made brighter or darker by up to this much, of white = 1; the darkest and the brightest value of
   * the picture stay its limits.
   */
  readonly channel_shift_range?: number;
  /**
   * Every place of the picture moves by up to this share of the side each way, and by a quarter of that
   * in the mean, smoothly, as on rubber; at most 1/16, where nothing can be folded yet.
   */
  readonly elastic_range?: number;
  /** Standard deviation of the noise, nearly normal, of white = 1: each row has up to this much. */
  readonly noise_std?: number;
  /** Boxes are cut out, each up to this share of the width wide and, drawn on its own, of the height high. */
  readonly cutout?: number;
  /** How many boxes, 1 to 4; default 1. Keypoints under them stay labelled. */
  readonly cutout_boxes?: number;
  /** What is seen there: the picture's mean (default), or a grey drawn for each box. */
  readonly cutout_fill?: CutoutFill;
  /**
   * The share of rows that are bent; of those with noise, and of those with boxes, likewise, each chosen
   * on its own. Default 1.
   */
  readonly distortion_probability?: number;
  /**
   * Whether keypoints that leave the picture keep their coordinates (default), which a network can learn,
   * or become missing, as in rows where nobody could see them.
   */
  readonly outside_points?: OutsidePoints;
  /** What is seen beyond the picture's edge; default `nearest`. */
  readonly fill_mode?: FillMode;
  /** Value beyond the edge for `constant`, of white = 1; default 0. */
  readonly cval?: number;
  /** The mean of all training pixels is taken off. */
  readonly featurewise_center?: boolean;
  /** Divided by the standard deviation of all training pixels. */
  readonly featurewise_std_normalization?: boolean;
  /** Each picture's own mean is taken off. */
  readonly samplewise_center?: boolean;
  /** Each picture is divided by its own standard deviation. */
  readonly samplewise_std_normalization?: boolean;
}

/** The smallest and the largest of the factors to draw from, or how far they lie from 1 either way. */
export type FactorRange = number | readonly [low: number, high: number];

/**
 * Values beyond the edge of `abcd`: `nearest` aaaa|abcd|dddd, `constant` kkkk|abcd|kkkk,
 * `reflect` dcba|abcd|dcba, `wrap` abcd|abcd|abcd.
 */
export type FillMode = 'nearest' | 'constant' | 'reflect' | 'wrap';

/** What is seen where a box is cut out. */
export type CutoutFill = 'mean' | 'random';

/** What becomes of keypoints that leave the picture. */
export type OutsidePoints = 'keep' | 'missing';

/** What stands beyond a picture's edge. */
export interface Fill {
  readonly mode: FillMode;
  /** For `constant`, of white = 1. */
  readonly value: number;
}

/** Whether nothing is random but perhaps flips along x: a picture is then seen as it is or in a mirror. */
export const onlyMirrors = (augmentation: Augmentation): boolean =>
  !isRandom({ ...augmentation, flip_half: false, horizontal_flip: false });

/** Whether pictures are mirrored at random, along either axis. */
export const isMirroring = (augmentation: Augmentation): boolean =>
  augmentation.flip_half === true ||
  augmentation.horizontal_flip === true ||
  augmentation.vertical_flip === true;

/**
 * What an augmentation wants beyond the edge of a picture.
 *
 * @example
 * fillOf({ fill_mode: 'constant', cval: 0.5 }); // { mode: 'constant', value: 0.5 }
 */
export const fillOf = ({ fill_mode: mode = 'nearest', cval: value = 0 }: Augmentation): Fill => ({
  mode,
  value,
});

/** Whether pictures are changed at random at all. */
export const isRandom = (augmentation: Augmentation): boolean =>
  isMirroring(augmentation) ||
  AMOUNTS.some((option) => (augmentation[option] ?? 0) > 0) ||
  FACTORS.some((option) => !limits(augmentation[option]).every((limit) => limit === 1));

/** Options that change nothing where they are 0. */
const AMOUNTS = [
  'rotation_range',
  'width_shift_range',
  'height_shift_range',
  'shear_range',
  'channel_shift_range',
  'elastic_range',
  'noise_std',
  'cutout',
] as const satisfies readonly (keyof Augmentation)[];

/** Options that change nothing where they are 0, which stands for factors from 1 to 1. */
const FACTORS = [
  'zoom_range',
  'scale_range',
  'contrast_range',
  'brightness_range',
  'gamma_range',
] as const satisfies readonly (keyof Augmentation)[];

/** The smallest and the largest factor of a range. */
export const limits = (range: FactorRange = 0): readonly [low: number, high: number] =>
  typeof range === 'number' ? [1 - range, 1 + range] : range;
