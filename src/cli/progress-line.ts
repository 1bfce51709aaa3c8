import type { EpochRecord, Progress } from '../train/epoch.ts';

const BLOCKS = '▁▂▃▄▅▆▇█';
const BAR = 12;
const LONGEST_SPARKLINE = 24;
/** The time of an epoch is the mean of so many before it: a machine may get busier. */
const RECENT = 10;

/**
 * Numbers as a row of blocks between the smallest and the largest of them; what is no number is blank.
 *
 * @example
 * sparkline([4, 3, 2, 1]); // '█▆▃▁'
 */
export function sparkline(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const range = Math.max(...finite) - low;
  const level = (value: number): number =>
    range > 0 ? Math.round(((value - low) / range) * (BLOCKS.length - 1)) : 0;
  return values.map((value) => (Number.isFinite(value) ? BLOCKS[level(value)] : ' ')).join('');
}

/**
 * A duration in its two largest units.
 *
 * @example
 * durationText(200); // '3 min 20 s'
 */
export function durationText(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  if (rest < 60) return `${rest} s`;
  if (rest < 3600) return `${Math.floor(rest / 60)} min ${rest % 60} s`;
  rest = Math.round(rest / 60);
  if (rest < 24 * 60) return `${Math.floor(rest / 60)} h ${rest % 60} min`;
  rest = Math.round(rest / 60);
  return `${Math.floor(rest / 24)} d ${rest % 24} h`;
}

/**
 * What a terminal shows while an epoch runs: how far it is, the validation error of the last epochs as
 * a sparkline, the smallest of all, and the time that is left. What does not fit is left out.
 *
 * @param history the epochs before
 * @param options.epochs how many there will be
 * @param options.columns width of the terminal; the line is shorter
 */
export function progressLine(
  { epoch, rowsDone, rows }: Progress,
  history: readonly EpochRecord[],
  { epochs, columns }: { readonly epochs: number; readonly columns: number },
): string {
  const filled = '='.repeat(Math.round((BAR * rowsDone) / rows)).padEnd(BAR);
  let line = `${String(epoch).padStart(7)}/${epochs}  [${filled}]`;
  const append = (part: string): void => {
    if (line.length + 2 + part.length < columns) line += `  ${part}`;
  };
  if (history.length > 0) {
    const seconds = mean(history.slice(-RECENT).map((record) => record.seconds));
    append(`${durationText(seconds * (epochs - epoch + 1 - rowsDone / rows))} left`);
    const errors = history.map(({ validRmse }) => validRmse);
    const best = Math.min(...errors.filter(Number.isFinite));
    if (Number.isFinite(best)) append(`best ${best.toFixed(3)} px`);
    const room = Math.min(LONGEST_SPARKLINE, columns - line.length - 3);
    if (room > 0) append(sparkline(errors.slice(-room)));
  }
  return line.slice(0, columns - 1);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
