import { expect, test } from 'vitest';
import type { Augmentation } from './augmentation.ts';
import type { Dataset } from './dataset.ts';
import { scaledLabels, standardisationOf, standardScaling } from './scaling.ts';
import { keypointSchema } from './schema.ts';

const TABLE = {
  schema: keypointSchema([], 2),
  images: Uint8Array.of(0, 255, 51, 102, 255, 255, 0, 0, 7, 7, 7, 7),
};
const measured = (augmentation: Augmentation) =>
  standardisationOf(augmentation, TABLE, Uint32Array.of(0, 1));

test('without standardisation the scaling of a model says nothing of it', () => {
  expect(measured({ flip_half: true })).toBeUndefined();
  expect(Object.keys(standardScaling(96))).toEqual(['imageDivisor', 'labelScale', 'labelOffset']);
});

test('mean and deviation are those of the training rows, with the 1e-6 of Keras', () => {
  const pixels = [0, 1, 0.2, 0.4, 1, 1, 0, 0];
  const mean = 3.6 / 8;
  const variance = pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8;
  const both = measured({ featurewise_center: true, featurewise_std_normalization: true });
  expect(both).toEqual({
    samplewiseCenter: false,
    samplewiseDeviation: false,
    mean: [expect.closeTo(mean, 14)],
    deviation: [expect.closeTo(Math.sqrt(variance) + 1e-6, 14)],
  });
});

test('what is not asked for changes nothing', () => {
  const untouched = {
    ...{ samplewiseCenter: false, samplewiseDeviation: false, mean: [0], deviation: [1] },
  };
  expect(measured({ samplewise_center: true })).toEqual({ ...untouched, samplewiseCenter: true });
  expect(measured({ samplewise_std_normalization: true })).toEqual({
    ...untouched,
    samplewiseDeviation: true,
  });
  expect(measured({ featurewise_center: true })).toMatchObject({ deviation: [1] });
  expect(measured({ featurewise_std_normalization: true })).toMatchObject({ mean: [0] });
});

test('the order of rows changes no bit, nor does a million pixels', () => {
  const schema = keypointSchema([], 100);
  const images = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * i) % 251);
  const rows = Uint32Array.from({ length: 100 }, (_, i) => i);
  const asked = { featurewise_center: true, featurewise_std_normalization: true };
  const forward = standardisationOf(asked, { schema, images }, rows);
  expect(standardisationOf(asked, { schema, images }, rows.toReversed())).toEqual(forward);
  const grey = new Uint8Array(1_000_000).fill(101);
  expect(standardisationOf(asked, { schema, images: grey }, rows)).toMatchObject({
    mean: [101 / 255],
    deviation: [1e-6],
  });
});

test('each channel has a mean and a deviation of its own, as in Keras', () => {
  const schema = keypointSchema([], 2, 3);
  // A plane after the other: every red value 51, every green one 102; blue is 0 or 255.
  const images = Uint8Array.from({ length: 24 }, (_, i) => [51, 102, 255 * (i % 2)][(i >> 2) % 3]!);
  const asked = { featurewise_center: true, featurewise_std_normalization: true };
  expect(standardisationOf(asked, { schema, images }, Uint32Array.of(0, 1))).toMatchObject({
    mean: [0.2, 0.4, 0.5],
    deviation: [1e-6, 1e-6, 0.5 + 1e-6],
  });
});

test('labels are scaled to [-1, 1]; what is missing stays so', () => {
  const dataset: Dataset = {
    schema: keypointSchema(['nose'], 96),
    rows: 2,
    images: new Uint8Array(2 * 96 * 96),
    labels: Float32Array.of(0, 96, 48, Number.NaN),
    columns: {},
  };
  expect([...scaledLabels(dataset)]).toEqual([-1, 1, 0, Number.NaN]);
  expect(dataset.labels[0]).toBe(0);
});
