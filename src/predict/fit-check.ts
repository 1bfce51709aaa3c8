import type { Dataset } from '../data/dataset.ts';
import { COLOURS } from '../data/image-format.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';

/**
 * Refuses pictures that a model was not made for.
 *
 * @param fileName for messages
 * @throws InputError where the images have another size or other colours
 */
export function requireFit({ schema }: Model, dataset: Dataset, fileName: string): void {
  const { side, channels } = dataset.schema;
  if (side !== schema.side) {
    throw new InputError(
      `${fileName}: images of ${side} x ${side} pixels, but the model was trained on ${schema.side} x ${schema.side}`,
      'Scale the images, or train a model on images of this size.',
    );
  }
  if (channels !== schema.channels) {
    const [given, expected] = [COLOURS[channels], COLOURS[schema.channels]];
    throw new InputError(
      `${fileName}: ${given} images, but the model was trained on ${expected} ones`,
      `Make a table of ${expected} images (import-data --channels ${schema.channels}), or train a model on ${given} ones.`,
    );
  }
}
