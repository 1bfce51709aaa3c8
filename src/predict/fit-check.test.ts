import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Channels } from '../data/image-format.ts';
import { keypointSchema } from '../data/schema.ts';
import type { Model } from '../model/model-file.ts';
import { requireFit } from './fit-check.ts';

const check = (
  [modelSide, modelChannels]: [number, Channels],
  [side, channels]: [number, Channels],
) => {
  const model = { schema: keypointSchema(['nose'], modelSide, modelChannels) } as Model;
  const dataset = { schema: keypointSchema([], side, channels) } as unknown as Dataset;
  requireFit(model, dataset, 'faces.csv');
};

test('pictures of the model’s own side and colours fit, whatever the points', () => {
  expect(() => check([96, 3], [96, 3])).not.toThrow();
});

test('pictures of another size are refused', () => {
  expect(() => check([96, 1], [48, 1])).toThrow(
    refusal('faces.csv: images of 48 x 48 pixels, but the model was trained on 96 x 96'),
  );
});

test('pictures in other colours are refused, and both are named', () => {
  expect(() => check([96, 1], [96, 3])).toThrow(
    refusal('faces.csv: RGB images, but the model was trained on grey ones'),
  );
  expect(() => check([96, 3], [96, 1])).toThrow(
    refusal('faces.csv: grey images, but the model was trained on RGB ones'),
  );
});
