import { counted } from '../counted.ts';
import { type Dataset, imageOf } from '../data/dataset.ts';
import { allRows } from '../data/select.ts';
import { layerRows } from '../nn/layer-rows.ts';
import { isSquaredError, type LossSpec } from '../nn/loss.ts';
import type { NetworkSpec } from '../nn/network.ts';
import { scheduleText } from '../nn/schedule.ts';
import { keypointErrors } from '../predict/errors.ts';
import { fieldErrorSentences } from '../predict/field-error-text.ts';
import { fieldErrors } from '../predict/field-errors.ts';
import type { EpochRecord } from '../train/epoch.ts';
import type { Recipe } from '../train/recipe.ts';
import { architectureFigure } from './architecture.ts';
import { faceSheet, type SheetFace } from './face-sheet.ts';
import { htmlFigure, htmlPage, htmlTable, htmlTerms } from './html.ts';
import { keypointBars } from './keypoint-bars.ts';
import { learningCurves } from './learning-curves.ts';
import { keptEpoch, resultSentence } from './result-sentence.ts';
import { escapeXml } from './xml.ts';

/** Everything that is known about a run; what is absent is left out of the report. */
export interface Report {
  readonly recipe: Recipe;
  readonly history: readonly EpochRecord[];
  /** Name of the table. */
  readonly data: string;
  /** Rows of the table. */
  readonly rows: number;
  /** What was corrected in its labels, in words. */
  readonly corrections?: string | undefined;
  readonly trainRows?: number | undefined;
  readonly validRows?: number | undefined;
  /** What was typed. */
  readonly command?: string | undefined;
  /** Why the run ended before its last epoch. */
  readonly stopped?: string | undefined;
  /** The model's error on its training rows without dropout and augmentation, where there were such. */
  readonly remeasured?: { readonly loss: number; readonly rmse: number } | undefined;
  /** Versions, processor, start: each a term and its text. */
  readonly environment: readonly (readonly [term: string, text: string])[];
  readonly network?: NetworkSpec | undefined;
  readonly evaluation?: Evaluation | undefined;
}

/** What the best model finds in faces whose points are known. */
export interface Evaluation {
  /** Faces with the model's points. */
  readonly faces: Dataset;
  /** Of every face its row in the table, from 0. */
  readonly tableRows: ArrayLike<number>;
  /** Coordinates of shape (faces.rows, points, 2), in pixels. */
  readonly predicted: Float32Array;
  /** Whether the model was kept from these faces while it learned. */
  readonly unseen: boolean;
  /** Rows from which the faces are the first. */
  readonly of: number;
  /** Error of always guessing the mean face of the training rows, in pixels RMSE over all `of` rows. */
  readonly meanFaceRmse: number;
}

const FACES_ON_SHEET = 16;

/**
 * A run as a page to be read: what was run, on what, what came of it, with its figures. One file, which
 * needs no script and no network.
 *
 * @example
 * await writeFileAtomically('runs/net1/report.html', reportHtml(report));
 */
export function reportHtml(report: Report): string {
  const { recipe, evaluation, network } = report;
  const body = [
    `<h1>${escapeXml(recipe.name)}</h1>`,
    `<p class="about">${escapeXml(recipe.about)}</p>`,
    `<p class="result">${escapeXml(resultSentence(report))}</p>`,
    report.stopped === undefined
      ? ''
      : `<p class="stopped">Ended early: ${escapeXml(report.stopped)}.</p>`,
    section('What was run', htmlTerms(termsOf(report))),
    report.history.length > 0 ? section('Learning', learning(report)) : '',
    evaluation && evaluation.faces.rows > 0 ? errorSections(evaluation) : '',
    network ? section('Layers', layers(network)) : '',
    section('Recipe', `<pre>${escapeXml(JSON.stringify(recipe, undefined, 2))}</pre>`),
    section('Environment', htmlTerms(report.environment)),
  ];
  return htmlPage(
    `${recipe.name}: a run of fiducial`,
    body.filter((part) => part !== '').join('\n'),
  );
}

const section = (title: string, content: string): string =>
  `<section>\n<h2>${escapeXml(title)}</h2>\n${content}\n</section>`;

function termsOf(report: Report): [string, string][] {
  const { recipe, trainRows, validRows, history, evaluation } = report;
  const { type: rule } = recipe.rule;
  const seconds = history.reduce((sum, record) => sum + record.seconds, 0);
  const terms: [string, string | undefined][] = [
    ['Command', report.command],
    ['Data', `${report.data}, ${counted(report.rows, 'row')}`],
    ['Corrections', report.corrections],
    [
      'Split',
      trainRows === undefined || validRows === undefined
        ? undefined
        : `${counted(trainRows, 'row')} to train on, ${counted(validRows, 'row')} to validate on`,
    ],
    [
      'Keypoints',
      recipe.points === 'all'
        ? evaluation && `all ${evaluation.faces.schema.points.length}`
        : recipe.points.join(', '),
    ],
    ['Rows', recipe.rows === 'complete' ? 'those with every label' : 'all, labels may be missing'],
    [
      'Update rule',
      [
        rule,
        `learning rate ${scheduleText(recipe.learningRate)}`,
        ...(rule === 'momentum' || rule === 'nesterov'
          ? [`momentum ${scheduleText(recipe.momentum)}`]
          : []),
        `batches of ${counted(recipe.batch, 'row')}`,
        `seed ${recipe.seed}`,
      ].join(', '),
    ],
    [
      'Early stopping',
      recipe.patience === null
        ? undefined
        : `after ${recipe.patience} epochs without a smaller validation loss`,
    ],
    [
      'Model',
      recipe.averaging
        ? `average of the weights over the steps, of which each keeps ${recipe.averaging.decay}`
        : undefined,
    ],
    ['Loss', lossText(recipe.loss)],
    ['First weights', recipe.pretrained ? `of ${recipe.pretrained.recipe}` : undefined],
    ['Layers of their own', tuningText(recipe)],
    ['Augmentation', augmentationText(recipe)],
    [
      'Training rows without dropout and augmentation',
      report.remeasured &&
        `loss ${report.remeasured.loss.toFixed(6)}, ${report.remeasured.rmse.toFixed(2)} pixels RMSE`,
    ],
    ['Epochs', `${history.length.toLocaleString('en')} of ${recipe.epochs.toLocaleString('en')}`],
    ['Time', history.length > 0 ? duration(seconds, history.length) : undefined],
  ];
  return terms.filter((term): term is [string, string] => term[1] !== undefined);
}

/** `wingLoss, width 0.2, curvature 0.04`; nothing of a mean squared error, which is the usual one. */
function lossText(loss: LossSpec): string | undefined {
  if (isSquaredError(loss)) return undefined;
  const { type, ...shape } = loss;
  return [type, ...Object.entries(shape).map(([name, value]) => `${name} ${value}`)].join(', ');
}

function tuningText({ tuning }: Recipe): string | undefined {
  const texts = Object.entries(tuning).map(([layer, { rate = 1, frozenUntil }]) => {
    const frozen = frozenUntil === 'end' ? 'frozen' : `frozen until epoch ${frozenUntil}`;
    const slower = rate === 1 ? [] : [`${rate} of the learning rate`];
    return `${layer} ${[...(frozenUntil === undefined ? [] : [frozen]), ...slower].join(', ')}`;
  });
  return texts.length > 0 ? texts.join('; ') : undefined;
}

function augmentationText({ augmentation }: Recipe): string | undefined {
  const options = Object.entries(augmentation).filter(([, value]) => value !== false);
  if (options.length === 0) return undefined;
  return options.map(([name, value]) => (value === true ? name : `${name} ${value}`)).join(', ');
}

function duration(seconds: number, epochs: number): string {
  const minutes = Math.floor(seconds / 60);
  const whole =
    minutes > 0 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${seconds.toFixed(1)} s`;
  return `${whole}, ${(seconds / epochs).toPrecision(3)} s an epoch`;
}

function learning(report: Report): string {
  const { history, recipe } = report;
  const kept = keptEpoch(report);
  const told = [...new Set([history[0], kept, history.at(-1)])].filter(
    (record): record is EpochRecord => record !== undefined,
  );
  const named = (record: EpochRecord): string =>
    `${record.epoch.toLocaleString('en')}${record === kept ? ` (${recipe.keep === 'last' ? 'kept' : 'best'})` : ''}`;
  const side = Math.round((2 * (kept?.validRmse ?? 0)) / Math.sqrt(kept?.validLoss ?? 0));
  const squared = isSquaredError(recipe.loss);
  const curves = learningCurves([{ name: recipe.name, history }], {
    title: 'Learning curves',
    side: squared && side > 0 && Number.isFinite(side) ? side : undefined,
    lossLabel: squared ? undefined : `loss (${recipe.loss.type})`,
  });
  return [
    htmlFigure(
      curves,
      'Training loss is the mean over the batches of an epoch, each before its update; validation loss is measured after the epoch.',
    ),
    htmlTable(
      ['epoch', 'train loss', 'valid loss', 'valid RMSE', 'seconds'],
      told.map((record) => [
        named(record),
        known(record.trainLoss, (loss) => loss.toFixed(6)),
        known(record.validLoss, (loss) => loss.toFixed(6)),
        known(record.validRmse, (rmse) => `${rmse.toFixed(3)} px`),
        record.seconds.toFixed(2),
      ]),
    ),
  ].join('\n');
}

const known = (value: number, text: (value: number) => string): string =>
  Number.isNaN(value) ? '-' : text(value);

function errorSections(evaluation: Evaluation): string {
  const { faces, predicted, tableRows, unseen } = evaluation;
  const rows = allRows(faces);
  const kind = unseen ? 'validation' : 'training';
  const which =
    faces.rows < evaluation.of
      ? `the first ${counted(faces.rows, `${kind} face`)} of ${evaluation.of.toLocaleString('en')}`
      : counted(faces.rows, `${kind} face`);
  const errors = Array.from(rows, (row) => ({
    row,
    rmse: keypointErrors(faces, predicted, Uint32Array.of(row)).rmse,
  }));
  const all = fieldErrors(faces, predicted, rows);
  const worst = errors
    .filter(({ rmse }) => !Number.isNaN(rmse))
    .sort((a, b) => b.rmse - a.rmse || a.row - b.row)
    .slice(0, FACES_ON_SHEET);
  const sheet = (chosen: typeof errors): string =>
    faceSheet(chosen.map((one) => sheetFace(evaluation, one, tableRows[one.row]!)));
  return [
    section(
      'Error of each keypoint',
      htmlFigure(
        keypointBars(all, { width: 720 }),
        [`The kept model on ${which}, over the labels that are there.`]
          .concat(fieldErrorSentences(all))
          .join(' '),
      ),
    ),
    section(
      unseen ? 'Validation faces' : 'Training faces',
      htmlFigure(
        sheet(errors.slice(0, FACES_ON_SHEET)),
        'Crosses: predicted; rings: true. Under each face its row in the table and its RMSE in pixels.',
      ),
    ),
    worst.length > 0
      ? section('Worst faces', htmlFigure(sheet(worst), `The largest errors among ${which}.`))
      : '',
  ].join('\n');
}

function sheetFace(
  { faces, predicted }: Evaluation,
  { row, rmse }: { readonly row: number; readonly rmse: number },
  tableRow: number,
): SheetFace {
  const values = 2 * faces.schema.points.length;
  return {
    image: imageOf(faces, row),
    predicted: predicted.subarray(row * values, (row + 1) * values),
    truth: faces.labels.subarray(row * values, (row + 1) * values),
    caption: `row ${tableRow + 1}: ${Number.isNaN(rmse) ? 'no label' : `${rmse.toFixed(2)} px`}`,
  };
}

function layers(network: NetworkSpec): string {
  const rows = layerRows(network);
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  const figure = architectureFigure(network, { title: 'Architecture' });
  const table = htmlTable(
    ['layer', 'output shape', 'outputs', 'parameters'],
    rows.map(({ name, shape, outputs, parameters }) => [
      name,
      shape.join(' × '),
      outputs.toLocaleString('en'),
      parameters.toLocaleString('en'),
    ]),
    ['total', '', '', total.toLocaleString('en')],
  );
  return `${htmlFigure(figure)}\n${table}`;
}
