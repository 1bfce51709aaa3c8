import { counted } from '../../counted.ts';
import type { AuditOptions } from '../../data/audit/audit.ts';
import { type Convention, conventionOfRows } from '../../data/conventions.ts';
import type { Dataset } from '../../data/dataset.ts';
import { alignPoints } from '../../data/select.ts';
import type { Model } from '../../model/model-file.ts';
import { readText } from '../../node/read-file.ts';
import { readModel } from '../../node/run-folder.ts';
import { trainedRuns } from '../../node/team-folder.ts';
import { requireFit } from '../../predict/fit-check.ts';
import { fewPointsOf } from '../../predict/imitate.ts';
import { parsePredictions } from '../../predict/parse-predictions.ts';
import type { PredictorFlags } from '../ensemble-options.ts';
import { evaluatedRows } from '../evaluated-rows.ts';
import { predictTable } from '../predict/table.ts';

export interface AuditedFlags extends PredictorFlags {
  readonly data: string;
  readonly predictions?: string;
  readonly model?: string;
  readonly groups?: string;
}

/** What labels are compared with, and what that is in words. */
export interface AuditedPredictions extends AuditOptions {
  readonly source: string;
}

/** What is predicted for a table: by a file, by a model, or by nothing. */
export async function auditedPredictions(
  dataset: Dataset,
  flags: AuditedFlags,
): Promise<AuditedPredictions> {
  const { predictions, model } = flags;
  if (predictions !== undefined) {
    const predicted = parsePredictions(await readText(predictions), predictions, dataset);
    return { predicted, source: `compared with ${predictions}` };
  }
  if (model !== undefined) return modelPredictions(model, dataset, flags);
  return { source: 'compared with where the points usually are' };
}

async function modelPredictions(
  path: string,
  dataset: Dataset,
  flags: AuditedFlags,
): Promise<AuditedPredictions> {
  const runs = await trainedRuns(path);
  const models = await Promise.all(runs.map((run) => readModel(run.path)));
  const known = new Set<number>();
  for (const [i, run] of runs.entries()) {
    requireFit(models[i]!, dataset, flags.data);
    const { parts, tableRows } = await evaluatedRows(run.path, models[i]!, dataset, flags.groups);
    const train = parts.find(({ name }) => name === 'train');
    for (const row of train?.rows ?? []) known.add(tableRows[row]!);
  }
  const predicted = await foundByConvention(models, dataset, flags);
  const seen =
    known.size > 0
      ? `, which has learnt the labels of ${counted(known.size, 'row')}, right or wrong`
      : '';
  return { predicted, isKnown: (row) => known.has(row), source: `compared with ${path}${seen}` };
}

/** What models find of the table's points, in each row by the convention by which it is marked. */
async function foundByConvention(
  models: readonly Model[],
  dataset: Dataset,
  flags: PredictorFlags,
): Promise<Float32Array> {
  const foundBy = async (convention: Convention): Promise<Float32Array> => {
    const found = await predictTable({ models, table: dataset }, flags, convention);
    const { schema, coordinates: labels } = found;
    return alignPoints({ ...dataset, schema, labels }, dataset.schema).labels;
  };
  const many = await foundBy('many');
  const points = fewPointsOf(models);
  if (!points) return many;
  const few = await foundBy('few');
  const width = 2 * dataset.schema.points.length;
  conventionOfRows(dataset, points).forEach((convention, row) => {
    if (convention === 'many') return;
    many.set(few.subarray(row * width, (row + 1) * width), row * width);
  });
  return many;
}
