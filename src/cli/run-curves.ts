import { basename, resolve } from 'node:path';
import { isSquaredError, type LossSpec } from '../nn/loss.ts';
import { readHistory, readRecipe } from '../node/run-folder.ts';
import type { EpochRecord } from '../train/epoch.ts';

/** The learning curve of a run, as the figures take it. */
export interface RunCurve {
  readonly name: string;
  /** What its losses are. */
  readonly loss: LossSpec;
  readonly history: readonly EpochRecord[];
}

/**
 * Reads the learning curves of runs. They are called as their folders are, or by their whole paths
 * where two folders have one name.
 *
 * @throws InputError where a folder is no run
 */
export async function readCurves(runs: readonly string[]): Promise<RunCurve[]> {
  const folders = runs.map((run) => basename(resolve(run)));
  const names = new Set(folders).size === runs.length ? folders : runs;
  return Promise.all(
    runs.map(async (run, i) => ({
      name: names[i]!,
      loss: (await readRecipe(run)).loss,
      history: await readHistory(run),
    })),
  );
}

/**
 * Width of the images in pixels, by which losses become pixels; undefined where it differs between runs,
 * no epoch tells, or a loss is no squared error. Where it is one, an epoch's error stands in its record
 * twice, scaled and in pixels.
 */
export function commonSide(curves: readonly RunCurve[]): number | undefined {
  if (!curves.every(({ loss }) => isSquaredError(loss))) return undefined;
  const sides = curves.flatMap(({ history }) => {
    const record = history.find(({ validLoss }) => validLoss > 0);
    return record ? Math.round((2 * record.validRmse) / Math.sqrt(record.validLoss)) : [];
  });
  return new Set(sides).size === 1 ? sides[0] : undefined;
}

/** What the losses of runs are, for an axis. */
export function lossLabel(curves: readonly Pick<RunCurve, 'loss'>[]): string {
  const names = new Set(
    curves.map(({ loss }) => (isSquaredError(loss) ? 'mean squared error' : loss.type)),
  );
  return `loss (${[...names].join(', ')})`;
}
