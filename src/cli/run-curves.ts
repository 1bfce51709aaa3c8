import { basename, resolve } from 'node:path';
import { readHistory } from '../node/run-folder.ts';
import type { EpochRecord } from '../train/epoch.ts';

/** The learning curve of a run, as the figures take it. */
export interface RunCurve {
  readonly name: string;
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
    runs.map(async (run, i) => ({ name: names[i]!, history: await readHistory(run) })),
  );
}

/**
 * Width of the images in pixels, undefined where it differs between runs or no epoch tells. An
 * epoch's error stands in its record twice, scaled and in pixels.
 */
export function commonSide(curves: readonly RunCurve[]): number | undefined {
  const sides = curves.flatMap(({ history }) => {
    const record = history.find(({ validLoss }) => validLoss > 0);
    return record ? Math.round((2 * record.validRmse) / Math.sqrt(record.validLoss)) : [];
  });
  return new Set(sides).size === 1 ? sides[0] : undefined;
}
