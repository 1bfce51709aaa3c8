import { z } from 'zod';
import type { KeypointSchema } from '../data/schema.ts';
import type { Split } from '../data/split.ts';
import { InputError } from '../errors.ts';
import { validate } from '../json.ts';
import { didYouMean } from '../nearest.ts';
import type { LossSpec } from '../nn/loss.ts';
import { dense, type LayerSpec, type NetworkSpec, network } from '../nn/network.ts';
import { layerSchema } from '../nn/network-schema.ts';
import type { RuleSpec } from '../nn/rule.ts';

/** A network with everything needed to train it, as plain data. */
export interface Recipe {
  readonly name: string;
  /** What it is, and what is different from the recipe before it. */
  readonly about: string;
  /**
   * The layers up to the output. The input follows from the images, and the output is a dense layer
   * with two numbers for each keypoint.
   */
  readonly layers: readonly LayerSpec[];
  /** Factor on the limits of Glorot's initial weights: 1, or the square root of 2 for ReLU. */
  readonly gain: number;
  readonly loss: LossSpec;
  readonly rule: RuleSpec;
  readonly learningRate: number;
  readonly momentum: number;
  readonly epochs: number;
  /** Rows of a batch; the last batch of an epoch may be smaller. */
  readonly batch: number;
  /** Whether every epoch goes through the rows in an order of its own, or always as they stand. */
  readonly shuffle: boolean;
  /** `complete`: rows that have every label; `all`: missing labels are left out of the loss. */
  readonly rows: 'complete' | 'all';
  /** Keypoints to learn, or `all`. */
  readonly points: 'all' | readonly string[];
  readonly split: Split;
  /** Decides the split, the first weights, the order of the rows and what dropout silences. */
  readonly seed: number;
}

const share = z.number().min(0).lt(1);
const positive = z.number().positive();
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const loss: z.ZodType<LossSpec> = z.strictObject({
  type: z.enum(['meanSquaredError', 'maskedMeanSquaredError']),
});

const rule: z.ZodType<RuleSpec> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['sgd', 'momentum', 'nesterov']) }),
  z.strictObject({ type: z.literal('adagrad'), epsilon: positive.default(1e-6) }),
  z.strictObject({
    type: z.literal('rmsprop'),
    rho: share.default(0.9),
    epsilon: positive.default(1e-6),
  }),
  z.strictObject({
    type: z.literal('adam'),
    beta1: share.default(0.9),
    beta2: share.default(0.999),
    epsilon: positive.default(1e-8),
  }),
]);

const split: z.ZodType<Split> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['random', 'group']), fraction: share, seed: seed.optional() }),
  z.strictObject({ type: z.literal('last'), fraction: share }),
]);

/** A recipe in JSON. */
export const recipeSchema: z.ZodType<Recipe> = z.strictObject({
  name: z.string().min(1),
  about: z.string(),
  layers: z.array(layerSchema),
  gain: positive,
  loss,
  rule,
  learningRate: z.number().min(0),
  momentum: share,
  epochs: z.int().positive(),
  batch: z.int().positive().max(4096),
  shuffle: z.boolean(),
  rows: z.enum(['complete', 'all']),
  points: z.union([z.literal('all'), z.array(z.string()).min(1)]),
  split,
  seed,
});

/**
 * The network of a recipe for some keypoints: its layers between the image and the coordinates.
 *
 * @throws InputError where a layer does not fit the one before it, such as on small images
 * @example
 * networkFor(net1, schema); // [1, 96, 96] -> flatten, dense 100, relu, dense 30
 */
export function networkFor(recipe: Recipe, { side, points }: KeypointSchema): NetworkSpec {
  const output = dense(2 * points.length, { name: 'output' });
  return network([1, side, side], [...recipe.layers, output]);
}

/**
 * A recipe with some of its values changed, as `--set key=value` asks.
 *
 * @param settings pairs such as `learningRate=0.02`, `rule=adam`, `split.fraction=0.1`,
 *   `layers.0.filters=16`; values are JSON or plain words
 * @throws InputError for a key that the recipe does not have (the nearest one is named) or a value that
 *   it cannot have
 * @example
 * withSettings(net2, ['learningRate=0.02', 'rule=adam']);
 */
export function withSettings(recipe: Recipe, settings: readonly string[]): Recipe {
  const changed = structuredClone(recipe) as unknown as Node;
  for (const setting of settings) {
    const [, path, text] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (path === undefined || text === undefined) {
      throw new InputError(`--set ${setting}: expected key=value`, 'For example --set epochs=100.');
    }
    assign(changed, path, parseValue(text), setting);
  }
  return validate(
    recipeSchema,
    changed,
    settings.length > 0 ? `--set ${settings.join(' --set ')}` : 'recipe',
  );
}

type Node = Record<string, unknown>;

/** Keys whose value is an object with a `type` may be set to the type alone. */
const TYPED = new Set(['loss', 'rule', 'split']);
/** What only some rules, splits and layers have; the check of the whole recipe tells which. */
const OPTIONAL_FIELDS = ['epsilon', 'rho', 'beta1', 'beta2', 'seed', 'name'];

function assign(recipe: Node, path: string, value: unknown, setting: string): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let node: Node = recipe;
  for (const key of keys) {
    if (!Object.hasOwn(node, key)) refuseKey(key, Object.keys(node), setting);
    const next = node[key];
    if (typeof next !== 'object' || next === null) {
      throw new InputError(
        `--set ${setting}: ${key} is a single value`,
        `For example --set ${key}=${next}.`,
      );
    }
    node = next as Node;
  }
  const known = [...Object.keys(node), ...(keys.length > 0 ? OPTIONAL_FIELDS : [])];
  if (!known.includes(last)) refuseKey(last, known, setting);
  if (path === 'points' && typeof value === 'string' && value !== 'all') {
    node[last] = value.split(',').map((name) => name.trim());
  } else if (keys.length === 0 && TYPED.has(last) && typeof value === 'string') {
    node[last] = last === 'split' ? { ...(node[last] as Node), type: value } : { type: value };
  } else {
    node[last] = value;
  }
}

function refuseKey(key: string, known: readonly string[], setting: string): never {
  throw new InputError(`--set ${setting}: no key "${key}"`, didYouMean(key, known));
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
