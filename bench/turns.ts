import { PeerError } from './peer-process.ts';
import { type Timing, timing } from './statistics.ts';

/** Somebody who takes part in a comparison. */
export interface Contestant {
  readonly name: string;
  /** Does the work once; returns milliseconds. */
  run(): Promise<number>;
}

/** Somebody who cannot take part, or not to the end. */
export interface Missing {
  readonly name: string;
  readonly missing: PeerError['kind'];
  readonly reason: string;
}

/** A contestant's times; a time is the median of a turn. */
export interface Timed {
  readonly name: string;
  readonly timing: Timing;
}

export type Outcome = Timed | Missing;

export interface TurnOptions {
  readonly warmUp: number;
  readonly turns: number;
}

/**
 * Short work is repeated for this long before the next one has its turn: threads that slept need a while
 * to spread out.
 */
export const TURN_MS = 250;

/**
 * Lets contestants work in turn (A B A B …), so that all see the same weather on a shared machine. One
 * that fails on the way drops out, and the others go on.
 *
 * @returns an outcome for each, in their order
 */
export async function takeTurns(
  contestants: readonly (Contestant | Missing)[],
  { warmUp, turns }: TurnOptions,
): Promise<Outcome[]> {
  const times = contestants.map((): number[] => []);
  const outcomes = contestants.map((one) => ('missing' in one ? one : undefined));
  for (let round = 0; round < warmUp + turns; round++) {
    for (const [i, contestant] of contestants.entries()) {
      if (outcomes[i] || 'missing' in contestant) continue;
      try {
        times[i]!.push(await turn(contestant));
      } catch (error) {
        outcomes[i] = missing(contestant.name, error);
      }
    }
  }
  return contestants.map(
    ({ name }, i) => outcomes[i] ?? { name, timing: timing(times[i]!.slice(warmUp)) },
  );
}

/** A peer's failure as an outcome; every other error is thrown on. */
export function missing(name: string, error: unknown): Missing {
  if (!(error instanceof PeerError)) throw error;
  return { name, missing: error.kind, reason: error.message };
}

/** The median of some work's times in one turn. */
async function turn({ run }: Contestant): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + TURN_MS;
  do times.push(await run());
  while (performance.now() < end);
  return timing(times).median;
}
