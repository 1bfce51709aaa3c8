import type { Dataset } from '../data/dataset.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';

/**
 * Refuses pictures that a model was not made for.
 *
 * @param fileName for messages
 * @throws InputError where the images have another size
 */
export function requireFit({ schema }: Model, dataset: Dataset, fileName: string): void {
  const { side } = dataset.schema;
  if (side === schema.side) return;
  throw new InputError(
    `${fileName}: images of ${side} x ${side} pixels, but the model was trained on ${schema.side} x ${schema.side}`,
    'Scale the images, or train a model on images of this size.',
  );
}
