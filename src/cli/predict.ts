import type { Command } from 'commander';
import type { Predictions } from '../predict/predictions.ts';
import { addEngineOptions, type EngineFlags, engineOptions } from './engine-options.ts';
import { examples, forceOption } from './options.ts';
import { refuseToReplace } from './output.ts';

interface PredictFlags extends EngineFlags {
  readonly data: string;
  readonly out: string;
  readonly force: boolean;
}

/** `fiducial predict`: keypoints of every picture of a table. */
export function setUp(command: Command): void {
  command
    .argument('<model>', 'the folder of a run or of specialists, or a model file')
    .requiredOption('--data <table>', 'a .csv, .csv.gz or .zip file with images')
    .requiredOption('--out <file>', 'a .csv file of coordinates in pixels')
    .addOption(forceOption());
  addEngineOptions(command)
    .addHelpText('after', examples('fiducial predict runs/net2 --data test.zip --out points.csv'))
    .action(async (path: string, flags: PredictFlags) => {
      await refuseToReplace(flags.out, flags.force);
      const [{ predictionTable }, { rowsOf }, { writeFileAtomically }] = await Promise.all([
        import('../predict/prediction-table.ts'),
        import('../predict/predictions.ts'),
        import('../node/write-file.ts'),
      ]);
      const predictions = await predictTable(path, flags.data, flags);
      await writeFileAtomically(flags.out, predictionTable(predictions));
      process.stdout.write(
        `${flags.out}: ${predictions.schema.points.length} keypoints in ${rowsOf(predictions)} faces\n`,
      );
    });
}

/** Reads a model (or the models of specialists) and a table, and predicts. */
export async function predictTable(
  modelPath: string,
  tablePath: string,
  flags: EngineFlags,
): Promise<Predictions> {
  const [{ readModel }, { trainedRuns }, { readTable }, { Predictor }, { requireFit }] =
    await Promise.all([
      import('../node/run-folder.ts'),
      import('../node/specialists-folder.ts'),
      import('../node/read-table.ts'),
      import('../predict/predictor.ts'),
      import('../predict/fit-check.ts'),
    ]);
  const runs = await trainedRuns(modelPath);
  const models = await Promise.all(runs.map(({ path }) => readModel(path)));
  const table = await readTable(tablePath);
  for (const model of models) requireFit(model, table, tablePath);
  const predictor = await Predictor.create(models, engineOptions(flags));
  try {
    const coordinates = await predictor.predict(table.images);
    return { schema: predictor.schema, coordinates, imageIds: table.columns.ImageId };
  } finally {
    await predictor.close();
  }
}
