import { InputError } from '../errors.ts';
import type { Build } from './build.ts';
import { alignUp } from './layout.ts';
import { compileKernels, relaxedIsAvailable } from './wasm-module.ts';
import { type EngineWorker, type Request, startWorker } from './worker.ts';

const PAGE = 65536;
const INITIAL_PAGES = 2;
const MAX_PAGES = 65536;
/** The first page belongs to the module: the team's words and constants. */
const FIRST_ADDRESS = PAGE;
/** Bytes of memory that an engine can have: what WebAssembly addresses with 32 bits. */
export const MEMORY_LIMIT = MAX_PAGES * PAGE;

/** What an engine runs on. */
export interface EngineOptions {
  /** Worker threads; default: the number of processors, at most 16. One where memory cannot be shared. */
  readonly threads?: number;
  /** Default: `relaxed` where the machine has it, else `plain`, whose bits are the same on every machine. */
  readonly build?: Build;
  /** Whether threads may share memory; default: where the host allows it. */
  readonly shared?: boolean;
}

/**
 * The kernels, the threads that run them and the memory that they work on. Everything is computed in
 * workers, so the caller's thread stays free.
 *
 * @example
 * const engine = await Engine.start({ threads: 2 });
 * // … CompiledNetwork.create(engine, network, …)
 * await engine.close();
 */
export class Engine {
  readonly build: Build;
  readonly threads: number;
  /** Whether the host reaches the memory directly. */
  readonly shared: boolean;

  private readonly workers: readonly EngineWorker[];
  private readonly memory: WebAssembly.Memory | undefined;
  private pages = INITIAL_PAGES;
  private top = FIRST_ADDRESS;
  /** From here on nothing was ever reserved, so the memory is zero. */
  private untouched = FIRST_ADDRESS;
  private readonly waiting: { resolve(answer: unknown): void; reject(error: Error): void }[] = [];
  private failure: Error | undefined;

  private constructor(build: Build, threads: number, memory: WebAssembly.Memory | undefined) {
    this.build = build;
    this.threads = threads;
    this.shared = memory !== undefined;
    this.memory = memory;
    this.workers = Array.from({ length: threads }, startWorker);
  }

  /**
   * Compiles the kernels and starts the threads.
   *
   * @param options `threads`, `build` and `shared`, each with a default for this machine
   * @throws InputError for a number of threads that is not whole and positive, and where there is no
   *   WebAssembly with SIMD, there are no workers, or a page's Content-Security-Policy forbids either
   * @throws Error where the machine has no memory left
   * @example
   * const engine = await Engine.start({ threads: 2, build: 'plain' });
   */
  static async start(options: EngineOptions = {}): Promise<Engine> {
    if (typeof WebAssembly === 'undefined') {
      throw new InputError('there is no WebAssembly here, which the engine needs');
    }
    const build = options.build ?? (relaxedIsAvailable() ? 'relaxed' : 'plain');
    const shared = options.shared ?? sharedMemoryIsAvailable();
    const threads = shared ? (options.threads ?? processorCount()) : 1;
    if (!(Number.isInteger(threads) && threads >= 1)) {
      throw new InputError(
        `${threads} threads, expected a whole number from 1`,
        'Leave the number out to use every processor.',
      );
    }
    const module = await compileKernels(build, shared);
    const memory = shared
      ? new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES, shared: true })
      : undefined;
    const engine = new Engine(build, threads, memory);
    try {
      await Promise.all(
        engine.workers.map((worker, thread) => {
          const ready = new Promise((resolve, reject) => {
            // Only thread 0 answers later on.
            worker.listen(
              (answer) => {
                if (thread === 0 && engine.waiting.length > 0) engine.settle(answer);
                else resolve(answer);
              },
              (error) => {
                reject(error);
                engine.fail(error);
              },
            );
          });
          worker.post({
            kind: 'start',
            module,
            sharedMemory: memory,
            thread,
            threadCount: threads,
          });
          return ready;
        }),
      );
    } catch (error) {
      await engine.close();
      throw error;
    }
    for (const worker of engine.workers) worker.keepAlive(false);
    return engine;
  }

  /** Where the next reserved block will begin. */
  get nextAddress(): number {
    return this.top;
  }

  /** Bytes of memory in use. */
  get memoryBytes(): number {
    return this.pages * PAGE;
  }

  /**
   * Reserves memory, filled with zeros, on a cache line of its own.
   *
   * @internal
   * @returns its address
   * @throws InputError where it would be more than WebAssembly can address
   * @throws Error where the machine has no more, or the engine is closed
   */
  async reserve(bytes: number): Promise<number> {
    this.requireAlive();
    const address = this.top;
    const end = alignUp(address + bytes);
    const missing = Math.max(0, Math.ceil(end / PAGE) - this.pages);
    if (this.pages + missing > MAX_PAGES) {
      throw new InputError(
        `the engine's memory is limited to 4 GiB; ${(end / 2 ** 30).toFixed(1)} GiB were asked for`,
        'Use a smaller batch, fewer rows or a smaller network.',
      );
    }
    if (missing > 0) this.memory?.grow(missing);
    const used = Math.max(0, Math.min(end, this.untouched) - address);
    // Taken before anything is awaited, so that two who reserve at once do not get the same block.
    this.pages += missing;
    this.top = end;
    this.untouched = Math.max(end, this.untouched);
    if (missing > 0 && !this.memory) await this.ask({ kind: 'grow', pages: missing });
    if (used > 0) await this.clear(address, used);
    return address;
  }

  /**
   * Gives back everything that was reserved from an address on; the memory is used again, not returned
   * to the system. What stood there must not be used any more.
   *
   * @param address a `nextAddress` from before
   * @throws RangeError for an address at which nothing that is reserved can begin
   * @example
   * const start = engine.nextAddress;
   * const first = await CompiledNetwork.create(engine, network, options);
   * engine.release(start);
   * const second = await CompiledNetwork.create(engine, network, otherOptions);
   */
  release(address: number): void {
    if (!(address >= FIRST_ADDRESS && address <= this.top && address === alignUp(address))) {
      throw new RangeError(`address ${address} cannot be released, reserved is up to ${this.top}`);
    }
    this.top = address;
  }

  /**
   * Copies values into the memory; what was asked for before is done first.
   *
   * @internal
   */
  async write(address: number, values: ArrayBufferView): Promise<void> {
    this.requireAlive();
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    if (this.memory) new Uint8Array(this.memory.buffer).set(bytes, address);
    else await this.ask({ kind: 'write', address, bytes });
  }

  /**
   * Copies bytes out of the memory.
   *
   * @internal
   */
  async read(address: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.requireAlive();
    if (!this.memory)
      return (await this.ask({ kind: 'read', address, length })) as Uint8Array<ArrayBuffer>;
    return new Uint8Array(new Uint8Array(this.memory.buffer, address, length));
  }

  /**
   * Copies float32 values out of the memory.
   *
   * @internal
   */
  async readFloats(address: number, length: number): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array((await this.read(address, length * 4)).buffer);
  }

  /**
   * Runs a program once for each step of a table.
   *
   * @internal
   */
  async run(program: number, steps: number, stepCount: number): Promise<void> {
    await this.ask({ kind: 'run', program, steps, stepCount });
  }

  /** Ends the threads; the engine cannot be used any more. */
  async close(): Promise<void> {
    this.fail(new Error('the engine is closed'));
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private async clear(address: number, length: number): Promise<void> {
    if (this.memory) new Uint8Array(this.memory.buffer, address, length).fill(0);
    else await this.ask({ kind: 'clear', address, length });
  }

  private requireAlive(): void {
    if (this.failure) throw this.failure;
  }

  private async ask(request: Request): Promise<unknown> {
    this.requireAlive();
    const first = this.workers[0]!;
    if (this.waiting.length === 0) first.keepAlive(true);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      first.post(request);
    });
  }

  private settle(answer: unknown): void {
    this.waiting.shift()!.resolve(answer);
    if (this.waiting.length === 0) this.workers[0]!.keepAlive(false);
  }

  private fail(error: Error): void {
    // The first error only: a thread that ends while the engine closes must not undo the waiting for it.
    if (this.failure) return;
    this.failure = error;
    for (const { reject } of this.waiting.splice(0)) reject(error);
    // Nobody will hear from it again, so Node need not wait for it.
    this.workers[0]?.keepAlive(false);
  }
}

/** Number of processors that this process may use, at most 16. */
export function processorCount(): number {
  const node = globalThis.process?.getBuiltinModule?.('node:os');
  return Math.min(
    16,
    node?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1,
  );
}

/** Whether memory can be shared with workers: always in Node, in a page when it is cross-origin isolated. */
export function sharedMemoryIsAvailable(): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated !== false;
}
