import { type Command, Option } from 'commander';
import type { Model } from '../model/model-file.ts';
import type { PredictorOptions } from '../predict/predictor.ts';
import { addEngineOptions, type EngineFlags, engineOptions } from './engine-options.ts';
import { collect, wholeNumber } from './options.ts';

/** Options of every command that predicts. */
export interface PredictorFlags extends EngineFlags {
  readonly flip?: true;
  readonly shift?: number;
}

/** Options of those that can predict with several models. */
export interface EnsembleFlags extends PredictorFlags {
  readonly with: readonly string[];
}

/** `--flip` and `--shift`, of every command that predicts. */
export const addViewOptions = (command: Command): Command =>
  command
    .option('--flip', 'look at every face in a mirror too and take the mean; twice the time')
    .option(
      '--shift <pixels>',
      'also moved by so many pixels along both diagonals; five times the time',
      wholeNumber(0),
    );

/** `--with`, `--flip`, `--shift` and the options of the engine. */
export const addEnsembleOptions = (command: Command): Command =>
  addEngineOptions(
    addViewOptions(
      command.addOption(
        new Option(
          '--with <model>',
          'another model, repeatable: what several find alike is averaged',
        )
          .argParser(collect)
          .default([], 'none'),
      ),
    ),
  );

export const predictorOptions = (flags: PredictorFlags): PredictorOptions => ({
  ...engineOptions(flags),
  flip: flags.flip,
  shift: flags.shift,
});

/** The models of a run, of a folder of several nets or of a file, and of those that `--with` adds. */
export async function readModels(path: string, flags: EnsembleFlags): Promise<Model[]> {
  const [{ readModel }, { trainedRuns }] = await Promise.all([
    import('../node/run-folder.ts'),
    import('../node/team-folder.ts'),
  ]);
  const runs = await Promise.all([path, ...flags.with].map(trainedRuns));
  return Promise.all(runs.flat().map((run) => readModel(run.path)));
}
