import { join } from 'node:path';
import { counted } from '../counted.ts';
import { crc32Text } from '../crc32.ts';
import { selectRows } from '../data/select.ts';
import type { SplitRows } from '../data/split.ts';
import type { Model } from '../model/model-file.ts';
import { type Evaluation, reportHtml } from '../plot/report.ts';
import { keypointErrors, meanFace } from '../predict/errors.ts';
import { predictKeypoints } from '../predict/predict.ts';
import type { PredictorOptions } from '../predict/predictor.ts';
import type { TrainingData } from '../train/training-data.ts';
import type { CorrectionsFacts, RunFacts } from './run-facts.ts';
import {
  hasModel,
  REPORT,
  readHistory,
  readModel,
  readRecipe,
  readRunFacts,
} from './run-folder.ts';
import { writeFileAtomically } from './write-file.ts';

/** The report is quick to write, however many faces there are. */
const MOST_FACES = 1500;

export interface ReportOptions extends PredictorOptions {
  /** What the run was trained on; without it there are no faces in the report. */
  readonly data?: TrainingData | undefined;
  /** What the model finds in the validation rows, where it is known already. */
  readonly predicted?: Float32Array | undefined;
}

/**
 * Writes `report.html` into the folder of a run, from what is there.
 *
 * @returns its path
 * @throws InputError where the folder is no run
 * @example
 * await writeReport('runs/net1', { data: trainingData(recipe, dataset) });
 */
export async function writeReport(folder: string, options: ReportOptions = {}): Promise<string> {
  const recipe = await readRecipe(folder);
  const facts = (await readRunFacts(folder))!;
  const history = await readHistory(folder);
  const model = (await hasModel(folder)) ? await readModel(folder) : undefined;
  const { data: name, rows, command, corrections, trainRows, validRows, ...others } = facts;
  const { stopped, remeasured, ...rest } = others;
  const html = reportHtml({
    recipe,
    history,
    data: name,
    rows,
    command,
    corrections: corrections && correctionsText(corrections),
    trainRows: trainRows ?? numberIn(model, 'trainRows'),
    validRows: validRows ?? numberIn(model, 'validRows'),
    stopped,
    remeasured,
    environment: environmentOf(rest),
    network: model?.network,
    evaluation: model && options.data && (await evaluate(model, options.data, options)),
  });
  const path = join(folder, REPORT);
  await writeFileAtomically(path, html);
  return path;
}

function numberIn(model: Model | undefined, key: string): number | undefined {
  const value = model?.training[key];
  return typeof value === 'number' ? value : undefined;
}

const correctionsText = ({ name, count, crc32 }: CorrectionsFacts): string =>
  `${counted(count, 'line')} of ${name}, CRC-32 ${crc32Text(crc32)}`;

const environmentOf = (
  facts: Omit<
    RunFacts,
    | 'data'
    | 'rows'
    | 'command'
    | 'corrections'
    | 'trainRows'
    | 'validRows'
    | 'stopped'
    | 'remeasured'
  >,
): [string, string][] => [
  ['fiducial', facts.fiducial],
  ['Node', facts.node],
  ['Platform', facts.platform],
  ['Processor', facts.processor],
  ['Engine', `${facts.build} SIMD, ${counted(facts.threads, 'thread')}`],
  ['Started', facts.started],
  ['CRC-32 of all pictures', crc32Text(facts.imagesCrc32)],
];

/** What the model finds in the validation faces, or in the training faces where there are no others. */
async function evaluate(
  model: Model,
  { dataset, split, tableRows }: TrainingData,
  options: ReportOptions,
): Promise<Evaluation> {
  const { rows, unseen } = measuredRows(split);
  const chosen = rows.subarray(0, MOST_FACES);
  const faces = selectRows(dataset, chosen);
  const guess = meanFace(dataset, split.train, dataset.rows);
  return {
    faces,
    tableRows: chosen.map((row) => tableRows[row]!),
    predicted:
      options.predicted?.subarray(0, faces.labels.length) ??
      (await predictKeypoints(model, faces.images, options)),
    unseen,
    of: rows.length,
    meanFaceRmse: keypointErrors(dataset, guess, rows).rmse,
  };
}

const measuredRows = ({ train, valid }: SplitRows): { rows: Uint32Array; unseen: boolean } =>
  valid.length > 0 ? { rows: valid, unseen: true } : { rows: train, unseen: false };
