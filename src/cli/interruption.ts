import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const;
export type InterruptionName = (typeof SIGNALS)[number];

const WORDS: Record<InterruptionName, string> = {
  SIGINT: 'Ctrl-C',
  SIGTERM: 'a request to end (SIGTERM)',
  SIGHUP: 'the closing of the terminal',
  SIGPIPE: 'the reader of its output',
};

/** Requests to end that arrived while something ran. */
export interface Interruption {
  /** Aborted by the first request; the second ends the process at once. */
  readonly signal: AbortSignal;
  /** Who asked, in words; undefined as long as nobody has. */
  readonly by: string | undefined;
  /** As shells report a process that the signal ended. */
  readonly exitCode: number;
  /** Stops listening. */
  close(): void;
}

/**
 * Listens for Ctrl-C, SIGTERM, a closed terminal and a closed output, so that work can come to an
 * orderly end.
 *
 * @example
 * const interruption = listenForInterruption();
 * try { await work(interruption.signal); } finally { interruption.close(); }
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let first: InterruptionName | undefined;
  const close = (): void => {
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  const onSignal = (name: InterruptionName): void => {
    first = name;
    controller.abort();
    // A closed output reports itself with every line that is written; it must not end the process.
    for (const other of SIGNALS) if (other !== 'SIGPIPE') process.off(other, onSignal);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    get by() {
      return first && WORDS[first];
    },
    get exitCode() {
      // "fiducial … | head" is no failure.
      return first === undefined || first === 'SIGPIPE' ? 0 : 128 + constants.signals[first];
    },
    close,
  };
}

/** Tells whoever listens that nobody reads the output any more; without a listener, ends the process. */
export function outputIsClosed(): void {
  if (!process.emit('SIGPIPE', 'SIGPIPE')) process.exit(0);
}
