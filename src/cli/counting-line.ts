import { durationText } from './progress-line.ts';

/** Milliseconds from one drawing to the next; a terminal is slower than the work. */
const INTERVAL = 100;

/** A line that a terminal shows while many things are done one after the other. */
export interface CountingLine {
  /** So many are done. */
  show(done: number): void;
  /** Takes the line away, so that something else can be printed. */
  clear(): void;
}

/**
 * Shows on the standard error how many are done and how long the rest will take; nothing where that is
 * no terminal.
 *
 * @param total how many there are
 * @param what they are: "pictures"
 * @param already how many had been done before
 * @example
 * const line = countingLine(1000, 'pictures');
 * line.show(250); // 250 of 1,000 pictures, 63 a second, 12 s left
 * line.clear();
 */
export function countingLine(total: number, what: string, already = 0): CountingLine {
  if (!process.stderr.isTTY) return { show: () => {}, clear: () => {} };
  const start = performance.now();
  let drawn = -INTERVAL;
  return {
    show: (done) => {
      const now = performance.now();
      if (now - drawn < INTERVAL) return;
      drawn = now;
      const seconds = (now - start) / 1000;
      process.stderr.write(`\r\x1b[2K${countingText({ done, already, total, seconds }, what)}`);
    },
    clear: () => void process.stderr.write('\r\x1b[2K'),
  };
}

/** How far the work is. */
interface Count {
  readonly done: number;
  /** How many of these had been done before the work began; default 0. */
  readonly already?: number;
  readonly total: number;
  /** Since the work began. */
  readonly seconds: number;
}

/**
 * @example
 * countingText({ done: 250, total: 1000, seconds: 4 }, 'pictures');
 * // '250 of 1,000 pictures, 63 a second, 12 s left'
 */
export function countingText({ done, already = 0, total, seconds }: Count, what: string): string {
  const text = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}`;
  if (done <= already) return text;
  const rate = (done - already) / seconds;
  const digits = rate < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 };
  return `${text}, ${rate.toLocaleString('en', digits)} a second, ${durationText((total - done) / rate)} left`;
}
