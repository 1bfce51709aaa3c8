import type { Engine } from '../src/engine/engine.ts';
import { Op } from '../src/engine/kernels/opcodes.ts';
import { stopwatch, timing } from './statistics.ts';

const ROUNDS = 4_000_000;
/** Twelve vectors of four, a multiplication and an addition each. */
const OPERATIONS_A_ROUND = 12 * 4 * 2;

/**
 * What the machine can do at best with the engine's build and threads: multiply-adds on registers, in
 * 10^9 floating-point operations a second.
 */
export async function ceiling(engine: Engine): Promise<number> {
  const address = await engine.reserve(192);
  const program = address + 64;
  await engine.write(address, Int32Array.of(ROUNDS, engine.threads, address + 128));
  await engine.write(program, Int32Array.of(0, 0, Op.Peak, address, 0));
  const times: number[] = [];
  for (let run = 0; run < 7; run++) {
    times.push(await stopwatch(() => engine.run(program, address, 1)));
  }
  // The first runs warm up.
  const { min } = timing(times.slice(2));
  return (ROUNDS * OPERATIONS_A_ROUND * engine.threads) / min / 1e6;
}
