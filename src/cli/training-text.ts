import { join } from 'node:path';
import { layerRows } from '../nn/layer-rows.ts';
import type { NetworkSpec } from '../nn/network.ts';
import type { FoundCheckpoint } from '../node/checkpoints.ts';
import { REPORT } from '../node/run-folder.ts';
import type { Epoch } from '../train/epoch.ts';
import type { RunEnd } from './run-view.ts';
import { textTable } from './text-table.ts';

export function layerTable(network: NetworkSpec): string {
  const rows = layerRows(network);
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  const lines = textTable(
    ['layer', 'output shape', 'outputs', 'parameters'],
    rows.map(({ name, shape, outputs, parameters }) => [
      name,
      shape.join(' x '),
      String(outputs),
      String(parameters),
    ]),
  );
  return `${lines.join('\n')}\n${total.toLocaleString('en')} parameters\n`;
}

const COLUMNS = [
  ['epoch', 7],
  ['train loss', 12],
  ['valid loss', 12],
  ['train/valid', 13],
  ['valid RMSE', 13],
  ['seconds', 9],
] as const;

export const epochHeader = (): string =>
  `${COLUMNS.map(([name, width]) => name.padStart(width)).join('')}\n` +
  `${COLUMNS.map(([name, width]) => '-'.repeat(name.length).padStart(width)).join('')}\n`;

/** A line of the epoch table; a star marks the model that is kept, a dash what cannot be measured. */
export function epochLine({
  epoch,
  trainLoss,
  validLoss,
  validRmse,
  seconds,
  best,
}: Epoch): string {
  const number = (value: number, digits: number, unit = ''): string =>
    Number.isNaN(value) ? '-' : value.toFixed(digits) + unit;
  const cells = [
    String(epoch),
    number(trainLoss, 6),
    number(validLoss, 6),
    number(trainLoss / validLoss, 3),
    number(validRmse, 3, ' px'),
    `${seconds.toFixed(2)} s`,
  ];
  return `${cells.map((cell, i) => cell.padStart(COLUMNS[i]![1])).join('')}${best ? ' *' : ''}\n`;
}

/** Where a run goes on, and what was found to be damaged on the way there. */
export function resumptionText(
  { checkpoint: { epoch, underway }, file, passedOver }: FoundCheckpoint,
  epochs: number,
): string {
  const rows = underway.rowsDone > 0 ? ` and ${underway.rowsDone} rows of the next` : '';
  const damaged = passedOver.map((reason) => `Passed over ${reason}\n`).join('');
  return `${damaged}Going on after epoch ${epoch}${rows}, to epoch ${epochs}; from ${file}\n`;
}

/** How a run ended. */
export function summary({
  best,
  remeasured,
  keep,
  epochsDone,
  out,
  endedBy,
  stoppedEarly,
  goOn,
}: RunEnd): string {
  const more = endedBy !== undefined && goOn !== undefined ? `To go on: ${goOn}\n` : '';
  const ended = endedBy === undefined ? '' : `Ended by ${endedBy}. `;
  if (!best) return `\n${ended}No epoch was finished, so there is no model.\n${more}`;
  // In the tutorial's own words.
  const early = stoppedEarly
    ? `Early stopping.\nBest valid loss was ${best.validLoss.toFixed(6)} at epoch ${best.epoch}.\n`
    : '';
  const measured = Number.isNaN(best.validRmse)
    ? `The model is that of epoch ${best.epoch}: there was no label to validate on.`
    : `Best is epoch ${best.epoch}, ${best.validRmse.toFixed(3)} pixels RMSE on the validation rows.`;
  const last =
    keep === 'last' && best.epoch !== epochsDone
      ? ` The model is that of the last epoch, ${epochsDone}, as the recipe says.`
      : '';
  const without = remeasured
    ? `On the training rows, without dropout and augmentation: loss ${remeasured.loss.toFixed(6)}, ${remeasured.rmse.toFixed(3)} pixels RMSE.\n`
    : '';
  return `\n${early}${ended}${measured}${last}\n${without}The run is in ${out}; to see it, open ${join(out, REPORT)}\n${more}`;
}
