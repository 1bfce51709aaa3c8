import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../model/model-file.ts';
import type { NamedRun } from '../node/specialists-folder.ts';
import { type KeypointErrors, keypointErrors, meanFace } from '../predict/errors.ts';
import { requireFit } from '../predict/fit-check.ts';
import { joinErrors } from '../predict/joined.ts';
import { predictKeypoints } from '../predict/predict.ts';
import { type PredictorFlags, predictorOptions } from './ensemble-options.ts';
import { evaluatedRows, PART_NAMES, type PartName } from './evaluated-rows.ts';

/** How well a model does on some rows. */
export interface MeasuredPart {
  readonly name: PartName;
  /** Rows of the table, counted from 0. */
  readonly rows: ReadonlySet<number>;
  readonly errors: KeypointErrors;
  /** The same for the mean face of the rows that were trained on, or of all. */
  readonly meanFace: KeypointErrors;
}

/** How well a model does on a table. */
export interface MeasuredRun {
  readonly name: string;
  readonly parts: readonly MeasuredPart[];
}

interface MeasureFlags extends PredictorFlags {
  readonly data: string;
  readonly groups?: string;
}

/**
 * Measures the model of a run on a table.
 *
 * @throws InputError where the table does not fit the model
 */
export async function measureRun(
  { name, path }: NamedRun,
  model: Model,
  table: Dataset,
  flags: MeasureFlags,
): Promise<MeasuredRun> {
  const { dataset, parts, tableRows } = await evaluatedRows(path, model, table, flags.groups);
  requireFit(model, dataset, flags.data);
  const predicted = await predictKeypoints(model, dataset.images, predictorOptions(flags));
  const mean = meanFace(dataset, parts[0]!.rows, dataset.rows);
  return {
    name,
    parts: parts.map((part) => ({
      name: part.name,
      rows: new Set(Array.from(part.rows, (row) => tableRows[row]!)),
      errors: keypointErrors(dataset, predicted, part.rows),
      meanFace: keypointErrors(dataset, mean, part.rows),
    })),
  };
}

/** What several models come to together, each measured on its own rows: every label counts alike. */
export function joinRuns(runs: readonly MeasuredRun[]): MeasuredPart[] {
  return PART_NAMES.flatMap((name) => {
    const parts = runs.flatMap((run) => run.parts.filter((part) => part.name === name));
    if (parts.length === 0) return [];
    return {
      name,
      rows: new Set(parts.flatMap(({ rows }) => [...rows])),
      errors: joinErrors(parts.map(({ errors }) => errors)),
      meanFace: joinErrors(parts.map(({ meanFace }) => meanFace)),
    };
  });
}
