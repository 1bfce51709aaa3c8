import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Build } from '../src/engine/build.ts';
import { Engine } from '../src/engine/engine.ts';
import { describeMachine, type Machine } from '../src/node/machine.ts';
import { VERSION } from '../src/node/version.ts';
import { ceiling, type MemoryBandwidth, memoryBandwidth } from './ceiling.ts';
import type { GrowthResult } from './growth.ts';
import type { PredictionResult } from './prediction.ts';
import type { ReadingResult } from './reading.ts';
import type { StartupResult } from './startup.ts';
import type { TrainingStepResult } from './training-step.ts';

/** What a run of the benchmark came to, as JSON has it. */
export interface BenchDocument {
  readonly circumstances: Circumstances;
  /** What is good to know before the figures are believed. */
  readonly remarks: readonly string[];
  readonly ceilings: readonly Ceiling[];
  readonly results: readonly BenchResult[];
}

export type BenchResult =
  | TrainingStepResult
  | PredictionResult
  | ReadingResult
  | StartupResult
  | GrowthResult;

/** Where and when it was measured, and what. */
export interface Circumstances {
  readonly fiducial: string;
  /** Of the checkout; null where it is none, with a + where files were changed since. */
  readonly commit: string | null;
  /** 2026-11-22 */
  readonly date: string;
  readonly machine: Machine;
}

/** What the machine can do at best. */
export interface Ceiling {
  readonly build: Build;
  readonly threads: number;
  /** Multiply-adds on registers, in 10^9 floating-point operations a second. */
  readonly gflops: number;
  /** In 10^9 bytes a second. */
  readonly memory: MemoryBandwidth;
}

export async function circumstances(): Promise<Circumstances> {
  return {
    fiducial: VERSION,
    commit: await commit(),
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
  };
}

async function commit(): Promise<string | null> {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd })).stdout.trim();
  try {
    // An installed package may lie in somebody else's checkout.
    if ((await git('ls-files', '--', 'training-step.ts', '../../bench/training-step.ts')) === '')
      return null;
    const changed = await git('status', '--porcelain', '--untracked-files=no');
    return (await git('rev-parse', '--short', 'HEAD')) + (changed && '+');
  } catch {
    return null;
  }
}

/** Threads that just started share a core for a while; a ceiling is looked for at least so long. */
const SEARCH_MS = 500;

/** Measures what a build can do at best with some threads. */
export async function measureCeiling(build: Build, threads: number): Promise<Ceiling> {
  const engine = await Engine.start({ build, threads });
  try {
    const end = performance.now() + SEARCH_MS;
    let gflops = 0;
    do gflops = Math.max(gflops, await ceiling(engine));
    while (performance.now() < end);
    return { build, threads, gflops, memory: await memoryBandwidth(engine) };
  } finally {
    await engine.close();
  }
}
