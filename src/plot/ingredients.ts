import { type Augmentation, type FactorRange, isRandom, limits } from '../data/augmentation.ts';

/** A part of an augmentation that can be shown alone. */
export interface Ingredient {
  readonly name: string;
  /** Its strength in a few words, such as ± 17°. */
  readonly strength: string;
  readonly augmentation: Augmentation;
}

/** Every ingredient, strong enough to be seen on a small picture. */
export const GALLERY: Augmentation = {
  flip_half: true,
  rotation_range: 20,
  width_shift_range: 0.1,
  height_shift_range: 0.1,
  shear_range: 15,
  scale_range: 0.25,
  elastic_range: 0.05,
  contrast_range: [0.4, 1.6],
  brightness_range: [0.5, 1.5],
  gamma_range: [0.4, 2.2],
  noise_std: 0.15,
  cutout: 0.5,
};

/** Options that belong together, what they are called, and how their strength reads. */
const KINDS: readonly {
  readonly name: string;
  readonly options: readonly (keyof Augmentation)[];
  readonly strength: (augmentation: Augmentation) => string;
}[] = [
  { name: 'flip', options: ['flip_half', 'horizontal_flip', 'vertical_flip'], strength: flips },
  {
    name: 'rotation',
    options: ['rotation_range'],
    strength: ({ rotation_range = 0 }) => `± ${rotation_range}°`,
  },
  {
    name: 'shift',
    options: ['width_shift_range', 'height_shift_range'],
    strength: ({ width_shift_range: x = 0, height_shift_range: y = 0 }) =>
      x === y ? `± ${percent(x)}` : `± ${percent(x)}, ${percent(y)}`,
  },
  {
    name: 'shear',
    options: ['shear_range'],
    strength: ({ shear_range = 0 }) => `± ${shear_range}°`,
  },
  {
    name: 'zoom',
    options: ['zoom_range'],
    strength: ({ zoom_range }) => factors(zoom_range),
  },
  {
    name: 'scale',
    options: ['scale_range'],
    strength: ({ scale_range }) => factors(scale_range),
  },
  {
    name: 'elastic',
    options: ['elastic_range'],
    strength: ({ elastic_range = 0 }) => `up to ${percent(elastic_range)}`,
  },
  {
    name: 'contrast',
    options: ['contrast_range'],
    strength: ({ contrast_range }) => factors(contrast_range),
  },
  {
    name: 'brightness',
    options: ['brightness_range'],
    strength: ({ brightness_range }) => factors(brightness_range),
  },
  {
    name: 'gamma',
    options: ['gamma_range'],
    strength: ({ gamma_range }) => factors(gamma_range),
  },
  {
    name: 'channel shift',
    options: ['channel_shift_range'],
    strength: ({ channel_shift_range = 0 }) => `± ${percent(channel_shift_range)}`,
  },
  {
    name: 'noise',
    options: ['noise_std'],
    strength: ({ noise_std = 0 }) => `up to ${percent(noise_std)}`,
  },
  {
    name: 'cut-out',
    options: ['cutout', 'cutout_boxes', 'cutout_fill'],
    strength: ({ cutout = 0, cutout_boxes = 1 }) =>
      `${cutout_boxes === 1 ? '' : `${cutout_boxes} x `}up to ${percent(cutout)}`,
  },
];

/**
 * The random ingredients of an augmentation, each alone with what is said of all: what lies beyond the
 * edge, how often pictures are distorted, what becomes of points outside.
 */
export function ingredientsOf(augmentation: Augmentation): Ingredient[] {
  const random = new Set(KINDS.flatMap(({ options }) => options));
  const common = (option: string): boolean => !random.has(option as keyof Augmentation);
  return KINDS.map(({ name, options, strength }) => ({
    name,
    strength: strength(augmentation),
    augmentation: pick(augmentation, (key) => common(key) || options.includes(key)),
  })).filter(({ augmentation: own }) => isRandom(own));
}

const pick = (
  augmentation: Augmentation,
  wanted: (option: keyof Augmentation) => boolean,
): Augmentation =>
  Object.fromEntries(
    Object.entries(augmentation).filter(([option]) => wanted(option as keyof Augmentation)),
  );

function flips({ flip_half, horizontal_flip, vertical_flip }: Augmentation): string {
  const sideways = flip_half || horizontal_flip;
  if (sideways && vertical_flip) return 'both ways';
  return sideways ? 'left and right' : 'upside down';
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

const factors = (range: FactorRange | undefined): string =>
  limits(range)
    .map((factor) => Number(factor.toPrecision(3)))
    .join(' … ');
