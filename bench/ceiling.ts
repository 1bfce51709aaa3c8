import type { Engine } from '../src/engine/engine.ts';
import { Op } from '../src/engine/kernels/opcodes.ts';
import { stopwatch, timing } from './statistics.ts';

/** Rounds of multiply-adds that each thread makes. */
const ROUNDS = 4_000_000;
/** Twelve vectors of four, a multiplication and an addition each. */
const OPERATIONS_A_ROUND = 12 * 4 * 2;
/** What a thread takes at a time, as the kernels of `bandwidth.ts` have it. */
const CHUNK_BYTES = 2 ** 20;
/** Far more than the caches next to a core; a dense layer's weights are a tenth of it. */
const BUFFER_CHUNKS = 256;
/** Threads that have just started may share a core until the system spreads them out. */
const LONG_ENOUGH_MS = 800;
const RUNS = 5;

/** What memory gives with all of an engine's threads, in 10^9 bytes a second. */
export interface MemoryBandwidth {
  /** Bytes read. */
  readonly read: number;
  /** Bytes read and bytes written. */
  readonly copy: number;
}

/**
 * What the machine can do at best with the engine's build and threads: multiply-adds on registers, in
 * 10^9 floating-point operations a second.
 */
export async function ceiling(engine: Engine): Promise<number> {
  return withMemory(engine, 64, async (target) => {
    const words = [ROUNDS, engine.threads, target];
    const milliseconds = await fastest(engine, [[Op.Peak, words]]);
    return (ROUNDS * OPERATIONS_A_ROUND * engine.threads) / milliseconds / 1e6;
  });
}

/**
 * How fast the engine's threads read memory, and how fast they copy it, with the vectors of four floats
 * that kernels use. Takes half a gigabyte for a moment.
 *
 * @example
 * const { read, copy } = await memoryBandwidth(engine); // 21.4 and 17.9 GB/s
 */
export async function memoryBandwidth(engine: Engine): Promise<MemoryBandwidth> {
  const bytes = BUFFER_CHUNKS * CHUNK_BYTES;
  return withMemory(engine, 2 * bytes, async (first) => {
    const second = first + bytes;
    // There and back again: memory that was never written may be one and the same page of zeros.
    const copy = await fastest(engine, [
      [Op.CopyMemory, [first, second, BUFFER_CHUNKS]],
      [Op.CopyMemory, [second, first, BUFFER_CHUNKS]],
    ]);
    const read = await fastest(engine, [[Op.ReadMemory, [first, second, BUFFER_CHUNKS]]]);
    return { read: bytes / read / 1e6, copy: (4 * bytes) / copy / 1e6 };
  });
}

/** Lends memory of the engine to a measurement. */
async function withMemory<T>(
  engine: Engine,
  bytes: number,
  use: (address: number) => Promise<T>,
): Promise<T> {
  const address = await engine.reserve(bytes);
  try {
    return await use(address);
  } finally {
    engine.release(address);
  }
}

/** Milliseconds of the fastest of some runs of operations with the words of their arguments. */
function fastest(
  engine: Engine,
  operations: readonly (readonly [Op, readonly number[]])[],
): Promise<number> {
  // A program's head of two words, pairs of operation and arguments, and a zero; the arguments behind.
  const head = 2 + 2 * operations.length + 1;
  const size = head + operations.reduce((sum, [, words]) => sum + words.length, 0);
  return withMemory(engine, 4 * size, async (program) => {
    const words = new Int32Array(size);
    let end = head;
    for (const [i, [op, given]] of operations.entries()) {
      words.set([op, program + 4 * end], 2 + 2 * i);
      words.set(given, end);
      end += given.length;
    }
    await engine.write(program, words);
    const times: number[] = [];
    for (let spent = 0; times.length < RUNS || spent < LONG_ENOUGH_MS; spent += times.at(-1)!) {
      // The operations ask for nothing in a step, so any address does.
      times.push(await stopwatch(() => engine.run(program, program, 1)));
    }
    return timing(times).min;
  });
}
