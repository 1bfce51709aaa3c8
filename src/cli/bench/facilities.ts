import type { Build } from '../../engine/build.ts';
import { processorCount, sharedMemoryIsAvailable } from '../../engine/engine.ts';
import { kernelBytes, relaxedIsAvailable } from '../../engine/wasm-module.ts';

/** What of the engine can be measured on this machine. */
export interface Facilities {
  /** The builds that run here, the fastest first; none without SIMD. */
  readonly builds: readonly Build[];
  /** Whether several threads can work together. */
  readonly shared: boolean;
  readonly processors: number;
  /** What is lacking, in sentences. */
  readonly remarks: readonly string[];
}

export async function findFacilities(): Promise<Facilities> {
  const shared = sharedMemoryIsAvailable();
  const simd =
    typeof WebAssembly !== 'undefined' && WebAssembly.validate(await kernelBytes('plain'));
  const relaxed = simd && (await relaxedIsAvailable());
  const remarks: string[] = [];
  if (!simd) remarks.push('WebAssembly has no SIMD here, so the engine cannot run.');
  else if (!relaxed)
    remarks.push('There is no relaxed SIMD here: the plain build alone is measured.');
  if (!shared) remarks.push('Memory cannot be shared here: one thread alone is measured.');
  return {
    builds: simd ? (relaxed ? ['relaxed', 'plain'] : ['plain']) : [],
    shared,
    processors: processorCount(),
    remarks,
  };
}
