import { type Command, Option } from 'commander';
import type { EngineOptions } from '../engine/engine.ts';
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
 * The build with which a run was begun, unless the options ask for another: the plain one for a run of
 * the plain build, for others the machine's own choice.
 */
export const runEngine = (
  found: FoundCheckpoint | undefined,
  flags: EngineFlags,
): EngineOptions => ({
  ...(found?.checkpoint.build === 'plain' ? { build: 'plain' } : {}),
  ...engineOptions(flags),
});
