import { counted } from '../../counted.ts';
import type { AuditOptions } from '../../data/audit/audit.ts';
import type { Dataset } from '../../data/dataset.ts';
import { alignPoints } from '../../data/select.ts';
import { readText } from '../../node/read-file.ts';
import { readModel } from '../../node/run-folder.ts';
import { trainedRuns } from '../../node/team-folder.ts';
import { requireFit } from '../../predict/fit-check.ts';
import { parsePredictions } from '../../predict/parse-predictions.ts';
import { Predictor } from '../../predict/predictor.ts';
import { type PredictorFlags, predictorOptions } from '../ensemble-options.ts';
import { evaluatedRows } from '../evaluated-rows.ts';

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
  const predictor = await Predictor.create(models, predictorOptions(flags));
  try {
    const labels = await predictor.predict(dataset.images);
    const { labels: predicted } = alignPoints(
      { ...dataset, schema: predictor.schema, labels },
      dataset.schema,
    );
    const seen =
      known.size > 0
        ? `, which has learnt the labels of ${counted(known.size, 'row')}, right or wrong`
        : '';
    return { predicted, isKnown: (row) => known.has(row), source: `compared with ${path}${seen}` };
  } finally {
    await predictor.close();
  }
}
