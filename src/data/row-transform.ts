import { cosine, sine } from '../nn/arithmetic.ts';
import { type RandomStream, randomStream } from '../random.ts';
import { type Augmentation, type FactorRange, isRandom, limits } from './augmentation.ts';

/**
 * Where a row's picture goes: a point p of the picture is seen at matrix p + shift. Both act on
 * coordinates scaled to [-1, 1] around the centre, x to the right and y down, as labels are.
 */
export interface RowTransform {
  readonly matrix: readonly [xx: number, xy: number, yx: number, yy: number];
  readonly shift: readonly [x: number, y: number];
  /** Added to every pixel, of white = 1. */
  readonly channelShift: number;
  /** How its tones change before; default not at all. Only of pictures in bytes. */
  readonly tone?: Tone;
  /** How the moved picture is bent, its points with it; default not at all. */
  readonly elastic?: Elastic;
  /** What is added to its pixels; default nothing. */
  readonly noise?: Noise;
  /** What is then cut out of it; default nothing, at most four boxes. */
  readonly boxes?: readonly CutoutBox[];
}

/**
 * What becomes of a pixel p of a picture with the mean m, of white = 1: brightness * (m + contrast *
 * (p - m)), limited to what a picture can show, to the power of gamma.
 */
export interface Tone {
  readonly contrast: number;
  readonly brightness: number;
  readonly gamma: number;
}

/**
 * A smooth random displacement d: what is at q + d(q) of the moved picture is seen at q. It is a uniform
 * cubic B-spline over 4 x 4 cells.
 */
export interface Elastic {
  /** How far a place moves at most in each direction, as a share of the side; up to 1/16. */
  readonly share: number;
  /** Key of its random numbers, a whole number in [0, 2^32). */
  readonly key: number;
}

/** Noise, nearly normal, that differs from pixel to pixel. */
export interface Noise {
  /** Of white = 1. */
  readonly deviation: number;
  /** Key of its random numbers, a whole number in [0, 2^32). */
  readonly key: number;
}

/** A box whose pixels are replaced, in coordinates scaled to [-1, 1]. */
export interface CutoutBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** What is seen there, of white = 1, or the picture's mean. */
  readonly grey: number | 'mean';
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
  scale: 9,
  contrast: 10,
  brightness: 11,
  gamma: 12,
};
/** Places of a row; more than are taken, so that a new option changes no draws of the others. */
const DRAWS_A_ROW = 16;
/** Those of a row's distortions, in a stream of their own. Each box takes five, from the first one on. */
const DISTORTION_DRAWS = {
  bends: 0,
  elasticKey: 1,
  isNoisy: 2,
  noiseKey: 3,
  noise: 4,
  isCut: 5,
  boxes: 8,
};
const DISTORTION_DRAWS_A_ROW = 32;

/**
 * Draws where the picture of each row of a batch goes.
 *
 * As in Keras, a picture is zoomed, sheared, moved and rotated around its centre (in the order in which
 * places seen are traced back to the picture), then scaled and flipped.
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
  const distortions = randomStream(seed, `distort/${step}`);
  const mirrored = new Set<number>();
  if (augmentation.flip_half) {
    const order = randomStream(seed, `flip/${step}`).permutation(rows);
    for (const row of order.subarray(0, Math.floor(rows / 2))) mirrored.add(row);
  }
  return Array.from({ length: rows }, (_, row) => ({
    ...drawTransform(augmentation, stream, row, mirrored.has(row)),
    ...drawDistortions(augmentation, distortions, row),
  }));
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
  const factor = (draw: keyof typeof DRAWS, range: FactorRange | undefined): number => {
    const [low, high] = limits(range);
    return low + (high - low) * uniform(draw);
  };
  const zoom = augmentation.zoom_range;
  picture = then(picture, [1 / factor('zoomX', zoom), 0, 0, 1 / factor('zoomY', zoom)]);
  const scale = factor('scale', augmentation.scale_range);
  picture = then(picture, [scale, 0, 0, scale]);
  const flipped = (asked: boolean | undefined, draw: keyof typeof DRAWS): boolean =>
    asked === true && uniform(draw) < 0.5;
  // A mirrored mirror is the picture itself.
  const flipX = mirrored !== flipped(augmentation.horizontal_flip, 'horizontalFlip');
  const flipY = flipped(augmentation.vertical_flip, 'verticalFlip');
  picture = then(picture, [flipX ? -1 : 1, 0, 0, flipY ? -1 : 1]);
  const tone: Tone = {
    contrast: factor('contrast', augmentation.contrast_range),
    brightness: factor('brightness', augmentation.brightness_range),
    gamma: factor('gamma', augmentation.gamma_range),
  };
  return {
    ...picture,
    channelShift: within('channelShift', augmentation.channel_shift_range),
    ...(isNeutral(tone) ? {} : { tone }),
  };
}

/** Whether and how a row is bent, becomes noisy and loses boxes. */
function drawDistortions(
  augmentation: Augmentation,
  stream: RandomStream,
  row: number,
): Pick<RowTransform, 'elastic' | 'noise' | 'boxes'> {
  const { distortion_probability: probability = 1, elastic_range: share = 0 } = augmentation;
  const { noise_std: deviation = 0, cutout = 0, cutout_boxes: boxes = 1 } = augmentation;
  const place = (draw: keyof typeof DISTORTION_DRAWS): number =>
    row * DISTORTION_DRAWS_A_ROW + DISTORTION_DRAWS[draw];
  const happens = (draw: keyof typeof DISTORTION_DRAWS): boolean =>
    stream.uniform(place(draw)) < probability;
  const box = (_: unknown, i: number): CutoutBox => {
    const [width, height, x, y, grey] = Array.from({ length: 5 }, (_, draw) =>
      stream.uniform(place('boxes') + 5 * i + draw),
    ) as [number, number, number, number, number];
    // The whole side is 2; the centre lies anywhere in the picture.
    return {
      left: 2 * x - 1 - cutout * width,
      top: 2 * y - 1 - cutout * height,
      right: 2 * x - 1 + cutout * width,
      bottom: 2 * y - 1 + cutout * height,
      grey: augmentation.cutout_fill === 'random' ? grey : 'mean',
    };
  };
  const elastic = share > 0 && happens('bends');
  const noisy = deviation > 0 && happens('isNoisy');
  const cut = cutout > 0 && happens('isCut');
  return {
    ...(elastic && { elastic: { share, key: stream.bits(place('elasticKey')) } }),
    ...(noisy && {
      noise: {
        deviation: deviation * stream.uniform(place('noise')),
        key: stream.bits(place('noiseKey')),
      },
    }),
    ...(cut && { boxes: Array.from({ length: boxes }, box) }),
  };
}

const isNeutral = ({ contrast, brightness, gamma }: Tone): boolean =>
  contrast === 1 && brightness === 1 && gamma === 1;

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
