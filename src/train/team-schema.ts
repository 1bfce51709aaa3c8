import { z } from 'zod';
import type { EnsembleRecipe } from './ensemble.ts';
import { recipeSchema } from './recipe-schema.ts';
import type { Specialist, SpecialistsRecipe } from './specialists.ts';

const visits = z.number().positive();

const specialist: z.ZodType<Specialist> = z.strictObject({
  name: z
    .string()
    .regex(/^[\w-]+$/, 'expected a name of letters, digits, "_" and "-", for it becomes a folder'),
  points: z.array(z.string()).min(1),
  settings: z.array(z.string()).default([]),
});

const team = { name: z.string().min(1), about: z.string(), base: recipeSchema };

/** A recipe of specialists in JSON. */
export const specialistsSchema: z.ZodType<SpecialistsRecipe> = z.strictObject({
  ...team,
  epochRows: z.strictObject({ scratch: visits, pretrained: visits }).nullable(),
  specialists: z.array(specialist).min(1),
});

/** A recipe of nets from several seeds in JSON. */
export const ensembleSchema: z.ZodType<EnsembleRecipe> = z.strictObject({
  ...team,
  others: z
    .array(recipeSchema)
    .default([])
    .refine(
      (nets) =>
        new Set(nets.map(({ name }) => name)).size === nets.length &&
        nets.every(({ name }) => /^[\w-]+$/.test(name)),
      {
        error:
          'expected for each net a name of its own of letters, digits, "_" and "-", for it becomes a folder',
      },
    ),
  seeds: z.int().min(1).max(100),
});
