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
 * @example
 * const line = countingLine(1000, 'pictures');
 * line.show(250); // 250 of 1,000 pictures, 12 s left
 * line.clear();
 */
export function countingLine(total: number, what: string): CountingLine {
  if (!process.stderr.isTTY) return { show: () => {}, clear: () => {} };
  const start = performance.now();
  let drawn = -INTERVAL;
  return {
    show: (done) => {
      const now = performance.now();
      if (now - drawn < INTERVAL) return;
      drawn = now;
      const seconds = (now - start) / 1000;
      process.stderr.write(`\r\x1b[2K${countingText({ done, total, seconds }, what)}`);
    },
    clear: () => void process.stderr.write('\r\x1b[2K'),
  };
}

/**
 * @param seconds since the work began
 * @example
 * countingText({ done: 250, total: 1000, seconds: 4 }, 'pictures'); // '250 of 1,000 pictures, 12 s left'
 */
export function countingText(
  {
    done,
    total,
    seconds,
  }: { readonly done: number; readonly total: number; readonly seconds: number },
  what: string,
): string {
  const left = done > 0 ? `, ${durationText((seconds / done) * (total - done))} left` : '';
  return `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}${left}`;
}
