import { describe, expect, test } from 'vitest';
import { type Augmentation, onlyMirrors } from './augmentation.ts';

describe('onlyMirrors', () => {
  test.each<[boolean, Augmentation]>([
    [true, {}],
    [true, { flip_half: true }],
    [true, { horizontal_flip: true, samplewise_center: true, fill_mode: 'wrap' }],
    [false, { vertical_flip: true }],
    [false, { flip_half: true, rotation_range: 1 }],
    [false, { horizontal_flip: true, zoom_range: [1, 1.1] }],
    [false, { channel_shift_range: 0.1 }],
    [false, { gamma_range: 0.1 }],
    [false, { elastic_range: 0.01 }],
    [false, { noise_std: 0.01 }],
    [false, { cutout: 0.1 }],
    [true, { cutout: 0, cutout_boxes: 2, outside_points: 'missing' }],
    [true, { scale_range: 0, contrast_range: [1, 1] }],
  ])('%j for %j', (expected, augmentation) => {
    expect(onlyMirrors(augmentation)).toBe(expected);
  });
});
