import { z } from 'zod';
import type { Scaling } from '../data/scaling.ts';
import { storedKeypointSchema } from '../data/schema-file.ts';
import { ENGINE_BUILDS } from '../engine/build.ts';
import { parseJson } from '../json.ts';
import { networkSchema } from '../nn/network-schema.ts';
import { decodeSealed, requireFormat } from './decode-sealed.ts';
import { type Model, requireParts, VERSION } from './model-file.ts';

const scalingSchema: z.ZodType<Scaling> = z.strictObject({
  imageDivisor: z.number().positive(),
  labelScale: z.number().positive(),
  labelOffset: z.number(),
  standardisation: z
    .strictObject({
      samplewiseCenter: z.boolean(),
      samplewiseDeviation: z.boolean(),
      mean: z.number(),
      deviation: z.number().positive(),
    })
    .exactOptional(),
});
const trainingSchema: z.ZodType<Model['training']> = z.record(z.string(), z.json());

/**
 * Reads a model file.
 *
 * @param bytes the file
 * @param fileName for messages
 * @throws InputError where any byte was changed or is missing, the file comes from a newer version,
 *   or its parts do not fit each other
 * @example
 * const model = decodeModel(await readBytes('model.safetensors'), 'model.safetensors');
 */
export function decodeModel(bytes: Uint8Array, fileName: string): Model {
  const { tensors, metadata } = decodeSealed(bytes, fileName, 'model');
  requireFormat(metadata, fileName, { kind: 'model', key: 'fiducial', version: VERSION });
  const read = <T>(key: string, format: z.ZodType<T>): T =>
    parseJson(format, metadata[key] ?? '', `${fileName}, ${key}`);
  const network = read('network', networkSchema);
  const schema = read('schema', storedKeypointSchema);
  requireParts(network, schema, tensors, fileName);
  return {
    network,
    schema,
    scaling: read('scaling', scalingSchema),
    engine: read('engine', z.enum(ENGINE_BUILDS)),
    training: read('training', trainingSchema),
    parameters: new Map([...tensors].map(([name, { values }]) => [name, values])),
  };
}
