import { crc32 } from '../crc32.ts';
import type { Dataset } from '../data/dataset.ts';
import { Engine, type EngineOptions } from '../engine/engine.ts';
import { inFile } from '../errors.ts';
import { EventFile } from '../node/event-file.ts';
import { describeMachine } from '../node/machine.ts';
import { type RunFacts, RunFolder } from '../node/run-folder.ts';
import { VERSION } from '../node/version.ts';
import { writeReport } from '../node/write-report.ts';
import type { Epoch, EpochRecord } from '../train/epoch.ts';
import { networkFor, type Recipe } from '../train/recipe.ts';
import { train } from '../train/train.ts';
import { trainingData } from '../train/training-data.ts';
import { listenForInterruption } from './interruption.ts';
import { type RunShow, runView } from './run-view.ts';

export interface RunOptions {
  /** Folder of the run. */
  readonly out: string;
  readonly force: boolean;
  /** Name of the table, for the run's facts. */
  readonly dataName: string;
  readonly groups?: ArrayLike<number> | undefined;
  readonly engine: EngineOptions;
  readonly show: RunShow;
  /** Whether to write an event file for TensorBoard. */
  readonly tensorboard?: boolean | undefined;
}

/** Between two writings of the best model while training goes on. */
const SAVE_EVERY_MS = 30_000;

/**
 * Trains a recipe into a run's folder and shows how it goes.
 *
 * Ctrl-C, SIGTERM, a closed terminal or output end the run between two batches and keep the best model;
 * a second Ctrl-C ends it at once.
 *
 * @returns the best epoch, or undefined where the run was ended before the first
 */
export async function runTraining(
  recipe: Recipe,
  dataset: Dataset,
  options: RunOptions,
): Promise<EpochRecord | undefined> {
  const { out, show, groups } = options;
  const data = inFile(options.dataName, () => trainingData(recipe, dataset, groups));
  const { split } = data;
  const network = networkFor(recipe, data.dataset.schema);
  const engine = await Engine.start(options.engine);
  const interruption = listenForInterruption();
  try {
    const machine = describeMachine();
    const facts: RunFacts = {
      fiducial: VERSION,
      node: machine.node,
      platform: machine.platform,
      processor: machine.processor,
      build: engine.build,
      threads: engine.threads,
      data: options.dataName,
      rows: dataset.rows,
      imagesCrc32: crc32(dataset.images),
      started: new Date().toISOString(),
      command: commandLine(),
      trainRows: split.train.length,
      validRows: split.valid.length,
    };
    const folder = await RunFolder.create(out, recipe, facts, options.force);
    const events = options.tensorboard ? await EventFile.create(out) : undefined;
    const counts = { train: split.train.length, valid: split.valid.length };
    const view = runView(show, recipe.epochs);
    view.start({ recipe, network, split: counts, facts });
    let best: EpochRecord | undefined;
    let unsaved: Epoch | undefined;
    let savedAt = performance.now();
    const save = async (): Promise<void> => {
      if (unsaved) await folder.save(await unsaved.model());
      unsaved = undefined;
      savedAt = performance.now();
    };
    // Whatever ended the run, what it has reached is kept and told.
    const finish = async (stopped?: string): Promise<void> => {
      view.clear();
      await save();
      if (stopped !== undefined) await folder.record({ ...facts, stopped });
      await writeReport(out, { data, engine });
    };
    try {
      const epochs = train(recipe, dataset, {
        engine,
        groups,
        signal: interruption.signal,
        onProgress: view.progress,
      });
      for await (const epoch of epochs) {
        const { best: isBest, model: _, ...record } = epoch;
        await folder.append(record);
        await events?.append(record);
        if (isBest) {
          best = record;
        }
        if (isBest || recipe.keep === 'last') unsaved = epoch;
        view.epoch(epoch, record);
        if (performance.now() - savedAt > SAVE_EVERY_MS) await save();
      }
    } catch (error) {
      // What ended the run is what a person must hear of, even if nothing more can be written.
      await finish(error instanceof Error ? error.message : String(error)).catch(() => {});
      throw error;
    }
    const endedBy = interruption.by;
    await finish(endedBy);
    if (endedBy !== undefined) process.exitCode = interruption.exitCode;
    view.end({ best, out, endedBy });
    return best;
  } finally {
    interruption.close();
    await engine.close();
  }
}

/** What was typed, such that it can be pasted into a shell. */
const commandLine = (): string =>
  ['fiducial', ...process.argv.slice(2)]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
