import { InputError } from '../errors.ts';

/** What the host asks thread 0 for; every question is answered in order. */
export type Request =
  | {
      readonly kind: 'run';
      readonly program: number;
      readonly steps: number;
      readonly stepCount: number;
    }
  // The rest is for memory that is not shared, which only the worker can reach.
  | { readonly kind: 'grow'; readonly pages: number }
  | { readonly kind: 'clear'; readonly address: number; readonly length: number }
  | { readonly kind: 'write'; readonly address: number; readonly bytes: Uint8Array }
  | { readonly kind: 'read'; readonly address: number; readonly length: number };

/** A worker of Node or of a browser, as far as the engine needs it. */
export interface EngineWorker {
  post(message: unknown): void;
  /** Called with every answer, and with an error when the worker ends for whatever reason. */
  listen(onAnswer: (answer: unknown) => void, onError: (error: Error) => void): void;
  /** Whether Node waits for this worker before it ends. */
  keepAlive(yes: boolean): void;
  terminate(): Promise<void>;
}

/**
 * The worker's program. It stands here as text because a worker started from text needs no file of its
 * own: the same works from sources, from a package, through a bundler and in a page.
 */
const SOURCE = `
const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
const port = threads ? threads.parentPort : globalThis;
const receive = (listener) => threads ? port.on('message', listener) : port.addEventListener('message', (event) => listener(event.data));
let exports;
let memory;
const answers = {
  start({ module, sharedMemory, thread, threadCount }) {
    memory = sharedMemory ?? new WebAssembly.Memory({ initial: 2, maximum: 65536 });
    // At once, not with a promise: a page never hears of a promise that fails in its worker.
    exports = new WebAssembly.Instance(module, { env: { memory } }).exports;
    count = threadCount;
    // Answer first: the other threads never come back from their work.
    port.postMessage(true);
    if (thread > 0) exports.work(thread);
  },
  run({ program, steps, stepCount }) {
    exports.run(program, steps, stepCount, count);
    port.postMessage(true);
  },
  grow({ pages }) {
    memory.grow(pages);
    port.postMessage(true);
  },
  clear({ address, length }) {
    new Uint8Array(memory.buffer, address, length).fill(0);
    port.postMessage(true);
  },
  write({ address, bytes }) {
    new Uint8Array(memory.buffer).set(bytes, address);
    port.postMessage(true);
  },
  read({ address, length }) {
    port.postMessage(new Uint8Array(memory.buffer).slice(address, address + length));
  },
};
let count = 1;
receive((message) => answers[message.kind](message));
`;

/**
 * Starts a worker in Node (`worker_threads`) or in a browser.
 *
 * @throws InputError where a browser has no workers, or a page forbids them
 */
export function startWorker(): EngineWorker {
  const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (node) {
    const worker = new node.Worker(SOURCE, { eval: true, name: 'fiducial' });
    return {
      post: (message) => worker.postMessage(message),
      listen(onAnswer, onError) {
        worker.on('message', onAnswer);
        worker.on('error', onError);
        worker.on('exit', (code) =>
          onError(new Error(`an engine thread has ended (code ${code})`)),
        );
      },
      keepAlive: (yes) => (yes ? worker.ref() : worker.unref()),
      async terminate() {
        // Node 20 may end the process before the thread has, although the promise is awaited.
        const alive = setInterval(() => {}, 1000);
        await worker.terminate();
        clearInterval(alive);
      },
    };
  }
  if (typeof Worker === 'undefined') {
    throw new InputError(
      'no worker can be started here (in a service worker, say): run fiducial in a page or in a dedicated worker',
    );
  }
  const url = URL.createObjectURL(new Blob([SOURCE], { type: 'text/javascript' }));
  const worker = browserWorker(url);
  return {
    post: (message) => worker.postMessage(message),
    listen(onAnswer, onError) {
      worker.onmessage = (event) => {
        URL.revokeObjectURL(url);
        onAnswer(event.data);
      };
      // What never began has no message.
      worker.onerror = ({ message }) =>
        onError(message === undefined ? refusedWorker() : new Error(`engine worker: ${message}`));
    },
    keepAlive() {},
    terminate: async () => worker.terminate(),
  };
}

function browserWorker(url: string): Worker {
  try {
    return new Worker(url, { name: 'fiducial' });
  } catch (cause) {
    throw refusedWorker(cause);
  }
}

const refusedWorker = (cause?: unknown): InputError =>
  new InputError(
    'the page\'s Content-Security-Policy forbids the engine\'s threads: it needs "worker-src blob:"',
    undefined,
    { cause },
  );
