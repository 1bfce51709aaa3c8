import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../model/model-file.ts';
import type { NamedRun } from '../node/team-folder.ts';
import { type KeypointErrors, keypointErrors, meanFace } from '../predict/errors.ts';
import { type FieldErrors, fieldErrors } from '../predict/field-errors.ts';
import { requireFit } from '../predict/fit-check.ts';
import { joinErrors } from '../predict/joined.ts';
import { predictKeypoints } from '../predict/predict.ts';
import { type PredictorFlags, predictorOptions } from './ensemble-options.ts';
import { type EvaluatedRows, evaluatedRows, PART_NAMES, type PartName } from './evaluated-rows.ts';

/** How well a model does on some rows. */
export interface MeasuredPart {
  readonly name: PartName;
  /** Rows of the table, counted from 0. */
  readonly rows: ReadonlySet<number>;
  readonly errors: FieldErrors;
  /** The same for the mean face of the rows that were trained on, or of all. */
  readonly meanFace: KeypointErrors;
}

/** How well one of several nets does on a table. */
export interface MeasuredRun {
  readonly name: string;
  readonly parts: readonly MeasuredPart[];
}

interface MeasureFlags extends PredictorFlags {
  readonly data: string;
  readonly groups?: string;
}

/** The nets of a path, each alone and all together. */
export interface MeasuredRuns {
  readonly runs: readonly MeasuredRun[];
  readonly together: readonly MeasuredPart[];
}

/**
 * Measures the models of some runs on a table. What several of them find alike is averaged; specialists
 * are measured each on its own rows, and every label counts alike.
 *
 * @throws InputError where the table does not fit a model
 */
export async function measureRuns(
  found: readonly NamedRun[],
  models: readonly Model[],
  table: Dataset,
  flags: MeasureFlags,
): Promise<MeasuredRuns> {
  const all: Measurable[] = [];
  for (const [i, { name, path }] of found.entries()) {
    const rows = await evaluatedRows(path, models[i]!, table, flags.groups);
    requireFit(models[i]!, rows.dataset, flags.data);
    const { images } = rows.dataset;
    const predicted = await predictKeypoints(models[i]!, images, predictorOptions(flags));
    all.push({ name, ...rows, predicted });
  }
  const runs = all.map((run) => ({ name: run.name, parts: measuredParts(run) }));
  const points = new Set(models.map(({ schema }) => String(schema.points)));
  const together =
    points.size === 1 && models.length > 1
      ? measuredParts({ ...all[0]!, predicted: mean(all.map(({ predicted }) => predicted)) })
      : joinRuns(runs);
  return { runs, together };
}

/** What a net finds in the rows on which it is measured. */
interface Measurable extends EvaluatedRows {
  readonly name: string;
  readonly predicted: Float32Array;
}

function measuredParts({ dataset, parts, tableRows, predicted }: Measurable): MeasuredPart[] {
  const guess = meanFace(dataset, parts[0]!.rows, dataset.rows);
  return parts.map(({ name, rows }) => ({
    name,
    rows: new Set(Array.from(rows, (row) => tableRows[row]!)),
    errors: fieldErrors(dataset, predicted, rows),
    meanFace: keypointErrors(dataset, guess, rows),
  }));
}

const mean = (found: readonly Float32Array[]): Float32Array =>
  found[0]!.map(
    (_, i) => found.reduce((sum, coordinates) => sum + coordinates[i]!, 0) / found.length,
  );

/** What specialists come to together. */
function joinRuns(runs: readonly MeasuredRun[]): readonly MeasuredPart[] {
  if (runs.length === 1) return runs[0]!.parts;
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
