import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fill, relativeDifference } from '../../test/golden.ts';
import { blocksOf, networkOf } from '../nn/blocks.ts';
import { initialise, type Parameters } from '../nn/initialise.ts';
import { conv2d, dense, dropout, flatten, maxPool2d, relu, residual, tanh } from '../nn/layers.ts';
import { meanSquaredError } from '../nn/loss.ts';
import { type NetworkSpec, network, sizeOf } from '../nn/network.ts';
import { sgd } from '../nn/rule.ts';
import { CompiledNetwork } from './compiled-network.ts';
import { Engine } from './engine.ts';
import { activations, ascend, noiseOf, type UnitResponse } from './probe.ts';
import { ReferenceNetwork } from './reference/reference-network.ts';

const net = network(
  [1, 13, 13],
  [
    ...[conv2d(5, 3, { padding: 'same' }), relu(), maxPool2d(), dropout(0.5)],
    ...[conv2d(6, 2), tanh(), maxPool2d(), tanh()],
    ...[flatten(), dense(9), relu(), dropout(0.5), dense(4)],
  ],
);

/** First weights, and biases above 0, so that few units are silent. */
const parametersOf = (spec: NetworkSpec): Parameters =>
  new Map(
    [...initialise(spec, { seed: 3 })].map(([name, values]) => [
      name,
      name.endsWith('bias') ? Float32Array.from(fill(values.length, [0.1, 1]), Math.abs) : values,
    ]),
  );
const parameters = parametersOf(net);

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({ build: 'plain', threads: 2 });
});
afterAll(() => engine.close());

describe('activations', () => {
  const rows = 3;
  const inputs = Float32Array.from(fill(rows * sizeOf(net.input), [1, 0.3]), Math.abs);

  test('equal the reference behind every block', async () => {
    const all = await activations(engine, net, parameters, inputs);
    expect(all.map(({ block }) => block.name)).toEqual([
      ...['conv1', 'pool1', 'conv2', 'pool2', 'dense1', 'dense2'],
    ]);
    for (const [i, { block, values }] of all.entries()) {
      const layers = blocksOf(net)
        .slice(0, i + 1)
        .flatMap((one) => one.layers);
      const reference = new ReferenceNetwork(networkOf(layers), known(layers));
      const expected = reference.forward(Float64Array.from(inputs), rows);
      expect(values.length).toBe(rows * sizeOf(block.output));
      expect(relativeDifference(values, expected)).toBeLessThan(1e-5);
    }
  });

  test('the last ones are what the network says', async () => {
    const compiled = await CompiledNetwork.create(engine, net, {
      ...{ batch: rows, loss: meanSquaredError(), rule: sgd(), seed: 0 },
    });
    await compiled.setParameters(parameters);
    const output = await compiled.predict(await compiled.load(inputs), Uint32Array.of(0, 1, 2));
    const all = await activations(engine, net, parameters, inputs);
    expect(relativeDifference(all.at(-1)!.values, output)).toBeLessThan(1e-6);
  });
});

describe('ascend', () => {
  test.each(['conv1', 'conv2', 'dense1', 'dense2'])(
    'two steps on %s equal the reference',
    async (name) => {
      const options = { steps: 2, stepSize: 0.1, seed: 5 };
      const responses = await ascend(engine, net, parameters, name, options);
      const expected = referenceAscent(name, options);
      expect(responses.length).toBe(expected.length);
      for (const [i, { unit, input, activation }] of responses.entries()) {
        expect(unit).toBe(i);
        expect(relativeDifference(input, expected[i]!.input)).toBeLessThan(1e-4);
        expect(relativeDifference([activation], [expected[i]!.activation])).toBeLessThan(1e-4);
      }
      expect(responses.some(({ activation }) => activation > 0)).toBe(true);
    },
  );

  test('more units than go together, on any number of threads, give the same bits', async () => {
    const wide = network([1, 6, 6], [conv2d(40, 3), relu(), conv2d(39, 2), relu()]);
    const one = await Engine.start({ build: 'plain', threads: 1 });
    const narrow = network([1, 6, 6], [conv2d(40, 3), relu(), conv2d(2, 2), relu()]);
    const values = parametersOf(wide);
    const cut = new Map<string, Float32Array>(values);
    cut.set('conv2.weight', values.get('conv2.weight')!.slice(37 * 160));
    cut.set('conv2.bias', values.get('conv2.bias')!.slice(37));
    try {
      const options = { steps: 5 };
      const all = await ascend(engine, wide, values, 'conv2', options);
      const last = await ascend(one, narrow, cut, 'conv2', options);
      expect(all.map(({ unit }) => unit)).toEqual([...all.keys()]);
      expect(all.slice(37).map(bits)).toEqual(last.map(bits));
    } finally {
      await one.close();
    }
  });

  test('a silent unit stays at the noise', async () => {
    const silent = network([1, 4, 4], [conv2d(1, 2), relu()]);
    const values = new Map([
      ['conv1.weight', Float32Array.of(-1, -1, -1, -1)],
      ['conv1.bias', Float32Array.of(-1)],
    ]);
    const [response] = await ascend(engine, silent, values, 'conv1', { steps: 3 });
    expect(response!.activation).toBe(0);
    expect(response!.input).toEqual(noiseOf([1, 4, 4], 42));
  });

  test('tells how far it is', async () => {
    const told: number[] = [];
    await ascend(engine, net, parameters, 'conv1', {
      steps: 4,
      onProgress: (done) => told.push(done),
    });
    expect(told).toEqual([0.25, 0.5, 0.75, 1]);
  });
});

const bits = ({ input, activation }: UnitResponse): unknown => ({ input, activation });

const known = (layers: readonly { readonly parameters: readonly { readonly name: string }[] }[]) =>
  new Map(
    layers.flatMap((layer) =>
      layer.parameters.map(({ name }) => [name, parameters.get(name)!] as const),
    ),
  );

/** The formula of `ascend` in float64, unit by unit. */
function referenceAscent(
  name: string,
  { steps, stepSize, seed }: { steps: number; stepSize: number; seed: number },
): { input: Float64Array; activation: number }[] {
  const blocks = blocksOf(net);
  const layers = blocks
    .slice(0, blocks.findIndex((block) => block.name === name) + 1)
    .flatMap((block) => block.layers);
  const reference = new ReferenceNetwork(networkOf(layers), known(layers));
  const [unitCount, ...map] = layers.at(-1)!.output as [number, ...number[]];
  const area = sizeOf(map);
  return Array.from({ length: unitCount }, (_, unit) => {
    const input = Float64Array.from(noiseOf(net.input, seed));
    const cotangent = new Float64Array(unitCount * area);
    cotangent.fill(1 / area, unit * area, (unit + 1) * area);
    for (let step = 0; step < steps; step++) {
      reference.forward(input, 1);
      const gradient = reference.backward(cotangent).input;
      const length = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0) / gradient.length);
      gradient.forEach((g, i) => {
        input[i]! += (stepSize * g) / (length + 1e-5);
      });
    }
    const output = reference.forward(input, 1);
    const own = output.subarray(unit * area, (unit + 1) * area);
    return { input, activation: own.reduce((sum, value) => sum + value, 0) / area };
  });
}

test('what a layer within a residual block responds to does not depend on the addition behind it', async () => {
  const within = [relu(), conv2d(3, 3, { padding: 'same' }), relu()];
  const block = network([1, 9, 9], [conv2d(3, 3), residual(within), maxPool2d()]);
  const plain = network(
    [1, 9, 9],
    [conv2d(3, 3), relu(), conv2d(3, 3, { padding: 'same', name: 'residual1.conv1' }), relu()],
  );
  const values = parametersOf(block);
  const options = { steps: 3 };
  expect(await ascend(engine, block, values, 'residual1.conv1', options)).toEqual(
    await ascend(engine, plain, values, 'residual1.conv1', options),
  );
  await expect(ascend(engine, block, values, 'residual1.conv2')).rejects.toThrow('no layer');
});
