import type { Dataset } from '../data/dataset.ts';
import type { KeypointSchema } from '../data/schema.ts';
import { completeRows, narrowPoints } from '../data/select.ts';
import { InputError, inFile } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
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
 * The recipe of every specialist for a dataset. Each learns from the rows that have all of its points,
 * so the number of epochs follows from the table: floor(epochRows / rows), with the rows counted
 * before they are split, as in the Lasagne tutorial.
 *
 * @throws InputError where two specialists share a name or a point, a point is unknown or in no row,
 *   a mirrored point is without its partner, or a setting is wrong or changes the points
 * @example
 * recipesFor(specialists, dataset)[1].epochs; // 1418 for nose_tip in Kaggle's 7,049 rows
 */
export function recipesFor(recipe: SpecialistsRecipe, dataset: Dataset): Recipe[] {
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
 * The same specialists with some values changed: `key=value` for all of them, `<name>.key=value` for
 * one. Where the epochs are given, they no longer follow from the rows.
 *
 * @param settings as `withSettings` takes them, some with a specialist's name before the key
 * @throws InputError for a key that is neither a recipe's nor a specialist (the nearest one is named),
 *   and for `points`
 * @example
 * withSpecialistSettings(specialists, ['batch=64', 'nose_tip.learningRate=0.02']);
 */
export function withSpecialistSettings(
  recipe: SpecialistsRecipe,
  settings: readonly string[],
): SpecialistsRecipe {
  const common = settingsFor(recipe, settings);
  refusePoints(common);
  return {
    ...recipe,
    base: withSettings(recipe.base, common),
    epochRows: common.some((setting) => setting.startsWith('epochs=')) ? null : recipe.epochRows,
    specialists: recipe.specialists.map((specialist) => ({
      ...specialist,
      settings: [...specialist.settings, ...settingsFor(recipe, settings, specialist.name)],
    })),
  };
}

/**
 * Those of some settings that are for one specialist alone, without its name; or those for all.
 *
 * @param name of the specialist; default: those for all
 * @throws InputError as `withSpecialistSettings`
 */
export function settingsFor(
  { base, specialists }: SpecialistsRecipe,
  settings: readonly string[],
  name?: string,
): string[] {
  const names = specialists.map((specialist) => specialist.name);
  const keys = Object.keys(base);
  return settings.flatMap((setting) => {
    const [, first, rest] = /^([^.=]+)\.(.*)$/s.exec(setting) ?? [];
    if (first === undefined || keys.includes(first)) return name === undefined ? setting : [];
    if (names.includes(first)) return first === name ? rest! : [];
    throw new InputError(
      `--set ${setting}: there is no key and no specialist "${first}"`,
      didYouMean(first, [...names, ...keys]),
    );
  });
}

/** Points of a table that no specialist learns, in the table's order. */
export function unlearnedPoints(
  { specialists }: SpecialistsRecipe,
  schema: KeypointSchema,
): string[] {
  const learned = new Set(specialists.flatMap(({ points }) => points));
  return schema.points.filter((point) => !learned.has(point));
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
