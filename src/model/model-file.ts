import { imageSize, imageText } from '../data/image-format.ts';
import type { Scaling } from '../data/scaling.ts';
import type { KeypointSchema } from '../data/schema.ts';
import type { EngineBuild } from '../engine/build.ts';
import { InputError } from '../errors.ts';
import type { Json } from '../json.ts';
import {
  type NetworkSpec,
  networkOutput,
  parameterInfos,
  type Shape,
  sizeOf,
} from '../nn/network.ts';
import type { ModelCard } from './card.ts';
import { isRounded, requireFloat16 } from './float16.ts';
import type { Tensor } from './safetensors.ts';
import { encodeSealed } from './sealed-file.ts';

/** A trained network with everything needed to use it. */
export interface Model {
  readonly network: NetworkSpec;
  readonly schema: KeypointSchema;
  readonly scaling: Scaling;
  /** The engine that trained it. */
  readonly engine: EngineBuild;
  /** Facts about the training: recipe, seed, epoch, validation loss. */
  readonly training: Readonly<Record<string, Json>>;
  /**
   * Mean of the labels of the training rows, of shape (points, 2), in pixels, `NaN` for a point without
   * any: where a face's points usually are. Models of earlier versions do not know it.
   */
  readonly meanPoints?: Float32Array | undefined;
  /** What it is, for others; files of earlier days have none. */
  readonly card?: ModelCard | undefined;
  /** Weights and biases by name (`conv1.weight`), row-major in the shapes of `parameterInfos`. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
}

/** Raised whenever a reader of the version before could not read the file. */
export const VERSION = '1';

/**
 * Writes a model as a safetensors file: the parameters as tensors, everything else as JSON in the
 * metadata, with a checksum over every byte.
 *
 * @param options `float16`: whether parameters are rounded to float16, for a file of half the size
 *   (default: float32, as they are); running means of batch normalisations stay float32
 * @returns the file, the same bytes for the same model
 * @throws InputError where parameters or schema do not fit the network, or a parameter float16
 * @example
 * await writeFileAtomically('model.safetensors', encodeModel(model));
 */
export function encodeModel(
  model: Model,
  { float16 = false }: { readonly float16?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const infos = parameterInfos(model.network);
  const known = new Map(infos.map((info) => [info.name, info]));
  const tensors = new Map<string, Tensor>();
  for (const [name, values] of model.parameters) {
    const info = known.get(name);
    const shape = info?.shape ?? [];
    tensors.set(name, {
      shape: sizeOf(shape) === values.length ? shape : [values.length],
      values,
      dtype: float16 && info && isRounded(info) ? 'F16' : 'F32',
    });
  }
  requireParts(model.network, model.schema, tensors, 'model');
  if (float16) requireFloat16(infos, model.parameters);
  return encodeSealed(new Map(infos.map(({ name }) => [name, tensors.get(name)!])), {
    fiducial: VERSION,
    ...modelMetadata(model),
  });
}

/** Everything about a model but its parameters, as a file's metadata: JSON by key. */
export const modelMetadata = (model: Model): Record<string, string> => ({
  network: JSON.stringify(model.network),
  schema: JSON.stringify(model.schema),
  scaling: JSON.stringify(model.scaling),
  engine: JSON.stringify(model.engine),
  training: JSON.stringify(model.training),
  ...(model.meanPoints && { meanPoints: JSON.stringify([...model.meanPoints]) }),
  ...(model.card && { card: JSON.stringify(model.card) }),
});

/** Refuses parameters and a schema that are not those of the network. */
export function requireParts(
  network: NetworkSpec,
  schema: KeypointSchema,
  tensors: ReadonlyMap<string, Tensor>,
  where: string,
): void {
  const refuse = (what: string): never => {
    throw new InputError(
      `${where}: ${what}`,
      'Use the parameters and schema of this very network.',
    );
  };
  const text = (shape: Shape): string => `[${shape.join(', ')}]`;
  const infos = parameterInfos(network);
  for (const { name, shape } of infos) {
    const found = tensors.get(name)?.shape;
    if (!found) refuse(`the parameter ${name} of shape ${text(shape)} is missing`);
    else if (text(found) !== text(shape)) {
      refuse(`the parameter ${name} has shape ${text(found)}, expected ${text(shape)}`);
    }
  }
  for (const [name, { shape }] of tensors) {
    if (infos.every((info) => info.name !== name)) {
      refuse(`the network has no parameter ${name}, given with shape ${text(shape)}`);
    }
  }
  if (sizeOf(network.input) !== imageSize(schema)) {
    refuse(`the network takes ${text(network.input)}, but the images have ${imageText(schema)}`);
  }
  const output = networkOutput(network);
  if (sizeOf(output) !== 2 * schema.points.length) {
    refuse(`the network gives ${text(output)}, expected x and y of ${schema.points.length} points`);
  }
}
