import type { Build } from '../src/engine/build.ts';
import type { Timing } from './statistics.ts';
import { type Contestant, type Missing, missing, type Outcome, takeTurns } from './turns.ts';

export interface PeerOptions {
  /** Turns of each side after warming up. */
  readonly turns: number;
  /** Whether others take part. */
  readonly peers: boolean;
  /** Seconds that a peer may take for an answer. */
  readonly patience: number;
}

/** Our time with one build of the kernels. */
export interface OwnResult {
  readonly build: Build;
  readonly timing: Timing;
  /** Our median over that of the fastest peer; null where there is none. */
  readonly ratio: number | null;
}

/** Another program: what it is called while it is not known what it can do, and how it starts. */
export interface Peer {
  readonly name: string;
  /** @throws PeerError where it cannot take part */
  start(): Promise<StartedPeer>;
}

export interface StartedPeer {
  readonly contestants: readonly Contestant[];
  close(): Promise<void>;
}

const MOST_WARM_UP = 3;

/** Our builds and others in turn; whatever a peer does, our own figures are there in the end. */
export async function compare(
  builds: readonly { readonly build: Build; run(): Promise<number> }[],
  peers: readonly Peer[],
  options: PeerOptions,
): Promise<{ readonly ours: OwnResult[]; readonly peers: Outcome[] }> {
  const started: StartedPeer[] = [];
  const others: (Contestant | Missing)[] = [];
  try {
    for (const { name, start } of options.peers ? peers : []) {
      try {
        const peer = await start();
        started.push(peer);
        others.push(...peer.contestants);
      } catch (error) {
        others.push(missing(name, error));
      }
    }
    const own = builds.map(({ build, run }) => ({ name: build, run }));
    const outcomes = await takeTurns([...own, ...others], {
      warmUp: Math.min(MOST_WARM_UP, options.turns),
      turns: options.turns,
    });
    const peerOutcomes = outcomes.slice(own.length);
    const ours = builds.map(({ build }, i) => {
      const { timing } = outcomes[i] as Extract<Outcome, { timing: Timing }>;
      return { build, timing, ratio: ratioToFastest(timing, peerOutcomes) };
    });
    return { ours, peers: peerOutcomes };
  } finally {
    for (const peer of started) await peer.close();
  }
}

/** A median over that of the fastest peer; null where no peer has one. */
export function ratioToFastest({ median }: Timing, peers: readonly Outcome[]): number | null {
  const medians = peers.flatMap((peer) => ('timing' in peer ? [peer.timing.median] : []));
  return medians.length > 0 ? median / Math.min(...medians) : null;
}
