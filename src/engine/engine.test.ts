import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { built } from '../../test/dist.ts';
import { refusal } from '../../test/refusal.ts';
import { crc32 } from '../crc32.ts';
import { initialise } from '../nn/initialise.ts';
import {
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  maxPool2d,
  relu,
  residual,
  sigmoid,
  softArgmax2d,
  tanh,
} from '../nn/layers.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import { type NetworkSpec, network, networkOutput, sizeOf } from '../nn/network.ts';
import { adam, nesterov, type RuleSpec } from '../nn/rule.ts';
import { randomStream } from '../random.ts';
import { CompiledNetwork } from './compiled-network.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { Op } from './kernels/opcodes.ts';
import type { LoadedData } from './step-table.ts';

const BUILDS = ['plain', 'relaxed'] as const;
const SETTINGS = { learningRate: 0.01, momentum: 0.9 };

const opened: Engine[] = [];
async function start(options: EngineOptions): Promise<Engine> {
  const engine = await Engine.start(options);
  opened.push(engine);
  return engine;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.close()));
});

/** Every kind of layer, maps of odd sizes, and channels and units that fill no vector. */
const EVERYTHING = network(
  [1, 31, 27],
  [
    ...[conv2d(8, 3), relu(), maxPool2d()],
    ...[conv2d(14, 3), relu(), maxPool2d(), dropout(0.2)],
    ...[conv2d(9, 5, { padding: 'same' }), relu()],
    ...[conv2d(7, 2), sigmoid(), maxPool2d(), flatten()],
    ...[dense(23), relu(), dropout(0.5), dense(11), tanh(), dense(6)],
  ],
);

/** Blocks whose input is added where their output stands, and elsewhere. */
const NESTED = network(
  [1, 21, 19],
  [
    ...[conv2d(6, 3), relu(), maxPool2d()],
    residual([
      ...[conv2d(6, 3, { padding: 'same' }), relu(), dropout(0.2)],
      ...[residual([conv2d(6, 1), sigmoid()]), conv2d(6, 3, { padding: 'same' })],
    ]),
    ...[conv2d(11, 3, { padding: 'same', stride: 2 }), relu(), flatten()],
    ...[dense(9), residual([dense(9), tanh()]), dense(4)],
  ],
);

/** Maps of even sizes, which tiles of 2 x 2 fill. */
const PLACES = network(
  [1, 22, 20],
  [
    ...[conv2d(8, 3), relu(), conv2d(12, 3, { padding: 'same' }), tanh()],
    ...[conv2d(3, 3, { padding: 'same' }), softArgmax2d()],
  ],
);
const MEANS = network([1, 21, 19], [conv2d(7, 3), relu(), globalAveragePool2d(), dense(4)]);

interface Task {
  readonly network: NetworkSpec;
  readonly rule: RuleSpec;
  readonly rows: number;
  readonly batch: number;
}

async function prepare(
  engine: Engine,
  { network: net, rule, rows, batch }: Task,
): Promise<{ compiled: CompiledNetwork; data: LoadedData; batches: Uint32Array[] }> {
  const loss = maskedMeanSquaredError();
  const compiled = await CompiledNetwork.create(engine, net, { batch, loss, rule, seed: 7 });
  await compiled.setParameters(initialise(net, { seed: 5 }));
  const random = randomStream(11, 'data');
  const images = Uint8Array.from({ length: rows * sizeOf(net.input) }, () => random.below(256));
  const labels = Float32Array.from({ length: rows * sizeOf(networkOutput(net)) }, () => {
    const value = random.between(-1, 1);
    return value > 0.5 ? Number.NaN : value;
  });
  const data = await compiled.load(images, labels);
  const order = random.permutation(rows);
  const batches = Array.from({ length: Math.ceil(rows / batch) }, (_, i) =>
    order.subarray(i * batch, (i + 1) * batch),
  );
  return { compiled, data, batches };
}

const bitsOf = ({ buffer }: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>): Uint32Array =>
  new Uint32Array(buffer);

/** Every bit that ten steps of training, then measuring and predicting, leave behind. */
async function outcome(engine: Engine, task: Task): Promise<Map<string, Uint32Array>> {
  const { compiled, data, batches } = await prepare(engine, task);
  const steps = Array.from({ length: 10 }, (_, i) => ({
    order: batches[i % batches.length]!,
    ...SETTINGS,
  }));
  const losses = [
    ...(await compiled.train(data, steps.slice(0, 1))),
    ...(await compiled.train(data, steps.slice(1))),
  ];
  const { sum, count } = await compiled.evaluate(data, batches[0]!.subarray(1));
  const rows = Uint32Array.from({ length: data.rows }, (_, row) => row).reverse();
  const states = await compiled.ruleStates();
  const bits = new Map([
    ['losses', bitsOf(Float64Array.from(losses.flatMap((loss) => [loss.sum, loss.count])))],
    ['evaluation', bitsOf(Float64Array.of(sum, count))],
    ['predictions', bitsOf(await compiled.predict(data, rows))],
  ]);
  for (const [i, tensors] of [await compiled.parameters(), ...states].entries()) {
    for (const [name, values] of tensors) bits.set(`${name} ${i}`, bitsOf(values));
  }
  return bits;
}

const checksum = (bits: ReadonlyMap<string, Uint32Array>): number =>
  [...bits.values()].reduce((crc, { buffer }) => crc32(new Uint8Array(buffer), crc), 0);

describe.each(BUILDS)('%s build: the same bits', (build) => {
  describe.each<RuleSpec>([nesterov(), adam()])('$type', (rule) => {
    const task: Task = { network: EVERYTHING, rule, rows: 45, batch: 20 };
    const alone = (async () => {
      const engine = await Engine.start({ build, threads: 1 });
      try {
        return await outcome(engine, task);
      } finally {
        await engine.close();
      }
    })();

    test.each<EngineOptions>([{ threads: 1 }, { threads: 2 }, { threads: 3 }, { shared: false }])(
      '%o',
      async (options) => {
        const engine = await start({ ...options, build });
        expect(engine.shared).toBe(options.shared ?? true);
        expect(engine.threads).toBe(options.threads ?? 1);
        expect(await outcome(engine, task)).toEqual(await alone);
      },
    );

    test('every tensor has moved, and nothing is NaN', async () => {
      const bits = await alone;
      for (const [name, first] of initialise(EVERYTHING, { seed: 5 })) {
        expect(bits.get(`${name} 0`), name).not.toEqual(bitsOf(new Float32Array(first)));
      }
      for (const [name, { buffer }] of bits) {
        const values = /^(losses|evaluation)$/.test(name)
          ? new Float64Array(buffer)
          : new Float32Array(buffer);
        expect(values.every(Number.isFinite), name).toBe(true);
      }
    });
  });

  test('for layers within others, steps of two pixels, and maps that become vectors', async () => {
    const [one, three] = [await start({ build, threads: 1 }), await start({ build, threads: 3 })];
    for (const network of [NESTED, PLACES, MEANS]) {
      const task: Task = { network, rule: adam(), rows: 45, batch: 20 };
      expect(await outcome(three, task)).toEqual(await outcome(one, task));
    }
  });

  test('for layers of any size', async () => {
    const [one, three] = [await start({ build, threads: 1 }), await start({ build, threads: 3 })];
    const size = fc.integer({ min: 1, max: 70 });
    await fc.assert(
      fc.asyncProperty(size, size, size, size, async (filters, units, rows, batch) => {
        const net = network(
          [1, 9, 7],
          [conv2d(filters, 3), relu(), maxPool2d(), flatten(), dense(units), relu(), dense(2)],
        );
        const task: Task = { network: net, rule: nesterov(), rows, batch };
        expect(await outcome(three, task)).toEqual(await outcome(one, task));
      }),
      { numRuns: 25, seed: 1 },
    );
  });
});

test('the plain build gives the bits of every other machine', async () => {
  const engine = await start({ build: 'plain', threads: 2 });
  const task: Task = { network: EVERYTHING, rule: adam(), rows: 45, batch: 20 };
  // Another number means that runs of earlier versions cannot be repeated: say so in the CHANGELOG.
  expect(checksum(await outcome(engine, task))).toBe(1274069313);
});

describe.each([{ threads: 2 }, { shared: false }])('memory: %o', (options) => {
  test('a thousand steps do not grow it', async () => {
    const engine = await start(options);
    const task: Task = { network: EVERYTHING, rule: adam(), rows: 12, batch: 8 };
    const { compiled, data, batches } = await prepare(engine, task);
    const order = batches.flatMap((batch) => [...batch]);
    const steps = Array.from({ length: 50 }, (_, i) => ({ order: batches[i % 2]!, ...SETTINGS }));
    const hundreds = async (count: number): Promise<void> => {
      for (let i = 0; i < 2 * count; i++) {
        await compiled.train(data, steps);
        await compiled.evaluate(data, Uint32Array.from(order));
        await compiled.predict(data, Uint32Array.from(order));
        await compiled.snapshot();
      }
    };
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const measure = async (): Promise<NodeJS.MemoryUsage> => {
      // What a collection finds is given back by a thread of its own, a little later.
      for (let i = 0; i < 3; i++) {
        collectGarbage();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return process.memoryUsage();
    };
    await hundreds(2);
    const engineBytes = engine.memoryBytes;
    const before = await measure();
    await hundreds(10);
    const after = await measure();
    expect(engine.memoryBytes).toBe(engineBytes);
    // One table of fifty steps has 2,800 bytes; twenty that stayed would show.
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(20_000);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(1_000_000);
    expect(after.rss - before.rss).toBeLessThan(20_000_000);
  });

  test('two who reserve at once get blocks of their own, filled with zeros', async () => {
    const engine = await start(options);
    const [first, second] = await Promise.all([engine.reserve(200_000), engine.reserve(100_000)]);
    expect(second).toBeGreaterThanOrEqual(first! + 200_000);
    await engine.write(first!, new Uint8Array(200_000).fill(255));
    expect((await engine.read(second!, 100_000)).every((byte) => byte === 0)).toBe(true);
    expect(engine.memoryBytes).toBeGreaterThanOrEqual(second! + 100_000);
  });

  test('what was released is zero when it is reserved again', async () => {
    const engine = await start(options);
    const kept = await engine.reserve(100);
    await engine.write(kept, new Uint8Array(100).fill(1));
    const address = engine.nextAddress;
    for (const bytes of [200_000, 50_000, 300_000]) {
      expect(await engine.reserve(bytes)).toBe(address);
      expect((await engine.read(address, bytes)).every((byte) => byte === 0)).toBe(true);
      await engine.write(address, new Uint8Array(bytes).fill(255));
      engine.release(address);
    }
    const before = engine.memoryBytes;
    await engine.reserve(250_000);
    expect(engine.memoryBytes).toBe(before);
    expect(await engine.read(kept, 100)).toEqual(new Uint8Array(100).fill(1));
    for (const wrong of [0, address + 1, engine.nextAddress + 64, Number.NaN]) {
      expect(() => engine.release(wrong)).toThrow(`address ${wrong} cannot be released`);
    }
  });

  test('a network that is compiled anew in the same memory goes on with the same bits', async () => {
    const engine = await start(options);
    const task: Task = { network: EVERYTHING, rule: adam(), rows: 12, batch: 8 };
    const address = engine.nextAddress;
    const first = await prepare(engine, task);
    const steps = first.batches.map((order) => ({ order, ...SETTINGS }));
    await first.compiled.train(first.data, steps);
    const [parameters, states] = [
      await first.compiled.parameters(),
      await first.compiled.ruleStates(),
    ];
    const expected = await first.compiled.train(first.data, steps);
    const { memoryBytes } = engine;

    engine.release(address);
    const second = await prepare(engine, task);
    await second.compiled.setParameters(parameters);
    await second.compiled.setRuleStates(states);
    second.compiled.stepsDone = steps.length;
    expect(await second.compiled.train(second.data, steps)).toEqual(expected);
    expect(engine.memoryBytes).toBe(memoryBytes);
  });

  test('more than 4 GiB are refused, and the engine goes on', async () => {
    const engine = await start(options);
    const bytes = engine.memoryBytes;
    await expect(engine.reserve(5 * 2 ** 30)).rejects.toThrow(
      refusal("the engine's memory is limited to 4 GiB; 5.0 GiB were asked for"),
    );
    expect(engine.memoryBytes).toBe(bytes);
    const address = await engine.reserve(8);
    await engine.write(address, Float32Array.of(1, 2));
    expect([...(await engine.readFloats(address, 2))]).toEqual([1, 2]);
  });

  test('a closed engine refuses every call', async () => {
    const engine = await start(options);
    const { compiled, data, batches } = await prepare(engine, {
      network: EVERYTHING,
      rule: nesterov(),
      rows: 16,
      batch: 8,
    });
    const steps = Array.from({ length: 64 }, () => ({ order: batches[0]!, ...SETTINGS }));
    const waiting = compiled.train(data, steps);
    waiting.catch(() => {});
    const closing = engine.close();
    const closed = 'the engine is closed';
    await expect(waiting).rejects.toThrow(closed);
    await closing;
    await engine.close();
    await expect(engine.reserve(1)).rejects.toThrow(closed);
    await expect(engine.write(0, new Uint8Array(1))).rejects.toThrow(closed);
    await expect(engine.read(0, 1)).rejects.toThrow(closed);
    await expect(engine.run(0, 0, 1)).rejects.toThrow(closed);
    await expect(compiled.train(data, steps)).rejects.toThrow(closed);
    await expect(compiled.predict(data, batches[0]!)).rejects.toThrow(closed);
    await expect(compiled.parameters()).rejects.toThrow(closed);
  });
});

describe('threads', () => {
  test.each([0, -1, 1.5, Number.NaN])('%d of them are refused', async (threads) => {
    await expect(Engine.start({ threads })).rejects.toThrow(
      refusal(`${threads} threads, expected a whole number from 1`),
    );
  });

  test.each([0, 1])('when thread %d dies, what waits is rejected', async (thread) => {
    const engine = await start({ threads: 2 });
    const task: Task = { network: EVERYTHING, rule: nesterov(), rows: 64, batch: 64 };
    const { compiled, data, batches } = await prepare(engine, task);
    const waiting = compiled.train(
      data,
      Array.from({ length: 64 }, () => ({ order: batches[0]!, ...SETTINGS })),
    );
    waiting.catch(() => {});
    // Only in the next turn of the loop, when the step table has been written and the job posted.
    await new Promise((resolve) => setTimeout(resolve));
    // biome-ignore lint/complexity/useLiteralKeys: the handle is private
    await engine['workers'][thread]!.terminate();
    await expect(waiting).rejects.toThrow('an engine thread has ended (code 1)');
    await expect(compiled.parameters()).rejects.toThrow('an engine thread has ended');
  });

  test('a trap in the kernels rejects what waits and all that follows', async () => {
    const engine = await start({ threads: 2 });
    const program = await engine.reserve(64);
    await engine.write(program, Int32Array.of(0, 0, 999, 0, 0));
    await expect(engine.run(program, program, 1)).rejects.toThrow('unreachable');
    await expect(engine.run(program, program, 1)).rejects.toThrow('unreachable');
  });

  test('the memory of a program may be used for something else as soon as it has run', async () => {
    // Threads that wait for a processor come late to the program's end.
    const engine = await start({ threads: 48 });
    const address = await engine.reserve(128);
    const program = Int32Array.of(0, 0, Op.Peak, address + 64, 0);
    await engine.write(address + 64, Int32Array.of(1, 48, address + 96));
    for (let i = 0; i < 100; i++) {
      await engine.write(address, program);
      await engine.run(address, address, 1);
      await engine.write(address, new Int32Array(5).fill(999));
    }
  });

  test('none is left of twenty engines', async () => {
    const workers: Worker[] = [];
    const count = (worker: Worker): void => void workers.push(worker);
    process.on('worker', count);
    for (let i = 0; i < 20; i++) {
      const engine = await Engine.start({ threads: 3, shared: i % 4 > 0, build: BUILDS[i % 2]! });
      await engine.close();
    }
    process.off('worker', count);
    expect(workers).toHaveLength(15 * 3 + 5);
    // Node's number of a thread that has ended.
    for (const { threadId } of workers) expect(threadId).toBe(-1);
  });
});

describe('a process ends by itself', () => {
  const run = (
    options: EngineOptions,
    body: string,
    ...flags: readonly string[]
  ): Promise<{ stdout: string }> =>
    promisify(execFile)(
      process.execPath,
      [
        ...flags,
        '--input-type=module',
        '--eval',
        `import { Engine } from '${built('src/engine/engine.js')}';
         import { selfCheck } from '${built('src/engine/self-check.js')}';
         const engine = await Engine.start(${JSON.stringify(options)});
         ${body}`,
      ],
      { timeout: 20_000 },
    );

  test.each<EngineOptions>([{ threads: 3 }, { shared: false }])(
    'though an engine was left open: %o',
    async (options) => {
      const { stdout } = await run(options, 'await selfCheck(engine); console.log("trained");');
      expect(stdout).toBe('trained\n');
    },
  );

  test('with the right results where V8 has not optimised anything, and threads have to sleep', async () => {
    const trained = await run({ threads: 8 }, 'await selfCheck(engine);', '--liftoff-only');
    expect(trained.stdout).toBe('');
  });

  test('but not while it closes engines', async () => {
    const { stdout } = await run(
      { threads: 3 },
      `await engine.close();
       for (let i = 0; i < 10; i++) await (await Engine.start({ threads: 3 })).close();
       console.log('closed');`,
    );
    expect(stdout).toBe('closed\n');
  });

  test('though the threads of an open engine have failed', async () => {
    const { stdout } = await run(
      { threads: 2 },
      `const program = await engine.reserve(64);
       await engine.write(program, Int32Array.of(0, 0, 999, 0, 0));
       await engine.run(program, program, 1).catch((error) => console.log(error.message));`,
    );
    expect(stdout).toBe('unreachable\n');
  });
});
