import { counted } from '../counted.ts';
import type { RunView } from './run-view.ts';

/** Between two lines about one of several nets that are trained at once. */
const LINE_EVERY_MS = 10_000;

/** One of several nets that are trained at once: a line now and then, with its name. */
export function netView(name: string): RunView {
  let epochs = 0;
  let toldAt = 0;
  const tell = (text: string): void => {
    toldAt = performance.now();
    process.stdout.write(`${name}: ${text}\n`);
  };
  return {
    notice: tell,
    start: ({ recipe, split, facts, found }) => {
      epochs = recipe.epochs;
      const threads = counted(facts.threads, 'thread');
      const rows = `${split.train} rows to train on, ${split.valid} to validate on`;
      const from = found ? `goes on after epoch ${found.checkpoint.epoch}` : 'begins';
      for (const reason of found?.passedOver ?? []) tell(`passed over ${reason}`);
      tell(`${from}; ${epochs} epochs, ${rows}, ${threads}`);
    },
    epoch: (_, { epoch, validRmse }) => {
      if (performance.now() - toldAt < LINE_EVERY_MS) return;
      tell(`epoch ${epoch} of ${epochs}${pixels(validRmse)}`);
    },
    clear: () => {},
    end: ({ best, epochsDone, endedBy, stoppedEarly }) => {
      const how = endedBy ? `ended by ${endedBy}` : stoppedEarly ? 'stopped early' : 'finished';
      const better = best ? `; best is epoch ${best.epoch}${pixels(best.validRmse)}` : '';
      tell(`${how} after epoch ${epochsDone}${better}`);
    },
  };
}

const pixels = (error: number): string => (Number.isNaN(error) ? '' : `, ${error.toFixed(3)} px`);
