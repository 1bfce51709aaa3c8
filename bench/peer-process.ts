import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Why there are no figures of a peer: it is not installed, or it went wrong. */
export class PeerError extends Error {
  constructor(
    readonly kind: 'absent' | 'failed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PeerError';
  }
}

export interface PeerProcessOptions {
  /** Seconds that it may take for an answer. */
  readonly patience: number;
  /** Variables of its environment, besides ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How long the pipes of a process that has ended may stay open. */
const PIPES_MS = 1000;
/** What is kept of a process's complaints. */
const COMPLAINTS = 4000;
/** What is told of them. */
const LAST_WORDS = 300;

/**
 * Another program that answers every line with a line. Whatever it does, nobody waits for ever: where it
 * ends, or keeps silent for too long, the question is answered with a `PeerError` that has its last words.
 *
 * @example
 * const peer = new PeerProcess('python3', ['-c', script], { patience: 60 });
 * const milliseconds = await peer.askNumber('step');
 * await peer.close();
 */
export class PeerProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<string>;
  private readonly patience: number;
  private complaints = '';
  private failure: PeerError | undefined;

  constructor(
    command: string,
    args: readonly string[],
    { patience, env = {} }: PeerProcessOptions,
  ) {
    this.patience = patience;
    this.child = spawn(command, args, { env: { ...process.env, ...env } });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.complaints = (this.complaints + text).slice(-COMPLAINTS);
    });
    // A process that ended takes no more questions; that it ended is told where the answer is missing.
    this.child.stdin.on('error', () => {});
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(error.message));
      this.child.on('exit', (code, signal) => {
        const how = signal ? `ended by ${signal}` : `ended with exit code ${code}`;
        // Its last words may still be on their way; a process that it left behind may keep its pipes open.
        this.child.on('close', () => resolve(how));
        setTimeout(() => {
          this.child.stdout.destroy();
          this.child.stderr.destroy();
        }, PIPES_MS).unref();
      });
    });
  }

  /**
   * The answer to a question; without one, what it says next.
   *
   * @throws PeerError where there is none; the process is ended, and further questions get the same error
   */
  async ask(question?: string): Promise<string> {
    if (this.failure) throw this.failure;
    if (question !== undefined) this.child.stdin.write(`${question}\n`);
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.patience * 1000);
    });
    const answer = await Promise.race([this.lines.next(), limit]);
    clearTimeout(timer);
    if (answer === 'late') return this.fail(`no answer within ${this.patience} s`);
    if (answer.done) return this.fail(await this.ended);
    return answer.value;
  }

  /** An answer that must be a number from 0. */
  async askNumber(question: string): Promise<number> {
    const answer = await this.ask(question);
    const value = answer.trim() === '' ? Number.NaN : Number(answer);
    if (value >= 0 && value < Number.POSITIVE_INFINITY) return value;
    return this.fail(nonsense(answer, 'a number'));
  }

  /** An answer that must be JSON. */
  async askJson(question?: string): Promise<unknown> {
    const answer = await this.ask(question);
    try {
      return JSON.parse(answer);
    } catch {
      return this.fail(nonsense(answer, 'JSON'));
    }
  }

  /** Ends it for a reason, to which its last words are added. */
  async fail(reason: string): Promise<never> {
    await this.kill();
    const last = this.complaints.trimEnd().split('\n').at(-1)!.trim();
    const words = last && `; its last words: ${last.slice(0, LAST_WORDS)}`;
    this.failure = new PeerError('failed', reason + words);
    throw this.failure;
  }

  /** Lets it end, as it does when there are no more questions; else ends it. */
  async close(): Promise<void> {
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

const nonsense = (answer: string, expected: string): string =>
  `it said "${answer.slice(0, 80)}" where ${expected} was expected`;
