import { recipes, teamRecipes } from '../../../recipes/index.ts';
import type { Build } from '../../engine/build.ts';
import { InputError } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import { isRun } from '../../node/run-folder.ts';
import type { Recipe } from '../../train/recipe.ts';
import { BENCH_PARTS, type BenchFlags, type BenchPart } from '../bench.ts';
import { chooseRecipe } from '../recipe-options.ts';
import type { Facilities } from './facilities.ts';

/** What a person asks for, as far as this machine can do it. */
export interface BenchChoice {
  readonly parts: readonly BenchPart[];
  /** Those that were named. */
  readonly recipes: readonly Recipe[];
  readonly builds: readonly Build[];
  readonly threads: readonly number[];
  /** What is good to know before the figures are believed. */
  readonly remarks: readonly string[];
}

/** Parts that run the engine. */
export const ENGINE_PARTS: readonly BenchPart[] = ['step', 'prediction', 'growth'];

/**
 * What is measured: everything, or the named parts. Where recipes are named, they are timed as a run of
 * them would go: with all processors and the build that suits the machine best.
 *
 * @param names of parts and recipes
 * @throws InputError for a name that is neither, and where nothing of it can be measured here
 */
export async function chooseBench(
  names: readonly string[],
  flags: BenchFlags,
  { builds, shared, processors, ...facilities }: Facilities,
): Promise<BenchChoice> {
  const chosen: Recipe[] = [];
  for (const name of names) if (!isPart(name)) chosen.push(await recipeOf(name));
  const isWhole = chosen.length === 0;
  const parts =
    names.length === 0 ? BENCH_PARTS : BENCH_PARTS.filter((part) => names.includes(part));
  const remarks = [...facilities.remarks];

  const threads = !shared
    ? [1]
    : (flags.threads ?? (isWhole ? [...new Set([processors, 1])] : [processors]));
  const most = Math.max(...threads);
  if (most > processors) {
    remarks.push(
      `${most} threads on ${processors} processors wait for each other: their figures mean little.`,
    );
  }

  const asked = builds.filter(
    (build) => flags.build?.includes(build) ?? (isWhole || build === builds[0]),
  );
  const wanted: readonly BenchPart[] = parts.length > 0 ? parts : ['step'];
  const possible = wanted.filter((part) => asked.length > 0 || !ENGINE_PARTS.includes(part));
  const impossible = wanted.filter((part) => !possible.includes(part));
  if (possible.length === 0) {
    throw new InputError(
      `${impossible.join(', ')}: nothing of this can be measured here. ${remarks.join(' ')}`,
      'What works everywhere: fiducial bench reading startup. See fiducial doctor for what this machine offers.',
    );
  }
  if (impossible.length > 0)
    remarks.push(`Not measured for that reason: ${impossible.join(', ')}.`);
  return { parts: possible, recipes: chosen, builds: asked, threads, remarks };
}

const isPart = (name: string): boolean => BENCH_PARTS.some((part) => part === name);

async function recipeOf(name: string): Promise<Recipe> {
  const known = [...Object.keys(recipes), ...Object.keys(teamRecipes)];
  if (!known.includes(name) && !/[/\\]|\.json$/.test(name) && !(await isRun(name))) {
    throw new InputError(
      `no part of the benchmark and no recipe "${name}"`,
      didYouMean(name, [...BENCH_PARTS, ...known]),
    );
  }
  return chooseRecipe(name, { set: [] });
}
