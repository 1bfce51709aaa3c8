import { InputError } from '../errors.ts';
import type { Curve } from '../plot/learning-curves.ts';
import { asCurve, PUBLISHED_CURVES, publishedCurve } from '../plot/published.ts';

/**
 * The published curves of some recipes, each once, and what must be said about them.
 *
 * @throws InputError where none of the recipes has one
 */
export function publishedFor(recipes: readonly string[]): {
  readonly curves: readonly (Curve & { readonly recipe: string })[];
  readonly note: string;
} {
  const published = [...new Set(recipes)].flatMap((recipe) => publishedCurve(recipe) ?? []);
  if (published.length === 0) {
    throw new InputError(
      `no published curve for ${recipes.join(', ')}`,
      `There are curves for ${PUBLISHED_CURVES.map(({ name }) => name).join(', ')}.`,
    );
  }
  const sources = [...new Set(published.map(({ source }) => source))].join(' and ');
  const notes = new Set(published.flatMap(({ note }) => note ?? []));
  return {
    curves: published.map((curve) => ({ ...asCurve(curve), recipe: curve.name })),
    note: [
      `Published curves (${sources}) are on Kaggle's own pictures; dots are the epochs printed there.`,
      ...notes,
    ].join(' '),
  };
}
