import type { Predictions } from '../../predict/predictions.ts';
import { type EnsembleFlags, predictorOptions, readModels } from '../ensemble-options.ts';

/** Reads a model (or those of several nets) and a table, and predicts. */
export async function predictTable(
  modelPath: string,
  tablePath: string,
  flags: EnsembleFlags,
): Promise<Predictions> {
  const [{ readTable }, { Predictor }, { requireFit }] = await Promise.all([
    import('../../node/read-table.ts'),
    import('../../predict/predictor.ts'),
    import('../../predict/fit-check.ts'),
  ]);
  const models = await readModels(modelPath, flags);
  const table = await readTable(tablePath);
  for (const model of models) requireFit(model, table, tablePath);
  const predictor = await Predictor.create(models, predictorOptions(flags));
  try {
    const coordinates = await predictor.predict(table.images);
    return { schema: predictor.schema, coordinates, imageIds: table.columns.ImageId };
  } finally {
    await predictor.close();
  }
}
