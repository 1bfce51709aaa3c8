import type { Split } from '../data/split.ts';
import type { Recipe } from './recipe.ts';

/** The same net from several seeds, whose keypoints are averaged; as plain data. */
export interface EnsembleRecipe {
  readonly name: string;
  readonly about: string;
  /** The net; the first of them is this very recipe. */
  readonly base: Recipe;
  /** How many nets: their seeds are the base's and those that follow it. */
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
  seeds,
});

/** The seed of each net. */
export const seedsOf = ({ base, seeds }: EnsembleRecipe): number[] =>
  Array.from({ length: seeds }, (_, i) => (base.seed + i) % 2 ** 32);

/** The name of the net from a seed, which is also that of its folder. */
export const nameOfSeed = (seed: number): string => `seed${seed}`;

/** The recipe of each net. They differ in nothing but the seed; all are validated on the same rows. */
export const ensembleRecipes = (recipe: EnsembleRecipe): Recipe[] =>
  seedsOf(recipe).map((seed) => ({
    ...recipe.base,
    name: `${recipe.name}/${nameOfSeed(seed)}`,
    about: `${recipe.base.name} from seed ${seed}.`,
    seed,
    split: withSeed(recipe.base.split, recipe.base.seed),
  }));

/** A split that does not follow the seed of the net. */
const withSeed = (split: Split, seed: number): Split =>
  split.type === 'last' ? split : { ...split, seed: split.seed ?? seed };
