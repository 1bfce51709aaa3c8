import type { Curve } from '../plot/learning-curves.ts';
import { bestEpoch } from '../train/best-epoch.ts';
import { textTable } from './text-table.ts';

/**
 * Every curve on a line, with its best epoch.
 *
 * @param side width of the images; undefined where it differs
 */
export function comparisonTable(curves: readonly Curve[], side: number | undefined): string {
  const pixels = (loss: number): string =>
    side === undefined ? '-' : ((side / 2) * Math.sqrt(loss)).toFixed(3);
  const lines = textTable(
    ['run', 'epochs', 'best epoch', 'valid loss', 'RMSE (px)'],
    curves.map(({ name, history }) => {
      const best = bestEpoch(history);
      const last = history.at(-1);
      if (!best || !last) return [name, '0', '-', '-', '-'];
      return [
        name,
        String(last.epoch),
        String(best.epoch),
        best.validLoss.toFixed(6),
        pixels(best.validLoss),
      ];
    }),
  );
  return `${lines.join('\n')}\n`;
}

/** The epochs that two curves have in common, side by side. */
export function commonEpochs(ours: Curve, other: Curve): string {
  const ofEpoch = new Map(other.history.map((record) => [record.epoch, record]));
  const rows = ours.history.flatMap(({ epoch, trainLoss, validLoss }) => {
    const record = ofEpoch.get(epoch);
    if (!record) return [];
    return [
      [
        String(epoch),
        trainLoss.toFixed(6),
        record.trainLoss.toFixed(6),
        validLoss.toFixed(6),
        record.validLoss.toFixed(6),
        (validLoss / record.validLoss).toFixed(3),
      ],
    ];
  });
  if (rows.length === 0) return `\n${ours.name} and ${other.name} have no epoch in common.\n`;
  const lines = textTable(
    ['epoch', 'train loss', 'published', 'valid loss', 'published', 'ours/published'],
    rows,
  );
  return `\n${ours.name} and ${other.name}\n${lines.join('\n')}\n`;
}
