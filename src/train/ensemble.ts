import type { Split } from '../data/split.ts';
import type { Recipe } from './recipe.ts';

/** Nets from several seeds, whose keypoints are averaged; as plain data. */
export interface EnsembleRecipe {
  readonly name: string;
  readonly about: string;
  /** The net; the first of them is this very recipe. */
  readonly base: Recipe;
  /**
   * Nets of other kinds beside it, each from the same seeds and validated on the same rows. What errs in
   * another way gains more than one seed more.
   */
  readonly others: readonly Recipe[];
  /** How many nets of each kind: their seeds are the base's and those that follow it. */
  readonly seeds: number;
}

/**
 * A recipe for the same net from several seeds.
 *
 * @param seeds how many
 * @example
 * ensembleOf(recipes.net2, 4).name; // net2-ensemble
 */
export const ensembleOf = (base: Recipe, seeds: number): EnsembleRecipe => ({
  name: `${base.name}-ensemble`,
  about: `${seeds} nets like ${base.name}, each from a seed of its own.`,
  base,
  others: [],
  seeds,
});

/** The name of each net, which is also that of its folder, and its recipe. */
export function ensembleMembers(ensemble: EnsembleRecipe): { name: string; recipe: Recipe }[] {
  const { base, others, seeds } = ensemble;
  return [base, ...others].flatMap((net, kind) =>
    Array.from({ length: seeds }, (_, i) => {
      const seed = (base.seed + i) % 2 ** 32;
      const name = kind === 0 ? `seed${seed}` : `${net.name}-seed${seed}`;
      return { name, recipe: memberRecipe(ensemble, net, { name, seed }) };
    }),
  );
}

/** Nets of one kind differ in nothing but the seed; all are validated on the same rows. */
const memberRecipe = (
  { name: ensemble, base }: EnsembleRecipe,
  net: Recipe,
  { name, seed }: { readonly name: string; readonly seed: number },
): Recipe => ({
  ...net,
  name: `${ensemble}/${name}`,
  about: `${net.name} from seed ${seed}.`,
  seed,
  split: withSeed(base.split, base.seed),
});

/** A split that does not follow the seed of the net. */
const withSeed = (split: Split, seed: number): Split =>
  split.type === 'last' ? split : { ...split, seed: split.seed ?? seed };
