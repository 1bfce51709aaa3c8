import { z } from 'zod';
import type { Augmentation, FactorRange } from './augmentation.ts';

const flag = z.boolean().exactOptional();
const share = z.number().min(0).max(1);
const factor = z.number().min(0.1).max(10);
const factors: z.ZodType<FactorRange> = z.union([
  z.number().min(0).max(0.9),
  z.tuple([factor, factor]).refine(([low, high]) => low <= high, {
    error: ({ input }) => `expected the smaller number first, not ${JSON.stringify(input)}`,
  }),
]);

const options = z.strictObject({
  flip_half: flag,
  horizontal_flip: flag,
  vertical_flip: flag,
  rotation_range: z.number().min(0).max(180).exactOptional(),
  width_shift_range: share.exactOptional(),
  height_shift_range: share.exactOptional(),
  shear_range: z.number().min(0).max(80).exactOptional(),
  zoom_range: factors.exactOptional(),
  scale_range: factors.exactOptional(),
  contrast_range: factors.exactOptional(),
  brightness_range: factors.exactOptional(),
  gamma_range: factors.exactOptional(),
  channel_shift_range: share.exactOptional(),
  elastic_range: z
    .number()
    .min(0)
    .max(1 / 16)
    .exactOptional(),
  noise_std: z.number().min(0).max(0.5).exactOptional(),
  cutout: share.exactOptional(),
  cutout_boxes: z.int().min(1).max(4).exactOptional(),
  cutout_fill: z.enum(['mean', 'random']).exactOptional(),
  distortion_probability: share.exactOptional(),
  outside_points: z.enum(['keep', 'missing']).exactOptional(),
  fill_mode: z.enum(['nearest', 'constant', 'reflect', 'wrap']).exactOptional(),
  cval: share.exactOptional(),
  featurewise_center: flag,
  featurewise_std_normalization: flag,
  samplewise_center: flag,
  samplewise_std_normalization: flag,
});

/** Names of all options. */
export const AUGMENTATION_OPTIONS: readonly string[] = Object.keys(options.shape);

/** An augmentation in JSON. */
export const augmentationSchema: z.ZodType<Augmentation> = options.refine(
  ({ flip_half, horizontal_flip }) => !(flip_half && horizontal_flip),
  {
    path: ['flip_half'],
    error: 'flip_half and horizontal_flip mirror the same way: choose one of the two',
  },
);
