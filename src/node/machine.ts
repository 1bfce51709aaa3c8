import { arch, cpus, freemem, platform, totalmem } from 'node:os';

/** The machine that a run, a measurement or a diagnosis belongs to. */
export interface Machine {
  /** Version of Node without the `v`: `20.19.0`. */
  readonly node: string;
  /** Operating system and instruction set: `linux x64`. */
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
}

/** The machine as it is now. */
export function describeMachine(): Machine {
  const processors = cpus();
  return {
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
    // Some machines with ARM processors do not say.
    processor: processors[0]?.model.trim() || 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  };
}
