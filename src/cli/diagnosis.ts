import { createRequire } from 'node:module';
import type { Build } from '../engine/build.ts';
import { Engine, processorCount, sharedMemoryIsAvailable } from '../engine/engine.ts';
import { selfCheck } from '../engine/self-check.ts';
import { relaxedIsAvailable } from '../engine/wasm-module.ts';
import { describeMachine } from '../node/machine.ts';
import { VERSION } from '../node/version.ts';

/** One thing that the machine offers or lacks. */
export interface Finding {
  readonly name: string;
  readonly found: string;
  /** Whether a training run with default options uses it. */
  readonly used: boolean;
  /** When it is used, or what is missing without it. */
  readonly remark?: string;
}

/** What a machine offers for training. */
export interface Diagnosis {
  readonly trainingRuns: boolean;
  readonly findings: readonly Finding[];
}

/** Packages that need not be there, and what needs them. */
const OPTIONAL_PACKAGES = {
  '@resvg/resvg-js': 'PNG pictures',
  '@expo-google-fonts/inter': 'text in PNG pictures',
  sharp: 'photographs',
  '@vladmandic/face-api': 'faces found in photographs',
};

/**
 * Looks at what the machine offers and tries it: both builds of the kernels train a small network.
 *
 * @example
 * (await diagnose()).trainingRuns; // true
 */
export async function diagnose(): Promise<Diagnosis> {
  const machine = describeMachine();
  const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  const shared = sharedMemoryIsAvailable();
  const threads = shared ? processorCount() : 1;
  const plain = await tryBuild('plain');
  const relaxed = relaxedIsAvailable()
    ? await tryBuild('relaxed')
    : { works: false, found: 'not on this machine' };
  const trainingRuns = relaxed.works || plain.works;
  return {
    trainingRuns,
    findings: [
      { name: 'fiducial', found: VERSION, used: true },
      { name: 'Node', found: machine.node, used: true },
      { name: 'platform', found: machine.platform, used: true },
      { name: 'processor', found: `${machine.processor}, ${machine.cores} cores`, used: true },
      { name: 'threads', found: String(threads), used: true, remark: 'fewer with --threads' },
      {
        name: 'memory',
        found: `${gigabytes(machine.memoryBytes)} GiB, ${gigabytes(machine.freeMemoryBytes)} free`,
        used: true,
        remark: 'the engine takes at most 4 GiB',
      },
      {
        name: 'shared memory',
        found: shared ? 'available' : 'not available',
        used: shared,
        ...(shared ? {} : { remark: 'one thread trains' }),
      },
      {
        name: 'relaxed SIMD',
        found: relaxed.found,
        used: relaxed.works,
        remark: 'the faster build of the kernels',
      },
      {
        name: 'plain SIMD',
        found: plain.found,
        used: plain.works && !relaxed.works,
        remark: 'used with --reproducible: the same bits on every machine',
      },
      ...Object.entries(OPTIONAL_PACKAGES).map(([name, purpose]) => findPackage(name, purpose)),
    ],
  };
}

async function tryBuild(build: Build): Promise<{ works: boolean; found: string }> {
  let engine: Engine | undefined;
  try {
    engine = await Engine.start({ build });
    await selfCheck(engine);
    return { works: true, found: 'runs, and agrees with the reference' };
  } catch (error) {
    return { works: false, found: `fails: ${error instanceof Error ? error.message : error}` };
  } finally {
    await engine?.close();
  }
}

function findPackage(name: string, purpose: string): Finding {
  try {
    createRequire(import.meta.url).resolve(name);
    return { name, found: 'installed', used: true, remark: `for ${purpose}` };
  } catch {
    return { name, found: 'not installed', used: false, remark: `no ${purpose} without it` };
  }
}
