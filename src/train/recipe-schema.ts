import { z } from 'zod';
import { augmentationSchema } from '../data/augmentation-schema.ts';
import type { Split } from '../data/split.ts';
import { parseJson } from '../json.ts';
import type { LossSpec } from '../nn/loss.ts';
import { layerSchema } from '../nn/network-schema.ts';
import type { RuleSpec } from '../nn/rule.ts';
import { learningRateSchema, momentumSchema } from '../nn/schedule-schema.ts';
import type { LayerTuning, Pretraining, Recipe } from './recipe.ts';

const share = z.number().min(0).lt(1);
const positive = z.number().positive();
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const loss: z.ZodType<LossSpec> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['meanSquaredError', 'maskedMeanSquaredError']) }),
  z.strictObject({ type: z.literal('smoothL1Loss'), beta: positive.default(0.04) }),
  z.strictObject({
    type: z.literal('wingLoss'),
    width: positive.default(0.2),
    curvature: positive.default(0.04),
  }),
]);

const clipValue = positive.exactOptional();
const rule: z.ZodType<RuleSpec> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['sgd', 'momentum', 'nesterov']), clipValue }),
  z.strictObject({ type: z.literal('adagrad'), epsilon: positive.default(1e-6), clipValue }),
  z.strictObject({
    type: z.literal('rmsprop'),
    rho: share.default(0.9),
    epsilon: positive.default(1e-6),
    clipValue,
  }),
  z.strictObject({
    type: z.literal('adam'),
    beta1: share.default(0.9),
    beta2: share.default(0.999),
    epsilon: positive.default(1e-8),
    weightDecay: z.number().min(0).max(1).exactOptional(),
    clipValue,
  }),
]);

const split: z.ZodType<Split> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.enum(['random', 'group', 'similar']),
    fraction: share,
    seed: seed.optional(),
  }),
  z.strictObject({ type: z.literal('last'), fraction: share }),
  z.strictObject({
    type: z.literal('fold'),
    fold: z.int().positive(),
    folds: z.int().min(2),
    together: z.enum(['group', 'similar']),
    seed: seed.optional(),
  }),
]);

const layerTuning: z.ZodType<LayerTuning> = z.strictObject({
  rate: z.number().min(0).optional(),
  frozenUntil: z.union([z.int().positive(), z.literal('end')]).optional(),
});

const pretrained: z.ZodType<Pretraining> = z.strictObject({
  recipe: z.string(),
  layers: z.union([z.enum(['hidden', 'all']), z.array(z.string()).min(1)]),
});

const keys = z.strictObject({
  name: z.string().min(1),
  about: z.string(),
  layers: z.array(layerSchema),
  // Recipes from before there were others do not say.
  head: z.enum(['dense', 'heatmaps', 'none']).default('dense'),
  gain: positive,
  pretrained: pretrained.nullable(),
  tuning: z.record(z.string(), layerTuning),
  loss,
  rule,
  // Recipes from before averages were kept do not say.
  averaging: z.strictObject({ decay: share }).nullable().default(null),
  learningRate: learningRateSchema,
  momentum: momentumSchema,
  epochs: z.int().positive(),
  patience: z.int().positive().nullable(),
  keep: z.enum(['best', 'last']),
  batch: z.int().positive().max(4096),
  shuffle: z.boolean(),
  augmentation: augmentationSchema,
  rows: z.enum(['complete', 'all']),
  // Recipes from before two conventions could be learnt do not say.
  conventions: z.enum(['one', 'two', 'auto']).default('one'),
  points: z.union([z.literal('all'), z.array(z.string()).min(1)]),
  // Recipes from before it was looked for do not say.
  mirrorAxis: z.enum(['middle', 'auto']).default('middle'),
  // Recipes from before these could be given do not say.
  mirrorPairs: z
    .union([z.literal('names'), z.array(z.tuple([z.string(), z.string()]))])
    .default('names'),
  teacherWeight: z.number().min(0).max(1).default(0.5),
  split,
  seed,
});

/** A recipe in JSON. */
export const recipeSchema: z.ZodType<Recipe> = keys.refine(
  (recipe) =>
    recipe.augmentation.outside_points !== 'missing' || recipe.loss.type !== 'meanSquaredError',
  {
    path: ['augmentation', 'outside_points'],
    error:
      'points that become missing need a loss that passes them over: set loss to maskedMeanSquaredError, not meanSquaredError, or outside_points to keep',
  },
);

/**
 * Reads a recipe from JSON, such as the `recipe.json` of a run.
 *
 * @param text the JSON
 * @param where file and place, for messages; default `recipe.json`
 * @throws InputError where it is no recipe; names the first key at fault
 * @example
 * const recipe = parseRecipe(await file.text(), file.name);
 */
export const parseRecipe = (text: string, where = 'recipe.json'): Recipe =>
  parseJson(recipeSchema, text, where);
