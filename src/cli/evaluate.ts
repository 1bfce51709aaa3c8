import type { Command } from 'commander';
import { addEngineOptions } from './engine-options.ts';
import { addFlipOption, type PredictorFlags } from './ensemble-options.ts';
import type { MeasuredPart, MeasuredRun } from './measured-run.ts';
import { examples, jsonOption } from './options.ts';
import { printJson } from './output.ts';
import { textTable } from './text-table.ts';

interface EvaluateFlags extends PredictorFlags {
  readonly data: string;
  readonly groups?: string;
  readonly json?: true;
}

/** `fiducial evaluate`: how well a model does on labelled rows. */
export function setUp(command: Command): void {
  command
    .argument('<model>', 'the folder of a run or of specialists, or a model file')
    .requiredOption('--data <table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option('--groups <table>', 'the groups that the run was split by');
  addEngineOptions(addFlipOption(command))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nOn the table that the run was trained on, training and validation rows are measured apart.\n' +
        'Each specialist is measured on its own rows; together, every label counts alike.\n' +
        examples(
          'fiducial evaluate runs/net2 --data training.zip',
          'fiducial evaluate runs/specialists --data training.zip',
        ),
    )
    .action(async (path: string, flags: EvaluateFlags) => {
      const [{ readModel }, { trainedRuns }, { readTable }, { joinRuns, measureRun }] =
        await Promise.all([
          import('../node/run-folder.ts'),
          import('../node/specialists-folder.ts'),
          import('../node/read-table.ts'),
          import('./measured-run.ts'),
        ]);
      const found = await trainedRuns(path);
      const models = await Promise.all(found.map((run) => readModel(run.path)));
      const table = await readTable(flags.data);
      const runs: MeasuredRun[] = [];
      for (const [i, run] of found.entries()) {
        runs.push(await measureRun(run, models[i]!, table, flags));
      }
      const parts = joinRuns(runs);
      if (flags.json) printJson(evaluationJson(path, flags.data, parts, runs));
      else process.stdout.write(evaluationText(parts, runs));
    });
}

const partJson = ({ name, rows, meanFace, errors }: MeasuredPart) => ({
  name,
  rows: rows.size,
  meanFace: meanFace.rmse,
  ...errors,
});

const evaluationJson = (
  model: string,
  data: string,
  parts: readonly MeasuredPart[],
  runs: readonly MeasuredRun[],
) => ({
  model,
  data,
  parts: parts.map(partJson),
  ...(runs.length > 1 && {
    specialists: runs.map(({ name, parts }) => ({ name, parts: parts.map(partJson) })),
  }),
});

const pixels = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3));

function evaluationText(parts: readonly MeasuredPart[], runs: readonly MeasuredRun[]): string {
  const overview = textTable(
    ['rows', 'count', 'labels', 'RMSE (px)', 'mean face (px)'],
    parts.map(({ name, rows, errors, meanFace }) => [
      name,
      String(rows.size),
      String(errors.count),
      pixels(errors.rmse),
      pixels(meanFace.rmse),
    ]),
  );
  const specialists = textTable(
    ['specialist', ...parts.flatMap(({ name }) => [`${name} rows`, `${name} (px)`])],
    runs.map((run) => [
      run.name,
      ...parts.flatMap(({ name }) => {
        const part = run.parts.find((own) => own.name === name);
        return part ? [String(part.rows.size), pixels(part.errors.rmse)] : ['-', '-'];
      }),
    ]),
  );
  const names = runs.flatMap((run) => run.parts[0]!.errors.perPoint.map(({ name }) => name));
  const points = textTable(
    ['keypoint', ...parts.map(({ name }) => `${name} (px)`)],
    names.map((point) => [
      point,
      ...parts.map(({ errors }) =>
        pixels(errors.perPoint.find(({ name }) => name === point)?.rmse ?? Number.NaN),
      ),
    ]),
  );
  const tables = runs.length > 1 ? [overview, specialists, points] : [overview, points];
  return `${tables.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
