import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { validate } from '../json.ts';
import { AUGMENTATION_OPTIONS, augmentationSchema } from './augmentation-schema.ts';

describe('an augmentation in JSON', () => {
  test.each([
    {},
    { flip_half: true },
    { rotation_range: 180, zoom_range: [0.5, 2], fill_mode: 'constant', cval: 1 },
  ])('%j is accepted as it is', (augmentation) => {
    expect(validate(augmentationSchema, augmentation, 'recipe')).toEqual(augmentation);
  });

  test.each<[unknown, string]>([
    [{ rotation: 3 }, 'rotation'],
    [{ zca_whitening: true }, 'zca_whitening'],
    [{ rotation_range: 181 }, 'rotation_range'],
    [{ rotation_range: -1 }, 'rotation_range'],
    [{ shear_range: 90 }, 'shear_range'],
    [{ width_shift_range: 10 }, 'width_shift_range'],
    [{ zoom_range: 1 }, 'zoom_range'],
    [{ zoom_range: [1.2, 0.8] }, 'expected the smaller number first'],
    [{ zoom_range: [0, 1] }, 'zoom_range'],
    [{ scale_range: [1.2, 1] }, 'scale_range: expected the smaller number first, not .1.2,1.'],
    [{ brightness_range: -0.1 }, 'brightness_range: expected number to be >=0, not -0.1'],
    [{ contrast_range: 1 }, 'contrast_range: expected number to be <=0.9, not 1'],
    [{ gamma_range: [0, 1] }, 'gamma_range.0.: expected number to be >=0.1, not 0'],
    [{ elastic_range: 0.1 }, 'elastic_range: expected number to be <=0.0625, not 0.1'],
    [{ noise_std: -0.01 }, 'noise_std: expected number to be >=0, not -0.01'],
    [{ cutout: 20 }, 'cutout: expected number to be <=1, not 20'],
    [{ cutout_boxes: 5 }, 'cutout_boxes: expected number to be <=4, not 5'],
    [{ cutout_fill: 'black' }, 'cutout_fill'],
    [{ distortion_probability: 50 }, 'distortion_probability: expected number to be <=1, not 50'],
    [{ outside_points: true }, 'outside_points'],
    [{ fill_mode: 'mirror' }, 'fill_mode'],
    [{ cval: 255 }, 'cval'],
    [{ horizontal_flip: 1 }, 'horizontal_flip'],
    [{ flip_half: true, horizontal_flip: true }, 'choose one of the two'],
  ])('%j is refused', (augmentation, message) => {
    expect(() => validate(augmentationSchema, augmentation, 'recipe')).toThrow(
      refusal(new RegExp(message)),
    );
  });

  test('the names of all options are known', () => {
    expect(AUGMENTATION_OPTIONS).toHaveLength(26);
    expect(AUGMENTATION_OPTIONS).toContain('samplewise_std_normalization');
  });
});
