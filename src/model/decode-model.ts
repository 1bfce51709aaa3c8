import { z } from 'zod';
import { requireChannels, scalingSchema } from '../data/scaling-schema.ts';
import { storedKeypointSchema } from '../data/schema-file.ts';
import { ENGINE_BUILDS } from '../engine/build.ts';
import { parseJson } from '../json.ts';
import { networkSchema } from '../nn/network-schema.ts';
import { cardSchema } from './card-schema.ts';
import { decodeSealed, requireFormat } from './decode-sealed.ts';
import { type Model, requireParts, VERSION } from './model-file.ts';

const trainingSchema: z.ZodType<Model['training']> = z.record(z.string(), z.json());
/** `NaN`, which JSON does not have, is written as `null`. */
const meanPointsSchema = (points: number): z.ZodType<number[]> =>
  z
    .array(
      z
        .number()
        .nullable()
        .transform((value) => value ?? Number.NaN),
    )
    .length(2 * points);

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
  const scaling = read('scaling', scalingSchema);
  requireChannels(scaling, schema, `${fileName}, scaling`);
  return {
    network,
    schema,
    scaling,
    engine: read('engine', z.enum(ENGINE_BUILDS)),
    training: read('training', trainingSchema),
    ...(metadata.meanPoints !== undefined && {
      meanPoints: Float32Array.from(read('meanPoints', meanPointsSchema(schema.points.length))),
    }),
    ...(metadata.card !== undefined && { card: read('card', cardSchema) }),
    parameters: new Map([...tensors].map(([name, { values }]) => [name, values])),
  };
}
