import { layerRows } from '../nn/layer-rows.ts';
import type { NetworkSpec } from '../nn/network.ts';
import type { RunFacts } from '../node/run-folder.ts';
import type { Recipe } from '../train/recipe.ts';
import type { Epoch, EpochRecord, Progress } from '../train/epoch.ts';
import { printJson } from './output.ts';
import { progressLine } from './progress-line.ts';
import { epochHeader, epochLine, layerTable, summary } from './training-text.ts';

/** `text`: tables for people; `json`: an object a line; `quiet`: no more than a live line. */
export type RunShow = 'text' | 'json' | 'quiet';

/** What is being trained, and where. */
export interface RunStart {
  readonly recipe: Recipe;
  readonly network: NetworkSpec;
  /** Numbers of rows. */
  readonly split: { readonly train: number; readonly valid: number };
  readonly facts: RunFacts;
}

export interface RunEnd {
  readonly best: EpochRecord | undefined;
  readonly out: string;
  /** Who asked the run to end before its time. */
  readonly endedBy: string | undefined;
}

/** How a run shows itself while it goes on. */
export interface RunView {
  start(run: RunStart): void;
  /** Present where somebody watches. */
  readonly progress?: (progress: Progress) => void;
  epoch(epoch: Epoch, record: EpochRecord): void;
  /** Takes the live line away, so that something else can be printed. */
  clear(): void;
  end(run: RunEnd): void;
}

/** @param epochs how many the run will have, for the time that is left */
export function runView(show: RunShow, epochs: number): RunView {
  if (show === 'json') return jsonView();
  const live = process.stdout.isTTY ? liveLine(epochs) : undefined;
  const quiet: RunView = {
    ...(live && { progress: live.show }),
    start: () => {},
    epoch: (_, record) => live?.add(record),
    clear: () => live?.clear(),
    end: () => live?.clear(),
  };
  return show === 'quiet' ? quiet : textView(quiet);
}

const jsonView = (): RunView => ({
  start: ({ recipe, network, split, facts }) =>
    printJson({ event: 'start', recipe, layers: layerRows(network), split, ...facts }),
  epoch: ({ best }, record) => printJson({ event: 'epoch', ...record, best }),
  clear: () => {},
  end: ({ best, out, endedBy }) => printJson({ event: 'end', endedBy, best, out }),
});

const textView = (quiet: RunView): RunView => ({
  ...quiet,
  start: ({ recipe, network, split, facts }) => {
    write(`${recipe.name}: ${recipe.about}\n\n${layerTable(network)}\n`);
    write(
      `${split.train} rows to train on, ${split.valid} to validate on; ` +
        `${facts.build} SIMD, ${facts.threads} thread${facts.threads === 1 ? '' : 's'}\n\n`,
    );
    write(epochHeader());
  },
  epoch: (epoch, record) => {
    quiet.clear();
    quiet.epoch(epoch, record);
    write(epochLine(epoch));
  },
  end: ({ best, out, endedBy }) => {
    quiet.clear();
    write(summary(best, out, endedBy));
  },
});

/** A line that is drawn over itself. */
function liveLine(epochs: number) {
  const history: EpochRecord[] = [];
  return {
    add: (record: EpochRecord) => void history.push(record),
    show: (progress: Progress) => {
      const columns = process.stdout.columns || 80;
      write(`\r\x1b[2K${progressLine(progress, history, { epochs, columns })}`);
    },
    clear: () => write('\r\x1b[2K'),
  };
}

const write = (text: string): void => void process.stdout.write(text);
