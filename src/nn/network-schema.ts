import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { LayerSpec } from './layers.ts';
import { layerInfos, type NetworkSpec } from './network.ts';

const count = z.int().positive();
const name = z.string().min(1).exactOptional();

/** A layer in JSON. */
export const layerSchema: z.ZodType<LayerSpec> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('conv2d'),
    filters: count,
    kernel: count,
    padding: z.enum(['valid', 'same']),
    stride: z.literal([1, 2]).exactOptional(),
    name,
  }),
  z.strictObject({ type: z.literal('dense'), units: count, name }),
  z.strictObject({ type: z.literal('maxPool2d'), size: z.literal(2), name }),
  z.strictObject({
    type: z.literal('batchNorm'),
    momentum: z.number(),
    epsilon: z.number(),
    name,
  }),
  z.strictObject({ type: z.literal('dropout'), rate: z.number(), name }),
  z.strictObject({ type: z.enum(['relu', 'sigmoid', 'tanh', 'silu']), name }),
  z.strictObject({ type: z.literal('leakyRelu'), slope: z.number(), name }),
  z.strictObject({ type: z.literal('flatten'), name }),
  z.strictObject({ type: z.literal('globalAveragePool2d'), name }),
  z.strictObject({ type: z.literal('softArgmax2d'), beta: z.number(), name }),
  z.strictObject({
    type: z.literal('residual'),
    layers: z.lazy(() => z.array(layerSchema)),
    name,
  }),
]);

/** A network in JSON; accepts only networks whose layers fit together. */
export const networkSchema: z.ZodType<NetworkSpec> = z
  .strictObject({ input: z.array(count).min(1), layers: z.array(layerSchema) })
  .superRefine((spec, context) => {
    try {
      layerInfos(spec);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      context.addIssue({ code: 'custom', message: error.message, path: ['layers'] });
    }
  });
