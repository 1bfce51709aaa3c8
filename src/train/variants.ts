import { InputError } from '../errors.ts';
import type { RuleSpec } from '../nn/rule.ts';
import type { Schedule } from '../nn/schedule.ts';
import type { Recipe } from './recipe.ts';
import { withSettings } from './settings.ts';

/** A recipe with some of its values changed. */
export interface Variant {
  /** Tells it from the others: what was changed. */
  readonly name: string;
  readonly recipe: Recipe;
}

export interface VariantOptions {
  /** `key=a,b,c`: a variant for each value, called by it. */
  readonly vary?: string | undefined;
  /** Variants with all their changes, with spaces between: `rule=adam learningRate=0.001`. */
  readonly set?: readonly string[] | undefined;
}

/** Rules for which one rate means about the same. */
const PLAIN_RULES = ['sgd', 'momentum', 'nesterov'];
/** What a rule begins with where neither the recipe nor the person says: the usual ones. */
const USUAL_RATES: Readonly<Record<RuleSpec['type'], number>> = {
  sgd: 0.01,
  momentum: 0.01,
  nesterov: 0.01,
  adagrad: 0.01,
  rmsprop: 0.001,
  adam: 0.001,
};

/**
 * Variants of a recipe, to be trained from the same start. A variant that changes the rule and not the
 * learning rate keeps the recipe's rate where it means the same (between SGD, momentum and Nesterov)
 * and has the usual rate of its rule, without a schedule, elsewhere.
 *
 * @throws InputError for none, for two of one name, and for changes that the recipe does not allow
 * @example
 * variantsOf(net1, { vary: 'rule=sgd,nesterov,adam' }); // adam with rate 0.001
 */
export function variantsOf(recipe: Recipe, { vary, set = [] }: VariantOptions): Variant[] {
  const variants = [
    ...(vary === undefined ? [] : varied(recipe, vary)),
    ...set.map((text) => {
      const changes = text.trim().split(/\s+/);
      return { name: changes.join(' '), recipe: changed(recipe, changes) };
    }),
  ];
  if (variants.length === 0) {
    throw new InputError(
      'nothing to compare: no variant of the recipe is given',
      'For example --vary rule=sgd,nesterov,adam, or --set for each of them.',
    );
  }
  for (const [i, { name }] of variants.entries()) {
    if (variants.findIndex((other) => other.name === name) < i) {
      throw new InputError(`two variants are called "${name}"`, 'Leave one of them out.');
    }
  }
  return variants;
}

function varied(recipe: Recipe, vary: string): Variant[] {
  const [, key, list] = /^([^=]+)=(.+)$/s.exec(vary) ?? [];
  if (key === undefined || list === undefined) {
    throw new InputError(`--vary ${vary}: expected key=a,b,c`, 'For example --vary rule=sgd,adam.');
  }
  return list.split(',').map((value) => ({
    name: value.trim(),
    recipe: changed(recipe, [`${key}=${value.trim()}`]),
  }));
}

function changed(recipe: Recipe, changes: readonly string[]): Recipe {
  const variant = withSettings(recipe, changes);
  const given = changes.some((change) => /^learningRate[.=]/.test(change));
  return given ? variant : { ...variant, learningRate: rateFor(variant.rule, recipe) };
}

function rateFor({ type }: RuleSpec, { rule, learningRate }: Recipe): Schedule {
  const alike = type === rule.type || [type, rule.type].every((one) => PLAIN_RULES.includes(one));
  return alike ? learningRate : USUAL_RATES[type];
}
