import type { Command } from 'commander';
import { fieldErrorSentences } from '../predict/field-error-text.ts';
import { addEngineOptions } from './engine-options.ts';
import { addViewOptions, type PredictorFlags } from './ensemble-options.ts';
import type { MeasuredPart, MeasuredRuns } from './measured-run.ts';
import { correctionsOption, examples, jsonOption, modelArgument } from './options.ts';
import { printJson } from './output.ts';
import { pixels, textTable } from './text-table.ts';

interface EvaluateFlags extends PredictorFlags {
  readonly data: string;
  readonly groups?: string;
  readonly corrections?: string;
  readonly json?: true;
}

/** `fiducial evaluate`: how well a model does on labelled rows. */
export function setUp(command: Command): void {
  command
    .addArgument(modelArgument())
    .requiredOption('--data <table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option('--groups <table>', 'the groups that the run was split by')
    .addOption(correctionsOption());
  addEngineOptions(addViewOptions(command))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nOn the table that the run was trained on, training and validation rows are measured apart.\n' +
        'Of several nets that find the same points the mean is measured too. Each specialist is measured\n' +
        'on its own rows; together, every label counts alike.\n' +
        examples(
          'fiducial evaluate runs/net2 --data training.zip',
          'fiducial evaluate runs/specialists --data training.zip',
        ),
    )
    .action(async (named: string | undefined, flags: EvaluateFlags) => {
      const [
        { readModel },
        { trainedRuns },
        { readCorrectedTable },
        { measureRuns },
        { shippedModel },
      ] = await Promise.all([
        import('../node/run-folder.ts'),
        import('../node/team-folder.ts'),
        import('../node/read-corrections.ts'),
        import('./measured-run.ts'),
        import('../node/shipped-model.ts'),
      ]);
      const path = named ?? shippedModel();
      const found = await trainedRuns(path);
      const models = await Promise.all(found.map((run) => readModel(run.path)));
      const { dataset: table } = await readCorrectedTable(flags.data, flags.corrections);
      const measured = await measureRuns(found, models, table, flags);
      if (flags.json) printJson(evaluationJson(path, flags.data, measured));
      else process.stdout.write(evaluationText(measured));
    });
}

const partJson = ({ name, rows, meanFace, errors }: MeasuredPart) => ({
  name,
  rows: rows.size,
  meanFace: meanFace.rmse,
  ...errors,
});

const evaluationJson = (model: string, data: string, { together, runs }: MeasuredRuns) => ({
  model,
  data,
  parts: together.map(partJson),
  ...(runs.length > 1 && {
    nets: runs.map(({ name, parts }) => ({ name, parts: parts.map(partJson) })),
  }),
});

function evaluationText({ together: parts, runs }: MeasuredRuns): string {
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
  const nets = textTable(
    ['net', ...parts.flatMap(({ name }) => [`${name} rows`, `${name} (px)`])],
    runs.map((run) => [
      run.name,
      ...parts.flatMap(({ name }) => {
        const part = run.parts.find((own) => own.name === name);
        return part ? [String(part.rows.size), pixels(part.errors.rmse)] : ['-', '-'];
      }),
    ]),
  );
  const points = textTable(
    ['keypoint', ...parts.map(({ name }) => `${name} (px)`)],
    pointNames(runs).map((point) => [
      point,
      ...parts.map(({ errors }) =>
        pixels(errors.perPoint.find(({ name }) => name === point)?.rmse ?? Number.NaN),
      ),
    ]),
  );
  const more = parts.flatMap(({ name, errors }) =>
    fieldErrorSentences(errors).map((sentence) =>
      parts.length > 1 ? `${name}: ${sentence}` : sentence,
    ),
  );
  const tables = [overview, more, runs.length > 1 ? nets : [], points].filter(
    (lines) => lines.length > 0,
  );
  return `${tables.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Every point that one of the nets finds, once. */
const pointNames = (runs: MeasuredRuns['runs']): string[] => [
  ...new Set(runs.flatMap(({ parts }) => parts[0]!.errors.perPoint.map(({ name }) => name))),
];
