import { z } from 'zod';
import { scalingSchema } from '../../data/scaling-schema.ts';
import { LAYOUTS } from './layout.ts';

const layout = z.enum(LAYOUTS);
const { imageDivisor, labelScale, labelOffset } = scalingSchema.shape;

/** Which tensors of somebody else's file are which parameters of ours, in JSON. */
export const weightMapSchema = z.strictObject({
  /** How all tensors lie; default `pytorch`. */
  layout: layout.default('pytorch'),
  /** Per parameter its tensor, with its layout where it has one of its own; others have our names. */
  tensors: z
    .record(z.string(), z.union([z.string(), z.strictObject({ name: z.string(), layout })]))
    .default({}),
  /** Tensors of the file that nothing is made of. */
  ignore: z.array(z.string()).default([]),
  /** What the network was trained to see and say, as far as it is not our own scaling. */
  scaling: scalingSchema
    .extend({
      imageDivisor: imageDivisor.exactOptional(),
      labelScale: labelScale.exactOptional(),
      labelOffset: labelOffset.exactOptional(),
    })
    .default({}),
});

export type WeightMap = z.infer<typeof weightMapSchema>;
