import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conv2d, dropout, relu } from '../../nn/layers.ts';
import { meanSquaredError } from '../../nn/loss.ts';
import { layerInfos, network, networkOutput, type Shape, sizeOf } from '../../nn/network.ts';
import { sgd } from '../../nn/rule.ts';
import { CompiledNetwork } from '../compiled-network.ts';
import { Engine } from '../engine.ts';
import { dropoutMask } from '../reference/dropout.ts';

const size = fc.integer({ min: 1, max: 9 });
const task = fc.record({
  shape: fc.oneof<fc.Arbitrary<Shape>[]>(
    fc.tuple(fc.integer({ min: 1, max: 37 }), size, size),
    fc.tuple(fc.integer({ min: 1, max: 80 })),
  ),
  rate: fc.constantFrom(0, 1e-6, 0.1, 0.37, 0.5, 0.9, 1 - 1e-7),
  rows: fc.integer({ min: 1, max: 9 }),
  step: fc.integer({ min: 0, max: 1000 }),
  /** Whether it is fused with a convolution before it. */
  fused: fc.boolean(),
  /** Whether what follows wants zeros around its input. */
  padded: fc.boolean(),
});

/** Weights of a convolution that passes its input on. */
function identity([filters, channels, kernel]: readonly number[]): Float32Array {
  const middle = (kernel! ** 2 - 1) / 2;
  const weights = new Float32Array(filters! * channels! * kernel! ** 2);
  for (let i = 0; i < filters!; i++) weights[(i * channels! + i) * kernel! ** 2 + middle] = 1;
  return weights;
}

test.each(['plain', 'relaxed'] as const)('%s build: the bits of the reference', async (build) => {
  const engine = await Engine.start({ build, threads: 2 });
  const start = engine.nextAddress;
  try {
    await fc.assert(
      fc.asyncProperty(task, async ({ shape, rate, rows, step, fused, padded }) => {
        engine.release(start);
        const [channels] = shape;
        const isMap = shape.length === 3;
        const net = network(shape, [
          ...(isMap && fused ? [conv2d(channels!, 1), relu()] : []),
          dropout(rate),
          ...(isMap && padded ? [conv2d(channels!, 3, { padding: 'same' })] : []),
        ]);
        const compiled = await CompiledNetwork.create(engine, net, {
          ...{ batch: rows, loss: meanSquaredError(), rule: sgd(), seed: 7 },
        });
        const parameters = layerInfos(net).flatMap((layer) => layer.parameters);
        await compiled.setParameters(
          new Map(
            parameters.map(({ name, shape }) => [
              name,
              shape.length > 1 ? identity(shape) : new Float32Array(shape[0]!),
            ]),
          ),
        );
        const ones = new Float32Array(rows * sizeOf(shape)).fill(1);
        const targets = new Float32Array(rows * sizeOf(networkOutput(net)));
        const data = await compiled.load(ones, targets);
        const order = Uint32Array.from({ length: rows }, (_, row) => row);
        compiled.stepsDone = step;
        await compiled.train(data, [{ order, learningRate: 0, momentum: 0 }]);
        const expected = dropoutMask(rate, 0, { seed: 7, step }, rows, shape);
        expect(await compiled.readMaps(compiled.plan.output, rows)).toEqual(
          Float32Array.from(expected),
        );
        expect(await compiled.predict(data, order)).toEqual(ones);
      }),
      { numRuns: 100, seed: 1 },
    );
  } finally {
    await engine.close();
  }
});
