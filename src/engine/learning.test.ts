import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fill, relativeDifference } from '../../test/golden.ts';
import { initialise } from '../nn/initialise.ts';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  maxPool2d,
  relu,
  sigmoid,
  tanh,
} from '../nn/layers.ts';
import { frozenPrefix, type LearningByLayer } from '../nn/learning.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import {
  layerInfos,
  type NetworkSpec,
  network,
  networkOutput,
  parameterInfos,
  sizeOf,
} from '../nn/network.ts';
import { adagrad, adam, momentum, nesterov, type RuleSpec, rmsprop, sgd } from '../nn/rule.ts';
import { CompiledNetwork, type CompileOptions, type Tensors } from './compiled-network.ts';
import { Engine } from './engine.ts';
import { ReferenceNetwork } from './reference/reference-network.ts';
import { ReferenceTrainer } from './reference/reference-trainer.ts';
import type { LoadedData, LossSum } from './step-table.ts';

const RULES: readonly RuleSpec[] = [
  sgd(),
  momentum(),
  nesterov(),
  adagrad(),
  rmsprop(),
  adam(),
  adam({ weightDecay: 0.1 }),
  nesterov({ clipValue: 0.001 }),
];
const SETTINGS = { learningRate: 0.01, momentum: 0.9 };
const ROWS = 11;
const BATCH = 8;
/** Two epochs of a whole batch and the rest. */
const ORDERS = [0, 8, 0, 8].map((first) => counting(ROWS).subarray(first, first + BATCH));

/** Every kind of layer, fused and alone, with maps of odd sizes and channels that fill no vector. */
const NET = network(
  [2, 15, 13],
  [
    ...[dropout(0.1), conv2d(6, 3), relu(), maxPool2d(), dropout(0.2)],
    ...[conv2d(9, 3, { padding: 'same' }), sigmoid(), maxPool2d(), dropout(0.3)],
    ...[
      conv2d(5, 2),
      relu(),
      flatten(),
      dense(13),
      relu(),
      dropout(0.5),
      dense(7),
      tanh(),
      dense(4),
    ],
  ],
);
const WITH_WEIGHTS = layerInfos(NET)
  .filter(({ parameters }) => parameters.length > 0)
  .map(({ name }) => name);

function counting(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

/** A network like `NET` in which some layers are others. */
const changed = (
  spec: NetworkSpec,
  change: (layer: NetworkSpec['layers'][number], index: number) => NetworkSpec['layers'][number],
): NetworkSpec => network(spec.input, spec.layers.map(change));

const frozen = (names: readonly string[]): LearningByLayer =>
  new Map(names.map((name) => [name, { frozen: true }]));

const bitsOf = (tensors: Tensors): Map<string, Uint32Array> =>
  new Map([...tensors].map(([name, { buffer }]) => [name, new Uint32Array(buffer)]));

const targets = (net: NetworkSpec): Float32Array =>
  Float32Array.from(fill(ROWS * sizeOf(networkOutput(net)), [1, 0.4]), (value) =>
    value > 0.6 ? Number.NaN : value,
  );

const inputs = (net: NetworkSpec): Float32Array =>
  Float32Array.from(fill(ROWS * sizeOf(net.input), [1, 0.1]));

/** Everything that training leaves behind. */
interface Outcome {
  readonly losses: readonly LossSum[];
  readonly parameters: Map<string, Uint32Array>;
  readonly states: readonly Map<string, Uint32Array>[];
}

const only = ({ losses, parameters, states }: Outcome, names: readonly string[]): Outcome => {
  const pick = (tensors: Map<string, Uint32Array>): Map<string, Uint32Array> =>
    new Map([...tensors].filter(([name]) => names.includes(name.split('.')[0]!)));
  return { losses, parameters: pick(parameters), states: states.map(pick) };
};

describe.each(['plain', 'relaxed'] as const)('%s build', (build) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start({ build, threads: 2 });
  });
  afterAll(() => engine.close());

  async function prepare(
    net: NetworkSpec,
    options: Partial<CompileOptions>,
    images = inputs(net),
  ): Promise<{ compiled: CompiledNetwork; data: LoadedData }> {
    const compiled = await CompiledNetwork.create(engine, net, {
      batch: BATCH,
      loss: maskedMeanSquaredError(),
      rule: nesterov(),
      seed: 7,
      ...options,
    });
    await compiled.setParameters(initialise(net, { seed: 5 }));
    return { compiled, data: await compiled.load(images, targets(net)) };
  }

  async function outcome(compiled: CompiledNetwork, losses: readonly LossSum[]): Promise<Outcome> {
    const states = await compiled.ruleStates();
    return { losses, parameters: bitsOf(await compiled.parameters()), states: states.map(bitsOf) };
  }

  async function trained(
    net: NetworkSpec,
    options: Partial<CompileOptions>,
    images?: Float32Array,
  ): Promise<Outcome> {
    const { compiled, data } = await prepare(net, options, images);
    const steps = ORDERS.map((order) => ({ order, ...SETTINGS }));
    return outcome(compiled, await compiled.train(data, steps));
  }

  test('any layers frozen: they keep every bit, the others learn as beside layers of rate 0', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(WITH_WEIGHTS),
        fc.constantFrom(...RULES),
        fc.boolean(),
        async (names, rule, keepGradients) => {
          const layers = frozen(names);
          const prefix = frozenPrefix(layerInfos(NET), layers);
          const actual = await trained(NET, { rule, layers, keepGradients });
          const first = bitsOf(initialise(NET, { seed: 5 }) as Tensors);
          for (const [name, bits] of actual.parameters) {
            const isFrozen = names.includes(name.split('.')[0]!);
            if (isFrozen) expect(bits, name).toEqual(first.get(name));
            else expect(bits, name).not.toEqual(first.get(name));
          }
          const still = changed(NET, (layer, i) =>
            layer.type === 'dropout' && i < prefix ? { ...layer, rate: 0 } : layer,
          );
          const expected = await trained(still, {
            rule,
            layers: new Map(names.map((name) => [name, { rate: 0 }])),
          });
          const others = WITH_WEIGHTS.filter((name) => !names.includes(name));
          expect(actual).toEqual({ ...only(expected, others), parameters: expected.parameters });
        },
      ),
      { numRuns: 30, seed: 1 },
    );
  });

  test('behind cached features, the head learns the bits that it learns in the whole', async () => {
    const infos = layerInfos(NET);
    const named = changed(NET, (layer, i) => ({ ...layer, name: infos[i]!.name }));
    for (const count of [1, 2, 3, 4, 5]) {
      const layers = frozen(WITH_WEIGHTS.slice(0, count));
      const whole = await trained(NET, { layers });
      let cut = frozenPrefix(infos, layers);
      // Features that were flattened already would come in another order than in the engine's memory.
      while (infos[cut - 1]!.spec.type === 'flatten') cut--;
      const front = named.layers.slice(0, cut);
      const { compiled, data } = await prepare(network(NET.input, front), {});
      const features = await compiled.predict(data, counting(ROWS));
      const head = network(infos[cut]!.input, named.layers.slice(cut));
      const firstDropout = front.filter(({ type }) => type === 'dropout').length;
      const actual = await trained(head, { layers, firstDropout }, features);
      expect(actual).toEqual(only(whole, WITH_WEIGHTS.slice(count)));
    }
  });

  test.each([1, 0.5])(
    'weights decay, biases and batch normalisations do not: rate %d',
    async (rate) => {
      const net = network(
        [2, 6, 6],
        [conv2d(5, 3), relu(), batchNorm(), flatten(), dense(3), batchNorm(), dense(2)],
      );
      const { compiled } = await prepare(net, {
        rule: adam({ weightDecay: 0.25 }),
        layers: new Map(layerInfos(net).map(({ name }) => [name, { rate }])),
      });
      const ones = new Map(
        parameterInfos(net).map(({ name, shape }) => [
          name,
          new Float32Array(sizeOf(shape)).fill(1),
        ]),
      );
      await compiled.setParameters(ones);
      const missing = new Float32Array(2 * BATCH).fill(Number.NaN);
      const data = await compiled.load(new Float32Array(BATCH * 72), missing);
      await compiled.train(data, [{ order: counting(BATCH), learningRate: 0.5, momentum: 0 }]);
      for (const [name, values] of await compiled.parameters()) {
        if (/mean|variance/.test(name)) continue;
        const left = /^(conv|dense).*weight/.test(name) ? 1 - 0.5 * rate * 0.25 : 1;
        expect(values, name).toEqual(new Float32Array(values.length).fill(left));
      }
    },
  );

  test('a factor of 1 changes no bit', async () => {
    const layers = new Map(WITH_WEIGHTS.map((name) => [name, { rate: 1, frozen: false }]));
    expect(await trained(NET, { layers })).toEqual(await trained(NET, {}));
  });

  describe.each(RULES)('$type', (rule) => {
    test.each([
      { frozen: ['conv1', 'conv2'] },
      { frozen: ['conv2', 'dense1', 'dense3'] },
      { frozen: [] },
    ])('frozen $frozen, the others at rates of their own: as the reference', async (given) => {
      const layers: LearningByLayer = new Map([
        ...[...frozen(given.frozen)],
        ...(given.frozen.includes('conv1') ? [] : [['conv1', { rate: 0.3 }] as const]),
        ['conv3', { rate: 2 }],
        ['dense2', { rate: 0.1 }],
      ]);
      const parameters = initialise(NET, { seed: 5 });
      const reference = new ReferenceNetwork(NET, parameters);
      const loss = maskedMeanSquaredError();
      const trainer = new ReferenceTrainer(reference, loss, rule, 7, layers);
      const { compiled, data } = await prepare(NET, { rule, layers });
      const [images, labels] = [inputs(NET), targets(NET)];
      for (const order of ORDERS) {
        const pick = (values: Float32Array): Float64Array => {
          const width = values.length / ROWS;
          const rows = [...order].map((row) => values.subarray(row * width, (row + 1) * width));
          return Float64Array.from(rows.flatMap((row) => [...row]));
        };
        const [{ sum, count }] = (await compiled.train(data, [{ order, ...SETTINGS }])) as [
          LossSum,
        ];
        const expected = trainer.step(pick(images), pick(labels), order.length, SETTINGS);
        expect(relativeDifference([sum / count], [expected])).toBeLessThan(1e-4);
      }
      for (const [name, values] of await compiled.parameters()) {
        const first = parameters.get(name)!;
        const moved = (end: ArrayLike<number>): Float64Array =>
          Float64Array.from(first, (value, i) => end[i]! - value);
        const expected = moved(reference.parameters.get(name)!);
        expect(relativeDifference(moved(values), expected), name).toBeLessThan(5e-3);
      }
    });

    test('parameters, states and the number of steps are all that another network needs to go on', async () => {
      const layers = new Map([
        ['conv2', { frozen: true }],
        ['dense1', { rate: 0.5 }],
      ]);
      const steps = ORDERS.map((order) => ({ order, ...SETTINGS }));
      const undisturbed = await prepare(NET, { rule, layers });
      const losses = await undisturbed.compiled.train(undisturbed.data, steps);

      const first = await prepare(NET, { rule, layers });
      const early = await first.compiled.train(first.data, steps.slice(0, 2));
      const second = await prepare(NET, { rule, layers });
      await second.compiled.setParameters(await first.compiled.parameters());
      await second.compiled.setRuleStates(await first.compiled.ruleStates());
      second.compiled.stepsDone = first.compiled.stepsDone;
      const late = await second.compiled.train(second.data, steps.slice(2));

      expect([...early, ...late]).toEqual(losses);
      expect(await outcome(second.compiled, losses)).toEqual(
        await outcome(undisturbed.compiled, losses),
      );
    });
  });

  describe('an average of the parameters', () => {
    const averaging = { decay: 0.5 };
    /** Parameters in one block and in several, and those that no gradient moves. */
    const net = network(
      [2, 9, 9],
      [
        ...[conv2d(5, 3), relu(), maxPool2d(), batchNorm(), dropout(0.2), flatten()],
        ...[dense(70), relu(), dense(4)],
      ],
    );
    const steps = ORDERS.map((order) => ({ order, ...SETTINGS }));

    test.each(RULES)('follows them step by step and disturbs nothing: $type', async (rule) => {
      const layers = new Map([['dense1', { rate: 0.5 }]]);
      const averaged = await prepare(net, { rule, layers, averaging });
      const plain = await prepare(net, { rule, layers });
      const expected = new Map(
        [...(await plain.compiled.parameters())].map(([name, values]) => [
          name,
          Float64Array.from(values),
        ]),
      );
      for (const [i, step] of steps.entries()) {
        await averaged.compiled.train(averaged.data, [step]);
        await plain.compiled.train(plain.data, [step]);
        const kept = Math.min(0.5, (1 + i) / (10 + i));
        for (const [name, values] of await plain.compiled.parameters()) {
          const mean = expected.get(name)!;
          values.forEach((value, j) => {
            mean[j] = kept * mean[j]! + (1 - kept) * value;
          });
        }
      }
      expect(bitsOf(await averaged.compiled.parameters())).toEqual(
        bitsOf(await plain.compiled.parameters()),
      );
      for (const [name, mean] of await averaged.compiled.averages()) {
        expect(relativeDifference(mean, expected.get(name)!), name).toBeLessThan(1e-6);
      }
    });

    test('is what is measured and predicted with, while training goes on from the parameters', async () => {
      const { compiled, data } = await prepare(net, { averaging });
      const early = await compiled.train(data, steps.slice(0, 2));
      const judge = await prepare(net, {});
      await judge.compiled.setParameters(await compiled.averages());
      const order = counting(ROWS);
      expect(await compiled.evaluate(data, order)).toEqual(
        await judge.compiled.evaluate(judge.data, order),
      );
      expect(await compiled.predict(data, order)).toEqual(
        await judge.compiled.predict(judge.data, order),
      );
      const late = await compiled.train(data, steps.slice(2));
      const undisturbed = await prepare(net, { averaging });
      expect([...early, ...late]).toEqual(
        await undisturbed.compiled.train(undisturbed.data, steps),
      );
      expect(bitsOf(await compiled.averages())).toEqual(
        bitsOf(await undisturbed.compiled.averages()),
      );
    });

    test('of a frozen layer is the layer', async () => {
      const layers = frozen(['conv1', 'norm1', 'dense1']);
      const { compiled, data } = await prepare(net, { averaging, layers });
      await compiled.train(data, steps);
      const [averages, parameters] = [await compiled.averages(), await compiled.parameters()];
      const different = [...parameters].filter(([name, values]) =>
        values.some((value, i) => value !== averages.get(name)![i]),
      );
      expect(different.map(([name]) => name)).toEqual(['dense2.weight', 'dense2.bias']);
    });

    test('can be taken over by another network', async () => {
      const first = await prepare(net, { averaging });
      await first.compiled.train(first.data, steps);
      const second = await prepare(net, { averaging });
      await second.compiled.setAverages(await first.compiled.averages());
      expect(bitsOf(await second.compiled.averages())).toEqual(
        bitsOf(await first.compiled.averages()),
      );
      expect(bitsOf(await second.compiled.parameters())).toEqual(
        bitsOf(initialise(net, { seed: 5 }) as Tensors),
      );
      await expect(second.compiled.setAverages(new Map())).rejects.toThrow(
        'parameter conv1.weight: undefined values',
      );
    });
  });

  test('nothing is computed on the way back below the lowest layer that learns', async () => {
    const labels = async (options: Partial<CompileOptions>): Promise<readonly string[]> => {
      const { compiled } = await prepare(NET, options);
      return compiled.plan.backward.map(({ label }) => label);
    };
    expect(await labels({ layers: frozen(WITH_WEIGHTS.slice(0, 4)) })).toEqual([
      ...['dense3 list', 'dense3 backward', 'dense3 bias update', 'tanh1 backward'],
      ...['dense2 list', 'dense2 backward', 'dense2 bias update'],
    ]);
    expect(await labels({ layers: frozen(['conv1', 'conv2', 'dense2', 'dense3']) })).toEqual([
      ...['dense3 list', 'dense3 backward', 'tanh1 backward', 'dense2 list', 'dense2 backward'],
      ...['dense1 list', 'dense1 backward', 'dense1 bias update'],
      ...['conv3 backward', 'conv3 reduce', 'conv3 weight update', 'conv3 bias update'],
    ]);
    expect(await labels({ layers: frozen(WITH_WEIGHTS) })).toEqual([]);
  });

  test('gradients pass through frozen layers: central differences', async () => {
    const smooth = network(
      [1, 7, 7],
      [conv2d(3, 2), tanh(), conv2d(4, 3), tanh(), flatten(), dense(5), tanh(), dense(4)],
    );
    const layers = frozen(['conv2', 'dense1', 'dense2']);
    const { compiled, data } = await prepare(smooth, { layers, keepGradients: true });
    const parameters = initialise(smooth, { seed: 5 });
    const order = counting(BATCH);
    await compiled.train(data, [{ order, learningRate: 0, momentum: 0 }]);
    const gradients = await compiled.gradients();
    expect([...gradients.keys()]).toEqual(['conv1.weight', 'conv1.bias']);
    for (const [name, gradient] of gradients) {
      const values = parameters.get(name)!;
      const differences: number[] = [];
      for (const [i, value] of values.entries()) {
        const lossAt = async (moved: number): Promise<number> => {
          values[i] = moved;
          await compiled.setParameters(parameters);
          const { sum, count } = await compiled.evaluate(data, order);
          return sum / count;
        };
        // Of fourth order, so that steps may be long and rounding in float32 does not matter.
        const slope = async (step: number): Promise<number> =>
          ((await lossAt(value + step)) - (await lossAt(value - step))) / (2 * step);
        differences.push((4 * (await slope(0.05)) - (await slope(0.1))) / 3);
        values[i] = value;
      }
      expect(relativeDifference(gradient, differences), name).toBeLessThan(1e-3);
    }
  });

  test('states that are left out begin with zeros; wrong ones are refused', async () => {
    const rule = adam();
    const { compiled, data } = await prepare(NET, { rule });
    await compiled.train(data, [{ order: ORDERS[0]!, ...SETTINGS }]);
    const [means, squares] = (await compiled.ruleStates()) as [Tensors, Tensors];
    const without = new Map([...means].filter(([name]) => !name.startsWith('conv1')));
    await compiled.setRuleStates([without, squares]);
    const [now] = (await compiled.ruleStates()) as [Tensors];
    expect(now.get('conv1.weight')).toEqual(new Float32Array(6 * 2 * 3 * 3));
    expect(now.get('dense1.weight')).toEqual(means.get('dense1.weight'));

    const refusals = compiled.setRuleStates([means]);
    await expect(refusals).rejects.toThrow('1 state tensors a parameter, adam keeps 2');
    const short = new Map([...means, ['dense2.bias', new Float32Array(6)]]);
    await expect(compiled.setRuleStates([short, squares])).rejects.toThrow(
      'dense2.bias: 6 values, expected 7',
    );
  });
});
