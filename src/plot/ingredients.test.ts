import { describe, expect, test } from 'vitest';
import { isRandom } from '../data/augmentation.ts';
import { AUGMENTATION_OPTIONS, augmentationSchema } from '../data/augmentation-schema.ts';
import { validate } from '../json.ts';
import { GALLERY, ingredientsOf } from './ingredients.ts';

describe('the ingredients of an augmentation', () => {
  test('stand alone, with what is said of all of them', () => {
    const common = { fill_mode: 'reflect', distortion_probability: 0.5 } as const;
    const found = ingredientsOf({
      ...common,
      ...{ rotation_range: 17, width_shift_range: 0.05, height_shift_range: 0.05 },
      ...{ gamma_range: [0.7, 1.5], scale_range: 0.12, cutout: 0.3, cutout_boxes: 2 },
      ...{ zoom_range: 0, horizontal_flip: false },
    });
    expect(found.map(({ name, strength }) => `${name} ${strength}`)).toEqual([
      ...['rotation ± 17°', 'shift ± 5 %', 'scale 0.88 … 1.12', 'gamma 0.7 … 1.5'],
      'cut-out 2 x up to 30 %',
    ]);
    expect(found[0]!.augmentation).toEqual({ ...common, rotation_range: 17 });
    expect(found[4]!.augmentation).toEqual({ ...common, cutout: 0.3, cutout_boxes: 2 });
  });

  test('are all that can be random', () => {
    const strong: Record<string, unknown> = {
      ...{ flip_half: true, horizontal_flip: true, vertical_flip: true, shear_range: 9 },
      ...{ zoom_range: 0.2, channel_shift_range: 0.2 },
    };
    for (const option of AUGMENTATION_OPTIONS) {
      const alone = { [option]: { ...GALLERY, ...strong }[option] };
      if (alone[option] === undefined || !isRandom(alone)) continue;
      expect(ingredientsOf(alone), option).toHaveLength(1);
    }
  });

  test('of the gallery make a recipe', () => {
    expect(validate(augmentationSchema, GALLERY, 'gallery')).toEqual(GALLERY);
    expect(ingredientsOf(GALLERY)).toHaveLength(11);
  });
});
