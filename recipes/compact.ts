import {
  batchNorm,
  conv2d,
  dense,
  flatten,
  type LayerSpec,
  maxPool2d,
  relu,
} from '../src/nn/layers.ts';
import { maskedMeanSquaredError } from '../src/nn/loss.ts';
import { adam } from '../src/nn/rule.ts';
import { oneCycleSchedule } from '../src/nn/schedule.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { net1 } from './net1.ts';

/** A convolution that keeps the size, then half of it; normalised behind the pooling, where maps are small. */
const block = (number: number, filters: number): LayerSpec[] => [
  ...[conv2d(filters, 3, { padding: 'same', name: `conv${number}` }), relu()],
  ...[maxPool2d(2, { name: `pool${number}` }), batchNorm({ name: `norm${number}` })],
];

/** Five blocks make 3 x 3 places of 96 x 96 pixels, each of which has seen most of the face. */
export const blocks: readonly LayerSpec[] = [16, 32, 64, 128, 128].flatMap((filters, i) =>
  block(i + 1, filters),
);

export const compact: Recipe = {
  ...net1,
  name: 'compact',
  about:
    'What `fit` trains when no recipe is named: small, fast, and forgiving of a sloppy box around the face.',
  // With 192 units the weights are 470,000, below 1 MB as float16.
  layers: [...blocks, flatten(), dense(192, { name: 'dense6' }), relu()],
  // A small output at first: every point begins near the middle of the picture.
  gain: 0.2,
  // Two rows in three lack labels; what they have is learnt all the same.
  rows: 'all',
  loss: maskedMeanSquaredError(),
  // Decoupled weight decay gained 0.03 px over plain Adam.
  rule: adam({ weightDecay: 0.05 }),
  // A quarter of the steps up, the rest down to nearly nothing; most is gained at the end of the way down.
  learningRate: oneCycleSchedule(0.0002, 0.005, 0.000005, { warmUp: 0.25, by: 'step' }),
  epochs: 120,
  batch: 32,
  shuffle: true,
  // At the end of the cycle the last epoch is the best one but for chance.
  keep: 'last',
  augmentation: {
    horizontal_flip: true,
    // As heads lean, and as boxes of a face finder are off in place and size.
    rotation_range: 17,
    width_shift_range: 0.05,
    height_shift_range: 0.05,
    zoom_range: 0.12,
    // As the light changes.
    channel_shift_range: 0.2,
  },
};
