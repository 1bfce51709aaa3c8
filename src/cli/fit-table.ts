import type { Dataset } from '../data/dataset.ts';
import { InputError } from '../errors.ts';
import { type CorrectionsFile, correctedTable } from '../node/read-corrections.ts';
import { readGroups } from '../node/read-groups.ts';
import { readMirrorPairs } from '../node/read-mirror-pairs.ts';
import { readTable } from '../node/read-table.ts';
import type { RunTable } from '../node/run-folder.ts';

/** What a run is trained on. */
export interface FitTable {
  /** The table as it was typed, now or when the run began. */
  readonly dataName: string;
  /** With its labels as they were corrected. */
  readonly dataset: Dataset;
  readonly corrections: CorrectionsFile | undefined;
  /** The group of every row, where it is split by group. */
  readonly groups: Uint32Array | undefined;
  /** What the files beside the table say about the recipe, as `--set` takes it. */
  readonly settings: readonly string[];
}

/** Files that say more about a table. */
export interface TableFlags {
  readonly corrections?: string | undefined;
  readonly groups?: string | undefined;
  readonly mirror?: string | undefined;
}

/**
 * Reads the table that `fit` is given or, for a run that goes on, that with which it began.
 *
 * @param flags `data` may be left out where the run that goes on is known
 * @param begun the latter; undefined for a new run
 * @throws InputError where it cannot be read; where none was given, with advice to say where it is
 */
export async function readFitTable(
  { data, groups, mirror, ...flags }: TableFlags & { readonly data?: string },
  begun: RunTable | undefined,
): Promise<FitTable> {
  const dataName = data ?? begun!.data;
  const file = flags.corrections ?? begun?.corrections;
  const table = await (data === undefined ? readKnownTable : readTable)(dataName);
  const { dataset, corrections } = await correctedTable(table, file);
  return {
    dataName,
    dataset,
    corrections,
    groups: groups === undefined ? undefined : await readGroups(groups, dataset),
    settings: mirror === undefined ? [] : [await mirrorSetting(mirror, dataset)],
  };
}

/** The pairs of a file as a setting of the recipe, which keeps them for a run that goes on. */
export const mirrorSetting = async (path: string, { schema }: Dataset): Promise<string> =>
  `mirrorPairs=${JSON.stringify(await readMirrorPairs(path, schema.points))}`;

async function readKnownTable(name: string): Promise<Dataset> {
  try {
    return await readTable(name);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${error.message}; the run was begun with that table`,
      'Say where it is now with --data.',
      { cause: error },
    );
  }
}
