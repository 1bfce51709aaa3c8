import { AUGMENTATION_OPTIONS } from '../data/augmentation-schema.ts';
import { InputError } from '../errors.ts';
import { validate } from '../json.ts';
import { didYouMean } from '../nearest.ts';
import type { Recipe } from './recipe.ts';
import { recipeSchema } from './recipe-schema.ts';

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
/** What may be missing below a key of the recipe; the check of the whole recipe tells whether it fits. */
const OPTIONAL_KEYS: Readonly<Record<string, readonly string[]>> = {
  layers: ['name', 'stride'],
  averaging: ['decay'],
  loss: ['beta', 'width', 'curvature'],
  rule: ['epsilon', 'rho', 'beta1', 'beta2', 'weightDecay', 'clipValue'],
  learningRate: ['by', 'lag', 'over'],
  momentum: ['by', 'lag', 'over'],
  split: ['seed'],
  augmentation: AUGMENTATION_OPTIONS,
};

function assign(recipe: Node, path: string, value: unknown, setting: string): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let node: Node = recipe;
  for (const [depth, key] of keys.entries()) {
    // Any layer may be tuned; the network tells which there are.
    if (depth === 1 && keys[0] === 'tuning') node[key] ??= {};
    if (depth === 0 && key === 'averaging') node[key] ??= {};
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
  const optional = keys[0] === 'tuning' ? ['rate', 'frozenUntil'] : OPTIONAL_KEYS[keys[0] ?? ''];
  const known = new Set([...Object.keys(node), ...(optional ?? [])]);
  if (!known.has(last)) refuseKey(last, [...known], setting);
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
