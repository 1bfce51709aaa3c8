import { z } from 'zod';
import { ENGINE_BUILDS } from '../engine/build.ts';
import type { ModelCard } from './card.ts';

const count = z.int().nonnegative();
const ofRows = z.strictObject({ rows: count, rmse: z.number(), labels: count });
const error = { rmse: z.number().nullable(), meanFace: z.number().nullable(), labels: count };

/** A `ModelCard` in JSON. */
export const cardSchema: z.ZodType<ModelCard> = z.strictObject({
  licence: z.string(),
  notes: z.string().optional(),
  provenance: z
    .strictObject({
      data: z.strictObject({
        name: z.string(),
        rows: count,
        imagesCrc32: count,
        corrections: z.strictObject({ count, crc32: count }).optional(),
      }),
      split: z.strictObject({
        type: z.enum(['random', 'last', 'group', 'similar', 'fold']),
        fraction: z.number(),
        train: count,
        valid: count,
      }),
      recipe: z.strictObject({ name: z.string(), about: z.string() }),
      teachers: z.array(z.strictObject({ recipe: z.string(), crc32: count })).optional(),
      seed: count,
      epochs: count,
      epoch: count,
      build: z.enum(ENGINE_BUILDS),
      fiducial: z.string(),
      errors: z
        .strictObject({
          ...error,
          points: z.array(z.strictObject({ name: z.string(), ...error })),
          normalised: z
            .strictObject({
              mean: z.number(),
              rows: count,
              by: z.tuple([z.string(), z.string()]),
            })
            .optional(),
          fewLabels: ofRows.optional(),
          manyLabels: ofRows.optional(),
        })
        .nullable(),
    })
    .optional(),
});
