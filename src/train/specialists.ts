import type { Dataset } from '../data/dataset.ts';
import { completeRows, narrowPoints } from '../data/select.ts';
import { InputError, inFile } from '../errors.ts';
import type { Recipe } from './recipe.ts';
import { withSettings } from './settings.ts';
import { mirroredSchema, requireMirrorPartners } from './training-data.ts';

/** A net that learns some of the keypoints alone. */
export interface Specialist {
  /** Also the name of its run's folder. */
  readonly name: string;
  readonly points: readonly string[];
  /** What is different from the base for this one, as `--set` takes it: `learningRate=0.02`. */
  readonly settings: readonly string[];
}

/** Keypoints divided between nets of one kind, as plain data. */
export interface SpecialistsRecipe {
  readonly name: string;
  readonly about: string;
  /** What all of them have in common; its points and mostly its epochs are replaced. */
  readonly base: Recipe;
  /**
   * Row visits that each of them is trained for, so that its epochs are this number divided by its
   * rows: from drawn weights, and from those of another model. `null`: the epochs of the base.
   */
  readonly epochRows: { readonly scratch: number; readonly pretrained: number } | null;
  readonly specialists: readonly Specialist[];
}

/**
 * The recipe of every specialist for a dataset, as `recipesFor` says.
 *
 * @throws InputError where two specialists share a name or a point, a point is unknown or in no row,
 *   a mirrored point is without its partner, or a setting is wrong or changes the points
 */
export function specialistRecipesFor(recipe: SpecialistsRecipe, dataset: Dataset): Recipe[] {
  requireDistinct(recipe);
  return recipe.specialists.map((specialist) => {
    const { name, points, settings } = specialist;
    return inFile(`specialist ${name}`, () => {
      refusePoints(settings);
      const narrowed = narrowPoints(dataset, points);
      const rows = completeRows(narrowed).length;
      if (rows === 0) {
        throw new InputError(
          `none of the ${dataset.rows} rows has a label for each of its points (${points.join(', ')})`,
          'Give it points that stand together.',
        );
      }
      const own = withSettings(
        {
          ...recipe.base,
          name: `${recipe.name}/${name}`,
          about: `Specialist for ${points.join(', ')}.`,
          points,
          epochs: epochsFor(recipe, rows),
        },
        settings,
      );
      requireMirrorPartners(own, mirroredSchema(own, dataset.schema), narrowed.schema);
      return own;
    });
  });
}

/**
 * The same specialists with some values changed, as `withTeamSettings` does. Where the epochs of all are
 * given, they no longer follow from the rows.
 *
 * @param common settings for all of them
 * @param own settings for the one with a name
 * @throws InputError for `points`
 */
export function withSpecialistSettings(
  recipe: SpecialistsRecipe,
  common: readonly string[],
  own: (name: string) => readonly string[],
): SpecialistsRecipe {
  refusePoints(common);
  return {
    ...recipe,
    base: withSettings(recipe.base, common),
    epochRows: common.some((setting) => setting.startsWith('epochs=')) ? null : recipe.epochRows,
    specialists: recipe.specialists.map((specialist) => ({
      ...specialist,
      settings: [...specialist.settings, ...own(specialist.name)],
    })),
  };
}

function epochsFor({ base, epochRows }: SpecialistsRecipe, rows: number): number {
  if (!epochRows) return base.epochs;
  const visits = base.pretrained ? epochRows.pretrained : epochRows.scratch;
  return Math.max(1, Math.floor(visits / rows));
}

/** Settings that change points could give one to two specialists, or leave it to none. */
function refusePoints(settings: readonly string[]): void {
  const setting = settings.find((one) => /^points[.=]/.test(one));
  if (setting === undefined) return;
  throw new InputError(
    `--set ${setting}: specialists have points of their own`,
    'To divide the points in another way, write a recipe file with "specialists".',
  );
}

function requireDistinct({ base, specialists }: SpecialistsRecipe): void {
  const owners = new Map<string, string>();
  const names = new Set<string>();
  for (const { name, points } of specialists) {
    // Not every system tells "A" from "a" in the name of a folder.
    if (names.has(name.toLowerCase())) {
      throw new InputError(
        `two specialists are called "${name}"`,
        'Give each a name of its own, in which not only capital letters differ.',
      );
    }
    if (Object.hasOwn(base, name)) {
      throw new InputError(
        `a specialist is called "${name}", like a key of recipes`,
        'Choose another name, so that --set can tell them apart.',
      );
    }
    names.add(name.toLowerCase());
    for (const point of points) {
      const other = owners.get(point);
      // A point that one specialist has twice is found where its points are chosen.
      if (other !== undefined && other !== name) {
        throw new InputError(
          `the specialists ${other} and ${name} both learn ${point}`,
          'Leave it to one of them.',
        );
      }
      owners.set(point, name);
    }
  }
}
