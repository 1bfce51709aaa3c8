import type { Convention } from '../../data/conventions.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Model } from '../../model/model-file.ts';
import type { Predictions } from '../../predict/predictions.ts';
import {
  type EnsembleFlags,
  type PredictorFlags,
  predictorOptions,
  readModels,
} from '../ensemble-options.ts';

/** Models and the table of faces that they are to look at. */
export interface ModelsWithTable {
  readonly models: readonly Model[];
  readonly table: Dataset;
}

/**
 * Reads a model (or those of specialists) and a table.
 *
 * @throws InputError where they do not fit each other
 */
export async function readModelsWithTable(
  modelPath: string,
  tablePath: string,
  flags: EnsembleFlags,
): Promise<ModelsWithTable> {
  const [{ readTable }, { requireFit }] = await Promise.all([
    import('../../node/read-table.ts'),
    import('../../predict/fit-check.ts'),
  ]);
  const models = await readModels(modelPath, flags);
  const table = await readTable(tablePath);
  for (const model of models) requireFit(model, table, tablePath);
  return { models, table };
}

/** What models find in the faces of a table. */
export async function predictTable(
  { models, table }: ModelsWithTable,
  flags: PredictorFlags,
  convention: Convention,
): Promise<Predictions> {
  const { Predictor } = await import('../../predict/predictor.ts');
  const predictor = await Predictor.create(models, { ...predictorOptions(flags), convention });
  try {
    const coordinates = await predictor.predict(table.images);
    return { schema: predictor.schema, coordinates, imageIds: table.columns.ImageId };
  } finally {
    await predictor.close();
  }
}
