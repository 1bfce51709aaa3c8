import type { Command } from 'commander';
import type { KeypointErrors } from '../predict/errors.ts';
import { addEngineOptions, type EngineFlags, modelEngine } from './engine-options.ts';
import { evaluatedRows } from './evaluated-rows.ts';
import { examples, jsonOption } from './options.ts';
import { printJson } from './output.ts';
import { textTable } from './text-table.ts';

interface EvaluateFlags extends EngineFlags {
  readonly data: string;
  readonly groups?: string;
  readonly json?: true;
}

interface Measured extends KeypointErrors {
  readonly name: string;
  readonly rows: number;
  /** RMSE of the mean face of the rows that were trained on, or of all. */
  readonly meanFace: number;
}

/** `fiducial evaluate`: how well a model does on labelled rows. */
export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('measure a model on labelled faces: RMSE in pixels, also for every keypoint')
    .argument('<model>', 'the folder of a run, or a model file')
    .requiredOption('--data <table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option('--groups <table>', 'the groups that the run was split by');
  addEngineOptions(command)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nOn the table that the run was trained on, training and validation rows are measured apart.\n' +
        examples('fiducial evaluate runs/net2 --data training.zip'),
    )
    .action(async (path: string, flags: EvaluateFlags) => {
      const [{ readModel }, { readTable }, { predictKeypoints }, errors] = await Promise.all([
        import('../node/run-folder.ts'),
        import('../node/read-table.ts'),
        import('../predict/predict.ts'),
        import('../predict/errors.ts'),
      ]);
      const model = await readModel(path);
      const table = await readTable(flags.data);
      const { requireFit } = await import('../predict/fit-check.ts');
      const { dataset, parts } = await evaluatedRows(path, model, table, flags.groups);
      requireFit(model, dataset, flags.data);
      const predicted = await predictKeypoints(model, dataset.images, modelEngine(model, flags));
      const mean = errors.meanFace(dataset, parts[0]!.rows, dataset.rows);
      const measured = parts.map(({ name, rows }) => ({
        name,
        rows: rows.length,
        meanFace: errors.keypointErrors(dataset, mean, rows).rmse,
        ...errors.keypointErrors(dataset, predicted, rows),
      }));
      if (flags.json) printJson({ model: path, data: flags.data, parts: measured });
      else process.stdout.write(evaluationText(measured));
    });
}

function evaluationText(parts: readonly Measured[]): string {
  const pixels = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3));
  const overview = textTable(
    ['rows', 'count', 'labels', 'RMSE (px)', 'mean face (px)'],
    parts.map(({ name, rows, count, rmse, meanFace }) => [
      name,
      String(rows),
      String(count),
      pixels(rmse),
      pixels(meanFace),
    ]),
  );
  const points = textTable(
    ['keypoint', ...parts.map(({ name }) => `${name} (px)`)],
    parts[0]!.perPoint.map(({ name }, i) => [
      name,
      ...parts.map(({ perPoint }) => pixels(perPoint[i]!.rmse)),
    ]),
  );
  return `${overview.join('\n')}\n\n${points.join('\n')}\n`;
}
