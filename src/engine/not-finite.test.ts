import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initialise } from '../nn/initialise.ts';
import { batchNorm, conv2d, dense, flatten, maxPool2d, relu, tanh } from '../nn/layers.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import { network } from '../nn/network.ts';
import { adam } from '../nn/rule.ts';
import { CompiledNetwork } from './compiled-network.ts';
import { Engine } from './engine.ts';
import { notFinite, notFiniteWeights } from './not-finite.ts';

const ROWS = 8;
const net = network(
  [1, 8, 8],
  [
    ...[conv2d(4, 3, { padding: 'same' }), relu(), maxPool2d(), batchNorm()],
    ...[conv2d(4, 3), tanh(), flatten(), dense(6), relu(), dense(2)],
  ],
);
const order = Uint32Array.from({ length: ROWS }, (_, i) => i);
const step = { order, learningRate: 0.001, momentum: 0.9 };

describe.each([1, 2])('%d threads', (threads) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start({ build: 'plain', threads });
  });
  afterAll(() => engine.close());

  /** A network of which one parameter has another value at a place. */
  async function broken(name: string, value: number) {
    const options = { batch: ROWS, loss: maskedMeanSquaredError(), rule: adam(), seed: 0 };
    const compiled = await CompiledNetwork.create(engine, net, options);
    const parameters = initialise(net, { seed: 1 });
    parameters.get(name)![1] = value;
    await compiled.setParameters(parameters);
    const images = Uint8Array.from({ length: ROWS * 64 }, (_, i) => (i * 7) % 256);
    const data = await compiled.load(images, new Float32Array(2 * ROWS).fill(0.1));
    return { compiled, data, parameters };
  }

  test('a batch whose loss is not finite moves nothing, nor do those behind it', async () => {
    const { compiled, data, parameters } = await broken('dense2.bias', Infinity);
    const losses = await compiled.train(data, [step, step, step]);
    expect(losses.map(({ sum }) => sum)).toEqual([Infinity]);
    expect(compiled.stepsDone).toBe(0);
    for (const [name, values] of await compiled.parameters()) {
      if (!/mean|variance/.test(name)) expect(values, name).toEqual(parameters.get(name));
    }
    // The threads have met: they go on with what comes next.
    await compiled.setParameters(initialise(net, { seed: 1 }));
    expect(await compiled.train(data, [step, step])).toHaveLength(2);
    expect(compiled.stepsDone).toBe(2);
    expect(await notFinite(compiled)).toBeUndefined();
  });

  test.each([
    ['conv1.weight', Infinity, { layer: 'conv1', what: 'weights' }],
    ['norm1.bias', Number.NaN, { layer: 'norm1', what: 'weights' }],
    ['dense1.weight', Number.NaN, { layer: 'dense1', what: 'weights' }],
    ['conv2.bias', 3e38, undefined],
    ['dense1.bias', 3e38, { layer: 'dense2', what: 'output' }],
    ['norm1.weight', 3e38, { layer: 'norm1', what: 'output' }],
  ] as const)('%s of %d: where the first numbers are not finite', async (name, value, place) => {
    const { compiled, data, parameters } = await broken(name, value);
    if (place?.what === 'output') {
      // Weights of 100 behind it take what is just finite over the limit.
      for (const [other, values] of parameters) if (other !== name) values.fill(100);
      parameters.get('norm1.variance')!.fill(1);
      await compiled.setParameters(parameters);
    }
    const [loss] = await compiled.train(data, [step]);
    expect(Number.isFinite(loss!.sum)).toBe(place === undefined);
    expect(await notFinite(compiled)).toEqual(place);
    const layer = place?.what === 'weights' ? place.layer : undefined;
    expect(await notFiniteWeights(compiled)).toBe(layer);
  });

  test('of several layers, the one nearest to the output was the first', async () => {
    const { compiled, parameters } = await broken('conv1.weight', Number.NaN);
    parameters.get('dense1.weight')![0] = Number.NaN;
    await compiled.setParameters(parameters);
    expect(await notFiniteWeights(compiled)).toBe('dense1');
  });
});
