import { counted } from '../counted.ts';
import { layerRows } from '../nn/layer-rows.ts';
import type { NetworkSpec } from '../nn/network.ts';
import type { FoundCheckpoint } from '../node/checkpoints.ts';
import type { RemeasuredTraining, RunFacts } from '../node/run-facts.ts';
import type { Epoch, EpochRecord, Progress } from '../train/epoch.ts';
import type { Recipe } from '../train/recipe.ts';
import { printJson } from './output.ts';
import { progressLine } from './progress-line.ts';
import { epochHeader, epochLine, layerTable, resumptionText, summary } from './training-text.ts';

/** `text`: tables for people; `json`: an object a line; `quiet`: no more than a live line. */
export type RunShow = 'text' | 'json' | 'quiet';

/** What is being trained, and where. */
export interface RunStart {
  readonly recipe: Recipe;
  readonly network: NetworkSpec;
  /** Numbers of rows. */
  readonly split: { readonly train: number; readonly valid: number };
  readonly facts: RunFacts;
  /** Where it goes on; undefined where it begins. */
  readonly found: FoundCheckpoint | undefined;
}

export interface RunEnd {
  readonly best: EpochRecord | undefined;
  /** The model's error on the training rows without dropout and augmentation, where there were such. */
  readonly remeasured: RemeasuredTraining | undefined;
  /** Whose weights the model has. */
  readonly keep: Recipe['keep'];
  readonly epochsDone: number;
  readonly out: string;
  /** Who asked the run to end before its time. */
  readonly endedBy: string | undefined;
  /** Whether its validation loss had not become smaller for too long. */
  readonly stoppedEarly: boolean;
  /** What to type to go on. */
  readonly goOn: string | undefined;
}

/** How a run shows itself while it goes on. */
export interface RunView {
  /** Something to know about the training, at any time. */
  notice(text: string): void;
  start(run: RunStart): void;
  /** Present where somebody watches. */
  readonly progress?: (progress: Progress) => void;
  epoch(epoch: Epoch, record: EpochRecord): void;
  /** Takes the live line away, so that something else can be printed. */
  clear(): void;
  end(run: RunEnd): void;
}

/**
 * @param epochs how many the run will have, for the time that is left
 * @param history those that it has already
 */
export function runView(
  show: RunShow,
  epochs: number,
  history: readonly EpochRecord[] = [],
): RunView {
  if (show === 'json') return jsonView();
  const live = process.stdout.isTTY ? liveLine(epochs, [...history]) : undefined;
  const quiet: RunView = {
    ...(live && { progress: live.show }),
    notice: () => {},
    start: () => {},
    epoch: (_, record) => live?.add(record),
    clear: () => live?.clear(),
    end: () => live?.clear(),
  };
  return show === 'quiet' ? quiet : textView(quiet);
}

/** @param more what every line says besides, such as whose it is */
export const jsonView = (more: object = {}): RunView => ({
  notice: (text) => printJson({ event: 'notice', ...more, text }),
  start: ({ recipe, network, split, facts, found }) =>
    printJson({
      event: 'start',
      ...more,
      recipe,
      layers: layerRows(network),
      split,
      ...facts,
      checkpoint: found && { file: found.file, passedOver: found.passedOver },
    }),
  epoch: ({ best }, record) => printJson({ event: 'epoch', ...more, ...record, best }),
  clear: () => {},
  end: ({ goOn: _, ...end }) => printJson({ event: 'end', ...more, ...end }),
});

function textView(quiet: RunView): RunView {
  // What is told before the run has begun waits until it is known what is trained.
  const early: string[] = [];
  let hasStarted = false;
  return {
    ...quiet,
    notice: (text) => {
      if (!hasStarted) return void early.push(text);
      quiet.clear();
      write(`${text}\n`);
    },
    start: ({ recipe, network, split, facts, found }) => {
      hasStarted = true;
      write(`${recipe.name}: ${recipe.about}\n\n`);
      write(found ? resumptionText(found, recipe.epochs) : `${layerTable(network)}\n`);
      write(
        `${split.train} rows to train on, ${split.valid} to validate on; ` +
          `${facts.build} SIMD, ${counted(facts.threads, 'thread')}\n`,
      );
      for (const text of early) write(`${text}\n`);
      write(`\n${epochHeader()}`);
    },
    epoch: (epoch, record) => {
      quiet.clear();
      quiet.epoch(epoch, record);
      write(epochLine(epoch));
    },
    end: (end) => {
      quiet.clear();
      write(summary(end));
    },
  };
}

/** A line that is drawn over itself. */
function liveLine(epochs: number, history: EpochRecord[]) {
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
