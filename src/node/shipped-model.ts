import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError } from '../errors.ts';

/**
 * Where the model lies that comes with this package: Kaggle's 15 keypoints in grey faces of 96 x 96.
 *
 * @throws InputError where this copy of the package has none
 */
export function shippedModel(): string {
  const root = dirname(createRequire(import.meta.url).resolve('fiducial/package.json'));
  const path = join(root, 'models', 'face15.safetensors');
  if (existsSync(path)) return path;
  throw new InputError(
    'no model is named, and this copy of fiducial comes without its own (models/face15.safetensors)',
    'Name the folder of a run, such as runs/net2, or a model file.',
  );
}
