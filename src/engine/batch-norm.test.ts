import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fill, relativeDifference } from '../../test/golden.ts';
import { initialise, type Parameters } from '../nn/initialise.ts';
import {
  batchNorm,
  conv2d,
  dense,
  flatten,
  type LayerSpec,
  maxPool2d,
  relu,
  tanh,
} from '../nn/layers.ts';
import type { LearningByLayer } from '../nn/learning.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import { layerInfos, type NetworkSpec, network, networkOutput, sizeOf } from '../nn/network.ts';
import { adam, momentum, type RuleSpec } from '../nn/rule.ts';
import { randomStream } from '../random.ts';
import { CompiledNetwork, type CompileOptions } from './compiled-network.ts';
import { Engine } from './engine.ts';
import { ReferenceNetwork } from './reference/reference-network.ts';
import { ReferenceTrainer } from './reference/reference-trainer.ts';
import type { LossSum } from './step-table.ts';

const ROWS = 13;
const BATCH = 8;
const SETTINGS = { learningRate: 0.01, momentum: 0.9 };
/** Three epochs of a whole batch and the rest. */
const ORDERS = [0, 8, 0, 8, 0, 8].map((first) => counting(ROWS).subarray(first, first + BATCH));

const same = (filters: number): LayerSpec => conv2d(filters, 3, { padding: 'same' });

/**
 * First of all, behind pooling, before ReLU, of maps, of a map made flat, of a vector. Never directly
 * behind a layer with biases, whose gradients would be nothing but rounding.
 */
const EVERYWHERE = network(
  [2, 12, 14],
  [
    ...[batchNorm(), same(6), relu(), maxPool2d(), batchNorm({ momentum: 0.5 })],
    ...[same(9), tanh(), batchNorm(), relu(), maxPool2d()],
    ...[conv2d(5, 2), tanh(), flatten(), batchNorm({ epsilon: 0.1 })],
    ...[dense(13), relu(), batchNorm({ epsilon: 0.1 }), dense(7), tanh()],
    ...[batchNorm({ epsilon: 0.1 }), dense(4)],
  ],
);

function counting(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

const inputs = ({ input }: NetworkSpec): Float32Array =>
  Float32Array.from(fill(ROWS * sizeOf(input), [1, 0.1]));

const targets = (net: NetworkSpec): Float32Array =>
  Float32Array.from(fill(ROWS * sizeOf(networkOutput(net)), [1, 0.4]), (value) =>
    value > 0.6 ? Number.NaN : value,
  );

/** First weights, with moments that are not those of a standard normal distribution. */
function weightsOf(net: NetworkSpec): Parameters {
  const weights = initialise(net, { seed: 5 });
  for (const [name, values] of weights) {
    const random = randomStream(3, name);
    const range = { mean: [-0.2, 0.2], variance: [0.5, 1.5] }[name.split('.')[1]!];
    if (range)
      weights.set(
        name,
        values.map(() => random.between(range[0]!, range[1]!)),
      );
  }
  return weights;
}

const rowsOf = (values: Float32Array, order: Uint32Array): Float64Array => {
  const width = values.length / ROWS;
  return Float64Array.from(
    [...order].flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]),
  );
};

const movedFrom = (first: ArrayLike<number>, end: ArrayLike<number>): Float64Array =>
  Float64Array.from(first, (value, i) => end[i]! - value);

describe.each(['plain', 'relaxed'] as const)('batch normalisation, %s build', (build) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start({ build, threads: 2 });
  });
  afterAll(() => engine.close());

  const compile = async (
    net: NetworkSpec,
    options: Partial<CompileOptions> = {},
    on = engine,
  ): Promise<CompiledNetwork> => {
    const compiled = await CompiledNetwork.create(on, net, {
      ...{ batch: BATCH, loss: maskedMeanSquaredError(), rule: adam(), seed: 7 },
      ...options,
    });
    await compiled.setParameters(weightsOf(net));
    return compiled;
  };

  test.each<[string, RuleSpec, LearningByLayer]>([
    ['AdamW', adam({ weightDecay: 0.1 }), new Map()],
    ['momentum', momentum(), new Map()],
    [
      'momentum, some layers frozen',
      momentum(),
      new Map(['norm1', 'norm3', 'norm5', 'conv2'].map((name) => [name, { frozen: true }])),
    ],
  ])('learns as the reference: %s', async (_, rule, layers) => {
    const net = EVERYWHERE;
    const first = weightsOf(net);
    const reference = new ReferenceNetwork(net, first);
    const loss = maskedMeanSquaredError();
    const trainer = new ReferenceTrainer(reference, loss, rule, 7, layers);
    const compiled = await compile(net, { rule, layers });
    const [images, labels] = [inputs(net), targets(net)];
    const data = await compiled.load(images, labels);
    for (const order of ORDERS) {
      const [{ sum, count }] = (await compiled.train(data, [{ order, ...SETTINGS }])) as [LossSum];
      const pick = (values: Float32Array): Float64Array => rowsOf(values, order);
      const expected = trainer.step(pick(images), pick(labels), order.length, SETTINGS);
      expect(relativeDifference([sum / count], [expected])).toBeLessThan(1e-4);
    }
    for (const [name, values] of await compiled.parameters()) {
      if (layers.has(name.split('.')[0]!)) expect(values, name).toEqual(first.get(name));
      const [actual, expected] = [values, reference.parameters.get(name)!].map((end) =>
        movedFrom(first.get(name)!, end),
      );
      expect(relativeDifference(actual!, expected!), name).toBeLessThan(5e-3);
    }
    // Prediction takes the moments that were kept, for one picture as for many.
    const expected = reference.forward(Float64Array.from(images), ROWS);
    const found = await compiled.predict(data, counting(ROWS));
    expect(relativeDifference(found, expected)).toBeLessThan(1e-3);
    const one = await compiled.predict(data, Uint32Array.of(3));
    expect(one).toEqual(found.subarray(3 * one.length, 4 * one.length));
  });

  test('has the same bits on 1, 2 and 3 threads', async () => {
    const outcomes: unknown[] = [];
    for (const threads of [1, 2, 3]) {
      const other = await Engine.start({ build, threads });
      try {
        const compiled = await compile(EVERYWHERE, {}, other);
        const data = await compiled.load(inputs(EVERYWHERE), targets(EVERYWHERE));
        const steps = ORDERS.map((order) => ({ order, ...SETTINGS }));
        const losses = await compiled.train(data, steps);
        outcomes.push([losses, await compiled.parameters(), await compiled.ruleStates()]);
      } finally {
        await other.close();
      }
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });

  test('of one row: a value of its own becomes the bias', async () => {
    const net = network([3], [batchNorm()]);
    const compiled = await compile(net, { batch: 1, keepGradients: true });
    const biases = [0.5, -1, 2];
    await compiled.setParameters(weightsOf(net).set('norm1.bias', Float32Array.from(biases)));
    const data = await compiled.load(Float32Array.of(3, 7, -0.1), Float32Array.of(1, 1, 1));
    await compiled.train(data, [{ order: counting(1), learningRate: 0, momentum: 0 }]);
    expect([...(await compiled.readMaps(compiled.plan.output, 1))]).toEqual(
      biases.map((bias) => expect.closeTo(bias, 3)),
    );
    expect([...(await compiled.readMaps(compiled.plan.inputGradient!, 1))]).toEqual(
      [0, 0, 0].map((zero) => expect.closeTo(zero, 3)),
    );
  });

  test('its operations, which share their arguments, can be run one by one', async () => {
    const net = network([2, 5, 5], [batchNorm()]);
    const compiled = await compile(net);
    const { plan } = compiled;
    const data = await compiled.load(inputs(net));
    const expected = await compiled.predict(data, counting(BATCH));
    await compiled.writeMaps(plan.output, BATCH, new Float32Array(expected.length));
    for (const instruction of plan.infer) await compiled.runInstructions([instruction]);
    expect(await compiled.readMaps(plan.output, BATCH)).toEqual(expected);
  });

  // The sum of squares of such values, in float32, would leave nothing of their variance.
  test.each([
    [1, 1e3],
    [1e-3, 1],
    [1, 3e4],
  ])(
    'a deviation of %d around a mean of %d is told as well as float32 can',
    async (deviation, mean) => {
      const net = network(
        [3, 20, 33],
        [batchNorm({ epsilon: 1e-12 }), tanh(), flatten(), dense(4)],
      );
      const values = fill(ROWS * sizeOf(net.input), [deviation, 0.3]);
      const images = Float32Array.from(values, (value) => mean + value);
      const compiled = await compile(net, { batch: ROWS, keepGradients: true });
      const data = await compiled.load(images, targets(net));
      const order = counting(ROWS);
      const parameters = weightsOf(net);
      await compiled.train(data, [{ order, learningRate: 0, momentum: 0 }]);
      const reference = new ReferenceNetwork(net, parameters);
      const trainer = new ReferenceTrainer(reference, maskedMeanSquaredError(), adam());
      const { prediction, gradients } = trainer.evaluate(
        ...([Float64Array.from(images), targets(net), ROWS] as const),
      );
      // A float32 of that size is known to one part in 2^24.
      const limit = (20 * mean) / deviation / 2 ** 24;
      const output = await compiled.readMaps(compiled.plan.output, ROWS);
      expect(relativeDifference(output, prediction)).toBeLessThan(limit);
      for (const [name, gradient] of await compiled.gradients()) {
        expect(relativeDifference(gradient, gradients.get(name)!), name).toBeLessThan(limit);
      }
      const now = await compiled.parameters();
      const [kept, expected] = [now, reference.parameters].map((all) => all.get('norm1.variance')!);
      expect(relativeDifference(kept!, expected!)).toBeLessThan(limit);
    },
  );

  test('a frozen one is a line, whose factor gradients pass', async () => {
    const net = network([1, 6, 6], [conv2d(3, 3), batchNorm(), flatten(), dense(2)]);
    const learning = new Map([['norm1', { frozen: true }]]);
    const compiled = await compile(net, { layers: learning, keepGradients: true });
    expect(compiled.plan.backward.map(({ label }) => label)).toContain('norm1 backward');
    expect(compiled.plan.forward.map(({ label }) => label)).not.toContain('norm1 sums');
    const data = await compiled.load(inputs(net), targets(net));
    const order = ORDERS[0]!;
    await compiled.train(data, [{ order, learningRate: 0, momentum: 0 }]);
    const reference = new ReferenceTrainer(
      new ReferenceNetwork(net, weightsOf(net)),
      ...([maskedMeanSquaredError(), adam(), 7, learning] as const),
    );
    const { gradients } = reference.evaluate(
      ...([rowsOf(inputs(net), order), rowsOf(targets(net), order), order.length] as const),
    );
    for (const [name, gradient] of await compiled.gradients()) {
      expect(relativeDifference(gradient, gradients.get(name)!), name).toBeLessThan(1e-4);
    }
    expect(layerInfos(net)[1]!.parameters).toHaveLength(4);
  });
});
