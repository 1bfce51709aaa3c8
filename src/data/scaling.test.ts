import { expect, test } from 'vitest';
import type { Augmentation } from './augmentation.ts';
import { standardisationOf, standardScaling } from './scaling.ts';

const IMAGES = Uint8Array.of(0, 255, 51, 102, 255, 255, 7, 7, 7);
const measured = (augmentation: Augmentation) =>
  standardisationOf(augmentation, IMAGES, Uint32Array.of(0, 1), 3);

test('without standardisation the scaling of a model says nothing of it', () => {
  expect(measured({ flip_half: true })).toBeUndefined();
  expect(Object.keys(standardScaling(96))).toEqual(['imageDivisor', 'labelScale', 'labelOffset']);
});

test('mean and deviation are those of the training rows, with the 1e-6 of Keras', () => {
  const pixels = [0, 1, 0.2, 0.4, 1, 1];
  const mean = 3.6 / 6;
  const variance = pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6;
  const both = measured({ featurewise_center: true, featurewise_std_normalization: true });
  expect(both).toEqual({
    samplewiseCenter: false,
    samplewiseDeviation: false,
    mean: expect.closeTo(mean, 14),
    deviation: expect.closeTo(Math.sqrt(variance) + 1e-6, 14),
  });
});

test('what is not asked for changes nothing', () => {
  const untouched = { samplewiseCenter: false, samplewiseDeviation: false, mean: 0, deviation: 1 };
  expect(measured({ samplewise_center: true })).toEqual({ ...untouched, samplewiseCenter: true });
  expect(measured({ samplewise_std_normalization: true })).toEqual({
    ...untouched,
    samplewiseDeviation: true,
  });
  expect(measured({ featurewise_center: true })).toMatchObject({ deviation: 1 });
  expect(measured({ featurewise_std_normalization: true })).toMatchObject({ mean: 0 });
});

test('the order of rows changes no bit, nor does a million pixels', () => {
  const images = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * i) % 251);
  const rows = Uint32Array.from({ length: 100 }, (_, i) => i);
  const asked = { featurewise_center: true, featurewise_std_normalization: true };
  const forward = standardisationOf(asked, images, rows, 100);
  expect(standardisationOf(asked, images, rows.toReversed(), 100)).toEqual(forward);
  const grey = new Uint8Array(1_000_000).fill(101);
  expect(standardisationOf(asked, grey, rows, 100)).toMatchObject({
    mean: 101 / 255,
    deviation: 1e-6,
  });
});
