import type { EngineBuild } from '../engine/build.ts';
import { InputError } from '../errors.ts';
import { givenSpan, withLength } from '../nn/schedule.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Recipe } from './recipe.ts';

/** What decides when a run ends and what is kept of it, but not which numbers come on the way. */
const FREE = ['epochs', 'patience', 'keep', 'name', 'about'];

/**
 * The recipe with which an interrupted run goes on. Schedules keep the length that they began with, so
 * that a run that is made longer has the same past.
 *
 * @param asked as the person gives it now
 * @param newLearningRate the run may go on with another learning rate
 * @throws InputError where it differs from the checkpoint's in what decides the numbers (the first such
 *   value is named, old and new), and where the data or the engine are others
 */
export function resumedRecipe(
  asked: Recipe,
  checkpoint: Checkpoint,
  {
    data,
    build,
    newLearningRate = false,
  }: {
    readonly data: string;
    readonly build: EngineBuild;
    readonly newLearningRate?: boolean | undefined;
  },
): Recipe {
  const begun = checkpoint.recipe;
  // A schedule that does not say how long it is may have been given its length when the run was made longer.
  const length = (key: 'learningRate' | 'momentum'): number =>
    givenSpan(begun[key]) ?? begun.epochs;
  const pinned = (recipe: Recipe): Recipe => ({
    ...recipe,
    learningRate: withLength(recipe.learningRate, length('learningRate')),
    momentum: withLength(recipe.momentum, length('momentum')),
  });
  const { learningRate } = pinned(asked);
  // The same rate said again leaves the recipe as it was, to the letter.
  const isNewRate =
    newLearningRate && firstDifference(pinned(begun).learningRate, learningRate) !== undefined;
  const expected = isNewRate ? { ...begun, learningRate } : begun;
  const difference = firstDifference(pinned(expected), pinned(asked));
  if (difference) {
    const [key, before, now] = difference;
    throw new InputError(
      `a run cannot go on with another recipe: ${key} was ${shown(before)} and is ${shown(now)} now`,
      "Give the run's folder in the place of a recipe, without that option, to go on as it began; or start a new run with --out, perhaps from these weights with --pretrain.",
    );
  }
  if (data !== checkpoint.data) {
    throw new InputError(
      'a run cannot go on with other data: pictures, labels or their split have changed since it began',
      'Give the very table (and --groups, --corrections) with which it was started.',
    );
  }
  if (build !== checkpoint.build) {
    throw new InputError(
      `the run was begun with the ${checkpoint.build} SIMD build and cannot go on with ${build}`,
      checkpoint.build === 'plain'
        ? 'Add --reproducible.'
        : 'Leave --reproducible out; if this machine has no relaxed SIMD, the run cannot go on here.',
    );
  }
  const { epochs, patience, keep } = asked;
  const going = epochs === begun.epochs ? begun : pinned(begun);
  return { ...going, ...(isNewRate && { learningRate }), epochs, patience, keep };
}

type Difference = readonly [key: string, before: unknown, now: unknown];

/** The first value in which two recipes differ. */
function firstDifference(before: unknown, now: unknown, path = ''): Difference | undefined {
  if (Object.is(before, now)) return undefined;
  if (!isNode(before) || !isNode(now)) return [path, before, now];
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (path === '' && FREE.includes(key)) continue;
    const found = firstDifference(before[key], now[key], path === '' ? key : `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

const isNode = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const shown = (value: unknown): string => JSON.stringify(value) ?? 'not given';
