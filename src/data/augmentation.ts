import { cosine, sine } from '../nn/arithmetic.ts';
import { type RandomStream, randomStream } from '../random.ts';

/**
 * How the pictures of a batch are changed at random before the network sees them. Names and meanings
 * are those of Keras's `ImageDataGenerator` where it has the option; labels move with the picture. Its
 * ZCA whitening is left out: for 96 x 96 pixels the matrix would be 9,216 wide.
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
  readonly zoom_range?: number | readonly [low: number, high: number];
  /**
   * Made brighter or darker by up to this much, of white = 1; the darkest and the brightest value of
   * the picture stay its limits.
   */
  readonly channel_shift_range?: number;
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

/**
 * Values beyond the edge of `abcd`: `nearest` aaaa|abcd|dddd, `constant` kkkk|abcd|kkkk,
 * `reflect` dcba|abcd|dcba, `wrap` abcd|abcd|abcd.
 */
export type FillMode = 'nearest' | 'constant' | 'reflect' | 'wrap';

/** What stands beyond a picture's edge. */
export interface Fill {
  readonly mode: FillMode;
  /** For `constant`, of white = 1. */
  readonly value: number;
}

/**
 * Where a row's picture goes: a point p of the picture is seen at matrix p + shift. Both act on
 * coordinates scaled to [-1, 1] around the centre, x to the right and y down, as labels are.
 */
export interface RowTransform {
  readonly matrix: readonly [xx: number, xy: number, yx: number, yy: number];
  readonly shift: readonly [x: number, y: number];
  /** Added to every pixel, of white = 1. */
  readonly channelShift: number;
}

/** Random numbers of a row, each in its own place, so that one option does not change another's draws. */
const DRAWS = {
  rotation: 0,
  widthShift: 1,
  heightShift: 2,
  shear: 3,
  zoomX: 4,
  zoomY: 5,
  channelShift: 6,
  horizontalFlip: 7,
  verticalFlip: 8,
};
/** Places of a row; more than are taken, so that a new option changes no draws of the others. */
const DRAWS_A_ROW = 16;

/**
 * Draws where the picture of each row of a batch goes.
 *
 * As in Keras, a picture is zoomed, sheared, moved and rotated around its centre (in the order in which
 * places seen are traced back to the picture), then flipped.
 *
 * @param place `seed`; `step`: number of the batch in the whole run, from 0; `rows` of the batch
 * @returns one transform a row, the same for the same place on every machine; undefined where nothing
 *   random is asked for
 * @example
 * drawTransforms({ flip_half: true }, { seed: 42, step: 0, rows: 128 }); // 64 mirrors, 64 identities
 */
export function drawTransforms(
  augmentation: Augmentation,
  { seed, step, rows }: { readonly seed: number; readonly step: number; readonly rows: number },
): RowTransform[] | undefined {
  if (!isRandom(augmentation)) return undefined;
  const stream = randomStream(seed, `augment/${step}`);
  const mirrored = new Set<number>();
  if (augmentation.flip_half) {
    const order = randomStream(seed, `flip/${step}`).permutation(rows);
    for (const row of order.subarray(0, Math.floor(rows / 2))) mirrored.add(row);
  }
  return Array.from({ length: rows }, (_, row) =>
    drawTransform(augmentation, stream, row, mirrored.has(row)),
  );
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
export function isRandom(augmentation: Augmentation): boolean {
  const [low, high] = zoomLimits(augmentation);
  return (
    isMirroring(augmentation) ||
    (augmentation.rotation_range ?? 0) > 0 ||
    (augmentation.width_shift_range ?? 0) > 0 ||
    (augmentation.height_shift_range ?? 0) > 0 ||
    (augmentation.shear_range ?? 0) > 0 ||
    (augmentation.channel_shift_range ?? 0) > 0 ||
    low !== 1 ||
    high !== 1
  );
}

function zoomLimits({ zoom_range: zoom = 0 }: Augmentation): readonly [number, number] {
  return typeof zoom === 'number' ? [1 - zoom, 1 + zoom] : zoom;
}

function drawTransform(
  augmentation: Augmentation,
  stream: RandomStream,
  row: number,
  mirrored: boolean,
): RowTransform {
  const uniform = (draw: keyof typeof DRAWS): number =>
    stream.uniform(row * DRAWS_A_ROW + DRAWS[draw]);
  const within = (draw: keyof typeof DRAWS, limit = 0): number =>
    limit > 0 ? (2 * uniform(draw) - 1) * limit : 0;
  let picture = IDENTITY;
  if (augmentation.rotation_range) {
    const angle = radians(within('rotation', augmentation.rotation_range));
    picture = then(picture, [cosine(angle), -sine(angle), sine(angle), cosine(angle)]);
  }
  // The whole width is 2 in scaled coordinates.
  const shift: RowTransform['shift'] = [
    within('widthShift', 2 * (augmentation.width_shift_range ?? 0)),
    within('heightShift', 2 * (augmentation.height_shift_range ?? 0)),
  ];
  picture = then(picture, IDENTITY.matrix, shift);
  if (augmentation.shear_range) {
    const angle = radians(within('shear', augmentation.shear_range));
    picture = then(picture, [1 / cosine(angle), 0, sine(angle) / cosine(angle), 1]);
  }
  const [low, high] = zoomLimits(augmentation);
  const share = (draw: 'zoomX' | 'zoomY'): number => low + (high - low) * uniform(draw);
  picture = then(picture, [1 / share('zoomX'), 0, 0, 1 / share('zoomY')]);
  const flipped = (asked: boolean | undefined, draw: keyof typeof DRAWS): boolean =>
    asked === true && uniform(draw) < 0.5;
  // A mirrored mirror is the picture itself.
  const flipX = mirrored !== flipped(augmentation.horizontal_flip, 'horizontalFlip');
  const flipY = flipped(augmentation.vertical_flip, 'verticalFlip');
  picture = then(picture, [flipX ? -1 : 1, 0, 0, flipY ? -1 : 1]);
  return {
    ...picture,
    channelShift: within('channelShift', augmentation.channel_shift_range),
  };
}

type Affine = Pick<RowTransform, 'matrix' | 'shift'>;

const IDENTITY: Affine = { matrix: [1, 0, 0, 1], shift: [0, 0] };

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** First `before`, then a matrix and a shift. */
function then(
  { matrix: [a, b, c, d], shift: [x, y] }: Affine,
  [xx, xy, yx, yy]: Affine['matrix'],
  [right, down]: Affine['shift'] = [0, 0],
): Affine {
  return {
    matrix: [xx * a + xy * c, xx * b + xy * d, yx * a + yy * c, yx * b + yy * d],
    shift: [xx * x + xy * y + right, yx * x + yy * y + down],
  };
}
