import { type Command, Option } from 'commander';
import type { EngineBuild } from '../engine/build.ts';
import type { EngineOptions } from '../engine/engine.ts';
import type { Model } from '../model/model-file.ts';
import type { FoundCheckpoint } from '../node/checkpoints.ts';
import { wholeNumber } from './options.ts';

/** Options of every command that runs a network. */
export interface EngineFlags {
  readonly threads?: number;
  readonly reproducible?: true;
}

/** `--threads` and `--reproducible`. */
export const addEngineOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--threads <count>', 'threads that compute (default: all processors)').argParser(
        wholeNumber(1, 64),
      ),
    )
    .option(
      '--reproducible',
      'the plain SIMD build: the same bits on every machine, a little slower',
    );

export const engineOptions = ({ threads, reproducible }: EngineFlags): EngineOptions => ({
  ...(threads ? { threads } : {}),
  ...(reproducible ? { build: 'plain' } : {}),
});

/**
 * The build that a model was trained with, unless the options ask for another: the plain one for a
 * model of the plain build, for others the machine's own choice.
 */
export const modelEngine = ({ engine }: Model, flags: EngineFlags): EngineOptions =>
  withBuild(engine, flags);

/** Likewise the build with which a run was begun; for a new run, what the options ask for. */
export const runEngine = (found: FoundCheckpoint | undefined, flags: EngineFlags): EngineOptions =>
  withBuild(found?.checkpoint.build, flags);

const withBuild = (build: EngineBuild | undefined, flags: EngineFlags): EngineOptions => ({
  ...(build === 'plain' ? { build } : {}),
  ...engineOptions(flags),
});
