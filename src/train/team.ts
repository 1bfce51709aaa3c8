import type { KeypointSchema } from '../data/schema.ts';
import { type EnsembleRecipe, ensembleMembers } from './ensemble.ts';
import type { Recipe } from './recipe.ts';
import type { SpecialistsRecipe } from './specialists.ts';

/**
 * Several nets that find keypoints together: specialists divide the points between them, an ensemble
 * averages what each finds.
 */
export type TeamRecipe = SpecialistsRecipe | EnsembleRecipe;

/** Whether the nets of a team find the same points, so that these are averaged. */
export const isEnsemble = (recipe: TeamRecipe): recipe is EnsembleRecipe => 'seeds' in recipe;

/** The name of each net of a team, which is also that of its run's folder. */
export const memberNames = (recipe: TeamRecipe): string[] =>
  (isEnsemble(recipe) ? ensembleMembers(recipe) : recipe.specialists).map(({ name }) => name);

/** Points of a table that none of some nets learns, in the table's order. */
export function unlearnedPoints(
  nets: readonly Pick<Recipe, 'points'>[],
  schema: KeypointSchema,
): string[] {
  const learned = new Set(
    nets.flatMap(({ points }) => (points === 'all' ? schema.points : points)),
  );
  return schema.points.filter((point) => !learned.has(point));
}
