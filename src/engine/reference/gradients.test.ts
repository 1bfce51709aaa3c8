import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { centralDifferences } from '../../../test/central-differences.ts';
import { norm } from '../../../test/golden.ts';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  type LayerSpec,
  leakyRelu,
  maxPool2d,
  relu,
  residual,
  sigmoid,
  silu,
  softArgmax2d,
  tanh,
} from '../../nn/layers.ts';
import {
  maskedMeanSquaredError,
  meanSquaredError,
  smoothL1Loss,
  softmaxCrossEntropy,
  wingLoss,
} from '../../nn/loss.ts';
import {
  type NetworkSpec,
  network,
  networkOutput,
  parameterInfos,
  type Shape,
  sizeOf,
} from '../../nn/network.ts';
import { randomStream } from '../../random.ts';
import { lossAndGradient } from './losses.ts';
import { ReferenceNetwork, type TrainingPass } from './reference-network.ts';

const TOLERANCE = 1e-7;
const rows = fc.integer({ min: 1, max: 3 });
const seed = fc.nat();
const side = fc.integer({ min: 2, max: 9 });
const maps = fc.tuple(fc.integer({ min: 1, max: 3 }), side, side);

/** Values in [-1, 1). */
function random(seed: number, name: string, size: number): Float64Array {
  const stream = randomStream(seed, name);
  return Float64Array.from({ length: size }, () => stream.between(-1, 1));
}

/** Values 0.01 apart in random order, none nearer than 0.005 to 0: a small step crosses no kink. */
const apart = (seed: number, size: number): Float64Array =>
  Float64Array.from(
    randomStream(seed, 'order').permutation(size),
    (n) => (n - size / 2) / 100 + 0.005 * (1 - (size % 2)),
  );

/** Checks every gradient of a network for one random cotangent; none is that of kept moments. */
function checkNetwork(
  spec: NetworkSpec,
  rows: number,
  input: Float64Array,
  seed: number,
  training: TrainingPass | undefined,
): void {
  const net = new ReferenceNetwork(
    spec,
    new Map(
      parameterInfos(spec).map(({ name, shape }) => {
        const values = random(seed, name, sizeOf(shape));
        return [name, name.endsWith('.variance') ? values.map((value) => value + 1.1) : values];
      }),
    ),
  );
  const cotangent = random(seed, 'cotangent', rows * sizeOf(networkOutput(spec)));
  const scalar = () =>
    net.forward(input, rows, training).reduce((sum, value, i) => sum + value * cotangent[i]!, 0);
  scalar();
  const gradients = net.backward(cotangent);
  expectClose(gradients.input, centralDifferences(scalar, input));
  for (const [name, values] of net.parameters) {
    if (/\.(mean|variance)$/.test(name)) expect(gradients.parameters.has(name)).toBe(false);
    else expectClose(gradients.parameters.get(name)!, centralDifferences(scalar, values));
  }
}

function expectClose(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  const difference = norm(actual.map((value, i) => value - expected[i]!));
  expect(difference).toBeLessThan(TOLERANCE * (1 + norm(expected)));
}

const checkLayer = (layers: LayerSpec[], shape: Shape, rows: number, seed: number): void =>
  checkNetwork(network(shape, layers), rows, apart(seed, rows * sizeOf(shape)), seed, {
    seed,
    step: 3,
  });

describe('gradients agree with central differences', () => {
  test('conv2d, valid and same, kernels 1 to 7, stride 1 and 2', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.constantFrom<1 | 2>(1, 2),
        fc.integer({ min: 1, max: 3 }),
        fc.tuple(fc.integer({ min: 1, max: 2 }), fc.nat({ max: 3 }), fc.nat({ max: 3 })),
        fc.integer({ min: 1, max: 2 }),
        seed,
        (kernel, same, stride, filters, [channels, moreY, moreX], rows, seed) => {
          const padding = same && kernel % 2 === 1 ? 'same' : 'valid';
          // With padding a map may be smaller than the kernel.
          const least = padding === 'same' ? 1 : kernel;
          const shape = [channels, least + moreY, least + moreX];
          checkLayer([conv2d(filters, kernel, { padding, stride })], shape, rows, seed);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('dense', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 6 }),
        rows,
        seed,
        (inputs, units, rows, seed) => checkLayer([dense(units)], [inputs], rows, seed),
      ),
    );
  });

  test.each([
    { name: 'relu', layer: relu() },
    { name: 'leakyRelu', layer: leakyRelu(0.2) },
    { name: 'silu', layer: silu() },
    { name: 'sigmoid', layer: sigmoid() },
    { name: 'tanh', layer: tanh() },
    { name: 'maxPool2d', layer: maxPool2d() },
    { name: 'flatten', layer: flatten() },
    { name: 'globalAveragePool2d', layer: globalAveragePool2d() },
    { name: 'softArgmax2d', layer: softArgmax2d({ beta: 2 }) },
    { name: 'dropout', layer: dropout(0.4) },
  ])('$name', ({ layer }) => {
    fc.assert(
      fc.property(maps, rows, seed, (shape, rows, seed) => checkLayer([layer], shape, rows, seed)),
      { numRuns: 40 },
    );
  });

  test.each([
    { moments: "the batch's", training: { seed: 0, step: 0 } },
    { moments: 'kept', training: undefined },
    {
      moments: 'kept, as of a frozen layer',
      training: { seed: 0, step: 0, learning: new Map([['norm1', { frozen: true }]]) },
    },
  ])('batchNorm of maps and of vectors, moments: $moments', ({ training }) => {
    const vectors = fc.integer({ min: 1, max: 9 }).map((inputs) => [inputs]);
    fc.assert(
      fc.property(fc.oneof(maps, vectors), rows, seed, (shape, rows, seed) => {
        const input = apart(seed, rows * sizeOf(shape));
        // So much that a step of the differences is small beside the deviation.
        const layers = [batchNorm({ epsilon: 0.1 })];
        checkNetwork(network(shape, layers), rows, input, seed, training);
      }),
      { numRuns: 40 },
    );
  });

  test('residual blocks, one within another', () => {
    const same = conv2d(2, 3, { padding: 'same' });
    const inner = residual([sigmoid(), dropout(0.3), same]);
    fc.assert(
      fc.property(side, side, rows, seed, (height, width, rows, seed) => {
        const layers = [same, residual([same, tanh(), inner]), flatten(), dense(3)];
        checkLayer(
          [...layers, residual([dense(4), tanh(), dense(3)])],
          [2, height, width],
          rows,
          seed,
        );
      }),
      { numRuns: 20 },
    );
  });

  test('a chain of layers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 8 }),
        fc.integer({ min: 5, max: 8 }),
        rows,
        seed,
        (height, width, rows, seed) => {
          const layers = [
            conv2d(2, 3, { padding: 'same' }),
            tanh(),
            dropout(0.2),
            batchNorm(),
            conv2d(3, 2),
            sigmoid(),
          ];
          checkLayer(
            [
              ...layers,
              flatten(),
              dense(4),
              dropout(0.5),
              tanh(),
              batchNorm({ epsilon: 0.1 }),
              dense(3),
            ],
            [1, height, width],
            rows,
            seed,
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  test.each([
    { loss: meanSquaredError() },
    { loss: maskedMeanSquaredError() },
    { loss: smoothL1Loss(0.3) },
    { loss: wingLoss({ width: 0.5, curvature: 0.1 }) },
    { loss: softmaxCrossEntropy() },
  ])('$loss.type', ({ loss }) => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 8 }), seed, (rows, outputs, seed) => {
        const prediction = random(seed, 'prediction', rows * outputs);
        const stream = randomStream(seed, 'target');
        const target = Float64Array.from(
          { length: loss.type === 'softmaxCrossEntropy' ? rows : rows * outputs },
          () => {
            if (loss.type === 'softmaxCrossEntropy') return stream.below(outputs);
            const missing = loss.type !== 'meanSquaredError' && stream.next() < 0.4;
            return missing ? Number.NaN : stream.between(-1, 1);
          },
        );
        if (loss.type === 'wingLoss') {
          // Its corners, at 0 and where logarithm and line meet, have two slopes.
          const sizes = prediction.map((value, i) => Math.abs(value - target[i]!));
          fc.pre(!sizes.some((size) => size < 0.01 || Math.abs(size - loss.width) < 0.01));
        }
        const { gradient } = lossAndGradient(loss, prediction, target, rows);
        const scalar = () => lossAndGradient(loss, prediction, target, rows).loss;
        expectClose(gradient, centralDifferences(scalar, prediction));
      }),
    );
  });
});
