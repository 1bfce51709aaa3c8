import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  fill,
  goldenLayers,
  goldenLosses,
  goldenNet,
  goldenNetNames,
  goldenRules,
  norm,
  relativeDifference,
} from '../../test/golden.ts';
import { refusal } from '../../test/refusal.ts';
import type { InputError } from '../errors.ts';
import { initialise } from '../nn/initialise.ts';
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
} from '../nn/layers.ts';
import {
  maskedMeanSquaredError,
  meanSquaredError,
  smoothL1Loss,
  softmaxCrossEntropy,
  wingLoss,
} from '../nn/loss.ts';
import { layerTree, type NetworkSpec, network, networkOutput, sizeOf } from '../nn/network.ts';
import { adam, nesterov, type RuleSpec, sgd } from '../nn/rule.ts';
import { CompiledNetwork, type CompileOptions } from './compiled-network.ts';
import { Engine, MEMORY_LIMIT } from './engine.ts';
import { lossAndGradient } from './reference/losses.ts';
import { ReferenceNetwork } from './reference/reference-network.ts';
import { ReferenceTrainer } from './reference/reference-trainer.ts';
import type { LossSum } from './step-table.ts';

const LOSS_TOLERANCE = 1e-5;
const GRADIENT_TOLERANCE = 1e-4;
/**
 * In one of the 287,222 live windows of net2's second pooling, the two largest values of about 1 are
 * 1.1e-8 apart, less than float32 can tell, so a build may choose the other one than float64 does. What
 * lies before that window then has gradients of these norms.
 */
const OTHER_CHOICE: ReadonlyMap<string, number> = new Map([
  ['conv1.weight', 0.0021307046],
  ['conv1.bias', 0.0009485239],
]);

const sameConvolution = conv2d(4, 3, { padding: 'same' });

const counting = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, i) => i);

describe.each(['plain', 'relaxed'] as const)('%s build', (build) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start({ build, threads: 2 });
  });
  afterAll(() => engine.close());

  const compile = (
    net: NetworkSpec,
    batch: number,
    options: Partial<CompileOptions> = {},
  ): Promise<CompiledNetwork> =>
    CompiledNetwork.create(engine, net, {
      batch,
      loss: meanSquaredError(),
      rule: sgd(),
      seed: 7,
      keepGradients: true,
      ...options,
    });

  /** Forward and backward for a given gradient of the output, against what is expected. */
  async function checkLayer(golden: {
    network: NetworkSpec;
    rows: number;
    input: ArrayLike<number>;
    parameters: ReadonlyMap<string, ArrayLike<number>>;
    cotangent: ArrayLike<number>;
    output: ArrayLike<number>;
    inputGradient: ArrayLike<number>;
    parameterGradients: ReadonlyMap<string, ArrayLike<number>>;
  }): Promise<void> {
    const { rows } = golden;
    const compiled = await compile(golden.network, rows);
    const { plan } = compiled;
    await compiled.setParameters(golden.parameters);
    const outputs = sizeOf(networkOutput(golden.network));
    const data = await compiled.load(
      Float32Array.from(golden.input),
      new Float32Array(rows * outputs),
    );
    // A step without learning: fills the table of steps and runs the way forward.
    await compiled.train(data, [{ order: counting(rows), learningRate: 0, momentum: 0 }]);
    await compiled.runInstructions([...plan.gather, ...plan.forward]);
    const output = await compiled.readMaps(plan.output, rows);
    await compiled.writeMaps(plan.outputGradient, rows, golden.cotangent);
    await compiled.runInstructions(plan.backward);
    const inputGradient = await compiled.readMaps(plan.inputGradient!, rows);
    const gradients = await compiled.gradients();
    expect(relativeDifference(output, golden.output)).toBeLessThan(LOSS_TOLERANCE);
    expect(relativeDifference(inputGradient, golden.inputGradient)).toBeLessThan(
      GRADIENT_TOLERANCE,
    );
    for (const [name, expected] of golden.parameterGradients) {
      expect(relativeDifference(gradients.get(name)!, expected), name).toBeLessThan(
        GRADIENT_TOLERANCE,
      );
    }
  }

  test.each(goldenLayers())('golden layer: $name', (golden) => checkLayer(golden));

  test.each(goldenLosses())('golden loss: $name', async (golden) => {
    const { rows, outputs } = golden;
    // A network that passes its input on: one dense layer with the identity.
    const net = network([outputs], [dense(outputs)]);
    const compiled = await compile(net, rows, { loss: golden.loss });
    const identity = Float32Array.from({ length: outputs ** 2 }, (_, i) =>
      i % (outputs + 1) === 0 ? 1 : 0,
    );
    await compiled.setParameters(
      new Map([
        ['dense1.weight', identity],
        ['dense1.bias', new Float32Array(outputs)],
      ]),
    );
    const data = await compiled.load(
      Float32Array.from(golden.prediction),
      Float32Array.from(golden.target),
    );
    const step = { order: counting(rows), learningRate: 0, momentum: 0 };
    const [{ sum, count }] = (await compiled.train(data, [step])) as [LossSum];
    const value = count === 0 ? 0 : sum / count;
    expect(relativeDifference([value], [golden.value])).toBeLessThan(LOSS_TOLERANCE);
    const gradient = await compiled.readMaps(compiled.plan.outputGradient, rows);
    expect(relativeDifference(gradient, golden.gradient)).toBeLessThan(GRADIENT_TOLERANCE);
  });

  test.each([
    smoothL1Loss(0.3),
    wingLoss({ width: 0.5, curvature: 0.1 }),
    maskedMeanSquaredError(),
  ])('$type of small, large and missing errors equals the reference', async (loss) => {
    const [rows, outputs] = [4, 6];
    const net = network([outputs], [dense(outputs)]);
    const compiled = await compile(net, rows, { loss });
    const parameters = initialise(net, { seed: 3 });
    await compiled.setParameters(parameters);
    const input = Float32Array.from(fill(rows * outputs, [1, 0.3]));
    const target = Float32Array.from(fill(rows * outputs, [1, 0.8]), (value, i) =>
      i % 5 === 2 ? Number.NaN : 2 * value,
    );
    const prediction = new ReferenceNetwork(net, parameters).forward(
      Float64Array.from(input),
      rows,
    );
    const data = await compiled.load(input, target);
    const step = { order: counting(rows), learningRate: 0, momentum: 0 };
    const [{ sum, count, squares }] = (await compiled.train(data, [step])) as [LossSum];
    const expected = lossAndGradient(loss, prediction, target, rows);
    expect(relativeDifference([sum / count], [expected.loss])).toBeLessThan(LOSS_TOLERANCE);
    const gradient = await compiled.readMaps(compiled.plan.outputGradient, rows);
    expect(relativeDifference(gradient, expected.gradient)).toBeLessThan(GRADIENT_TOLERANCE);
    const present = [...target].flatMap((wanted, i) =>
      Number.isNaN(wanted) ? [] : (prediction[i]! - wanted) ** 2,
    );
    expect(count).toBe(present.length);
    const all = present.reduce((total, square) => total + square);
    expect(relativeDifference([squares], [all])).toBeLessThan(LOSS_TOLERANCE);
  });

  test.each(goldenRules())('golden update rule: $rule.type', async ({ rule, parameter, steps }) => {
    const net = network([8], [dense(1)]);
    const compiled = await compile(net, 1, { rule });
    await compiled.setParameters(
      new Map<string, ArrayLike<number>>([
        ['dense1.weight', parameter],
        ['dense1.bias', [0]],
      ]),
    );
    // With target = prediction - 1/2, the gradient of the loss by the prediction is 1 …
    const data = await compiled.load(new Float32Array(8), new Float32Array(1));
    for (const { gradient, settings, result } of steps) {
      // … so the input is the gradient of the weights. The table of steps is written by a dry run.
      await compiled.load(new Float32Array(8));
      const weights = (await compiled.parameters()).get('dense1.weight')!;
      const bias = (await compiled.parameters()).get('dense1.bias')![0]!;
      const prediction = weights.reduce((sum, w, i) => sum + w * gradient[i]!, bias);
      await engine.write(data.inputs, Float32Array.from(gradient));
      await engine.write(data.targets, Float32Array.of(prediction - 0.5));
      await compiled.train(data, [{ order: counting(1), ...settings }]);
      const actual = (await compiled.parameters()).get('dense1.weight')!;
      expect(relativeDifference(actual, result)).toBeLessThan(LOSS_TOLERANCE);
    }
  });

  describe.each(goldenNetNames)('golden network: %s', (name) => {
    test.each([true, false])('kept gradients: %s', async (keepGradients) => {
      const golden = goldenNet(name);
      const { rows, loss, rule, settings } = golden;
      const compiled = await compile(golden.network, rows, { loss, rule, keepGradients });
      await compiled.setParameters(golden.parameters);
      const data = await compiled.load(
        Float32Array.from(golden.input),
        Float32Array.from(golden.target),
      );
      const order = counting(rows);
      const firstRow = await compiled.predict(data, order.subarray(0, 1));
      expect(relativeDifference(firstRow, golden.firstRow)).toBeLessThan(LOSS_TOLERANCE);
      for (const [i, expected] of golden.losses.entries()) {
        const [{ sum, count }] = (await compiled.train(data, [{ order, ...settings }])) as [
          LossSum,
        ];
        expect(relativeDifference([sum / count], [expected])).toBeLessThan(LOSS_TOLERANCE);
        if (i > 0 || !keepGradients) continue;
        const gradients = await compiled.gradients();
        for (const [parameter, length] of golden.gradientNorms) {
          const actual = norm(gradients.get(parameter)!);
          const other = name === 'net2' ? OTHER_CHOICE.get(parameter) : undefined;
          const choices = other === undefined ? [length] : [length, other];
          const differences = choices.map((norm) => relativeDifference([actual], [norm]));
          expect(Math.min(...differences)).toBeLessThan(GRADIENT_TOLERANCE);
        }
      }
    });
  });

  test('refuses what would lead the kernels beyond their buffers', async () => {
    const compiled = await compile(network([2], [dense(3)]), 4, { loss: softmaxCrossEntropy() });
    const inputs = new Float32Array(8);
    const data = await compiled.load(inputs, Float32Array.of(0, 1, 2, 0));
    const train = (...orders: number[][]): Promise<unknown> => {
      const step = { learningRate: 0.1, momentum: 0 };
      return compiled.train(
        data,
        orders.map((order) => ({ order: Uint32Array.from(order), ...step })),
      );
    };
    await expect(train([0, 1, 2, 3, 0], [1])).rejects.toThrow('5 rows, expected 1 to 4');
    await expect(train([])).rejects.toThrow('0 rows, expected 1 to 4');
    await expect(train([0, 4])).rejects.toThrow('row 4 of data that have 4');
    await expect(train()).rejects.toThrow('0 steps, expected 1 to 64');
    for (const wrong of [3, -1, 0.5, Number.NaN]) {
      const classes = Float32Array.of(0, 1, 2, wrong);
      await expect(compiled.load(inputs, classes)).rejects.toThrow(`class ${wrong} of 3`);
    }
    // The engine is none the worse for it.
    await expect(train([3, 2, 1, 0], [0])).resolves.toHaveLength(2);
  });

  test('refuses more rows than there is room for, and says how many there are', async () => {
    const engine = await Engine.start({ build, threads: 1 });
    try {
      const options = { batch: 2, loss: meanSquaredError(), rule: sgd(), seed: 0 };
      const compiled = await CompiledNetwork.create(engine, network([1000], [dense(3)]), options);
      await engine.reserve(MEMORY_LIMIT - engine.nextAddress - 200_000);
      const most = /^Take (\d+) rows at most/;
      const load = (rows: number) =>
        compiled.load(new Uint8Array(1000 * rows), new Float32Array(3 * rows));
      const error: InputError = (await load(500).catch(
        (reason: InputError) => reason,
      )) as InputError;
      expect(error).toEqual(
        refusal(
          /^500 rows take 0.00 GiB of the engine's memory, which has 4.00 GiB at most and 0.00 GiB left/,
        ),
      );
      const rows = Number(most.exec(error.advice!)![1]);
      await expect(load(rows + 1)).rejects.toThrow(refusal(new RegExp(`^${rows + 1} rows take`)));
      expect(await load(rows)).toMatchObject({ rows });
    } finally {
      await engine.close();
    }
  });

  /** A step of training in the engine and in the reference, from the same weights. */
  async function checkAgainstReference(net: NetworkSpec, rows: number): Promise<void> {
    const parameters = new Map(
      [...initialise(net, { seed: 3 })].map(([name, values]) => [
        name,
        name.endsWith('bias') ? fill(values.length, [0.1, 1]) : values,
      ]),
    );
    const input = Float32Array.from(fill(rows * sizeOf(net.input), [1, 0.3]));
    const cotangent = fill(rows * sizeOf(networkOutput(net)), [1, 0.7]);
    const reference = new ReferenceNetwork(net, parameters);
    const output = reference.forward(Float64Array.from(input), rows, { seed: 7, step: 0 });
    const gradients = reference.backward(cotangent);
    await checkLayer({
      network: net,
      rows,
      input,
      parameters,
      cotangent,
      output,
      inputGradient: gradients.input,
      parameterGradients: gradients.parameters,
    });
  }

  test('random networks equal the reference', async () => {
    await fc.assert(
      fc.asyncProperty(randomNetwork(), fc.integer({ min: 1, max: 9 }), checkAgainstReference),
      { numRuns: 60, seed: 1 },
    );
  });

  // What pictures in colour meet first, of sides at which float32 can tell the largest of each window.
  test.each([
    [11, conv2d(8, 3)],
    [12, conv2d(8, 2)],
    [13, conv2d(6, 5)],
    [10, conv2d(19, 3, { padding: 'same' })],
    [10, conv2d(32, 3)],
  ])('three channels, side %i, %j: equal the reference', (side, layer) =>
    checkAgainstReference(network([3, side, side], [layer, relu(), maxPool2d(), conv2d(5, 2)]), 9),
  );

  // Winograd's method forward and back to the input, on tiles that fill the maps, or just do not.
  const even = (filters: number) => conv2d(filters, 3, { padding: 'same' });
  test.each<[string, number, number, LayerSpec[]]>([
    ['live all', 6, 8, [even(4), tanh(), even(12), leakyRelu(0.1), even(20)]],
    ['silenced', 8, 6, [even(8), relu(), dropout(0.4), even(12), relu(), even(4), dropout(0.4)]],
    ['odd', 6, 7, [even(4), relu(), even(8), relu(), even(5)]],
    ['borders', 2, 4, [even(4), even(36), even(12)]],
    ['several strips', 32, 34, [even(32), even(36)]],
    [
      'without a border',
      8,
      10,
      [conv2d(12, 3), relu(), conv2d(8, 3), conv2d(4, 2, { padding: 'valid' })],
    ],
    ['behind blocks', 4, 4, [even(4), residual([even(4), relu(), even(4)]), even(8)]],
  ])('convolutions without pooling, %s: equal the reference', async (_, height, width, layers) => {
    for (const channels of [3, 4]) {
      await checkAgainstReference(network([channels, height, width], layers), 9);
    }
  });

  test('random networks with batch normalisation equal the reference', async () => {
    // Directly behind a layer with biases it would make their gradients zero, which cannot be compared;
    // so would few values of a channel.
    const random = randomNetwork([tanh(), batchNorm({ epsilon: 0.1 })]);
    await fc.assert(
      fc.asyncProperty(random, fc.integer({ min: 5, max: 20 }), checkAgainstReference),
      { numRuns: 40, seed: 1 },
    );
  });

  test.each([1, 2, 3])('batch normalisation of %i pictures equals the reference', (rows) =>
    checkAgainstReference(
      network(
        [3, 11, 9],
        [batchNorm(), conv2d(6, 3), tanh(), maxPool2d(), batchNorm(), sameConvolution],
      ),
      rows,
    ),
  );

  test.each<[string, LayerSpec[]]>([
    ['leaky ReLU before pooling', [conv2d(6, 3), leakyRelu(0.3), maxPool2d(), dropout(0.4)]],
    ['leaky ReLU before pooling on its own', [tanh(), leakyRelu(0.3), maxPool2d(), tanh()]],
    ['leaky ReLU with dropout', [conv2d(6, 3), leakyRelu(0.3), dropout(0.4), sameConvolution]],
    ['leaky ReLU of a vector', [flatten(), dense(13), leakyRelu(), dropout(0.5), dense(4)]],
    ['SiLU before pooling', [conv2d(6, 3), silu(), maxPool2d(), sameConvolution]],
    ['SiLU behind pooling, twice', [conv2d(6, 3), maxPool2d(), silu(), silu(), sameConvolution]],
    ['SiLU with dropout', [silu(), dropout(0.4), conv2d(5, 2), silu(), dropout(0.3), relu()]],
    ['SiLU of a vector', [flatten(), dense(13), silu(), dropout(0.5), dense(5), silu()]],
  ])('%s equals the reference', (_, layers) =>
    checkAgainstReference(network([3, 11, 9], layers), 6),
  );

  test('SiLU of any size of numbers', async () => {
    const net = network([7], [silu()]);
    const inputs = [-1e4, -90, -20, -1e-6, 0, 20, 1e4];
    const compiled = await compile(net, 1);
    const data = await compiled.load(Float32Array.from(inputs), new Float32Array(7));
    const found = await compiled.predict(data, counting(1));
    inputs.forEach((x, i) => {
      const expected = Math.fround(x) / (1 + Math.exp(-x));
      expect(Math.abs(found[i]! - expected)).toBeLessThanOrEqual(3e-7 * Math.abs(expected) + 1e-30);
    });
  });

  test('random networks with residual blocks equal the reference', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomNetwork(),
        fc.array(randomBlock, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 5, max: 9 }),
        (net, blocks, rows) => checkAgainstReference(blocks.reduce(insertBlock, net), rows),
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  // Added in place, where the body's own output or its gradient is needed as it is, and to another padding.
  test.each<[string, LayerSpec[]]>([
    ['a convolution', [sameConvolution, residual([sameConvolution]), sameConvolution]],
    ['two of them', [sameConvolution, residual([sameConvolution, relu(), sameConvolution])]],
    ['normalisation first', [tanh(), residual([batchNorm(), conv2d(3, 3, { padding: 'same' })])]],
    ['an activation first', [sameConvolution, residual([relu(), sameConvolution]), relu()]],
    ['an activation last', [sameConvolution, residual([sameConvolution, sigmoid()]), maxPool2d()]],
    ['ReLU last', [sameConvolution, residual([sameConvolution, relu()]), conv2d(3, 2)]],
    ['dropout last', [sameConvolution, residual([tanh(), batchNorm(), dropout(0.4)])]],
    ['dropout alone', [sameConvolution, residual([dropout(0.4)]), sameConvolution]],
    ['fused dropout', [sameConvolution, residual([sameConvolution, relu(), dropout(0.4)])]],
    ['another block', [sameConvolution, residual([residual([sameConvolution]), relu()])]],
    ['nothing else', [sameConvolution, residual([residual([residual([sameConvolution])])])]],
    ['dense layers', [flatten(), dense(9), residual([dense(5), relu(), dense(9), relu()]), relu()]],
    ['a dense layer of a flat map', [conv2d(2, 3), flatten(), residual([dense(126)]), dense(3)]],
    ['a flatten', [flatten(), dense(6), residual([dense(6), dropout(0.3), flatten()])]],
    ['the input', [residual([conv2d(3, 3, { padding: 'same' }), relu()]), sameConvolution]],
  ])('a residual block of %s equals the reference', (_, layers) =>
    checkAgainstReference(network([3, 11, 9], layers), 6),
  );

  test.each<[string, LayerSpec[]]>([
    ['means of maps', [conv2d(6, 3), relu(), globalAveragePool2d(), dense(3)]],
    ['means of padded maps', [conv2d(8, 3), globalAveragePool2d(), relu(), dropout(0.3)]],
    ['means of the input', [globalAveragePool2d(), dense(3), residual([dense(3)])]],
    // Directly behind a convolution its biases would have no gradient, which cannot be compared.
    ['one mean place', [conv2d(1, 3), tanh(), softArgmax2d()]],
    ['mean places', [conv2d(7, 3), tanh(), softArgmax2d({ beta: 4 })]],
    ['mean places of pooled maps', [conv2d(8, 2), tanh(), maxPool2d(), softArgmax2d({ beta: 5 })]],
    ['mean places of the input', [softArgmax2d(), relu(), dense(4)]],
    ['mean places as features', [conv2d(3, 3), tanh(), softArgmax2d(), tanh(), dense(4), tanh()]],
  ])('%s equal the reference', (_, layers) =>
    checkAgainstReference(network([3, 11, 9], layers), 6),
  );

  test('places of the largest and the smallest of numbers', async () => {
    const compiled = await compile(network([2, 3, 5], [softArgmax2d()]), 2);
    const maps = new Float32Array(60).fill(-3e38);
    // The third pixel of the first map; all of the second; corners of the others.
    maps[2] = 3e38;
    maps.fill(7, 15, 30);
    maps[30] = 200;
    maps[59] = -2e38;
    const found = await compiled.predict(await compiled.load(maps), counting(2));
    const expected = [0, -2 / 3, 0, 0, -0.8, -2 / 3, 0.8, 2 / 3];
    expect(relativeDifference(found, expected)).toBeLessThan(1e-6);
  });

  // Fused with what is before it, behind something fused, and where its mask must be drawn again.
  test.each<[string, LayerSpec[]]>([
    ['pooling', [conv2d(21, 3), relu(), maxPool2d(), dropout(0.3)]],
    ['a convolution, before one that pads', [conv2d(5, 3), dropout(0.3), sameConvolution]],
    ['a convolution, twice', [conv2d(16, 2), relu(), dropout(0.3), dropout(0.4), maxPool2d()]],
    ['a convolution, flattened', [conv2d(6, 2), relu(), flatten(), dropout(0.3), dense(3)]],
    ['pooling on its own', [conv2d(7, 2), sigmoid(), maxPool2d(), dropout(0.3), sameConvolution]],
    ['ReLU on its own', [conv2d(7, 2), dropout(0.3), relu(), dropout(0.4), sameConvolution]],
    ['nothing', [dropout(0.3), sameConvolution]],
    ['dense and ReLU', [flatten(), dense(19), relu(), dropout(0.5), dense(6)]],
    ['dense and ReLU, twice', [flatten(), dense(19), relu(), dropout(0.5), dropout(0.2)]],
    ['dense', [flatten(), dense(19), dropout(0.5), relu(), dense(6)]],
    ['a sigmoid', [flatten(), dense(19), sigmoid(), dropout(0.5), tanh(), dense(6)]],
  ])('dropout behind %s equals the reference', (_, layers) =>
    checkAgainstReference(network([3, 11, 9], layers), 6),
  );

  test.each<RuleSpec>([nesterov(), adam()])(
    'batches of different size, missing labels and dropout: $type',
    async (rule) => {
      const net = network(
        [1, 13, 13],
        [
          conv2d(6, 3),
          relu(),
          maxPool2d(),
          dropout(0.3),
          flatten(),
          dense(12),
          relu(),
          dropout(0.5),
          dense(4),
        ],
      );
      const rows = 19;
      const loss = maskedMeanSquaredError();
      const inputs = Float32Array.from(fill(rows * 169, [1, 0.1]));
      const targets = Float32Array.from(fill(rows * 4, [1, 0.4]), (value) =>
        value > 0.3 ? Number.NaN : value,
      );
      const parameters = initialise(net, { seed: 5 });
      const trainer = new ReferenceTrainer(new ReferenceNetwork(net, parameters), loss, rule, 7);
      const compiled = await compile(net, 8, { loss, rule, keepGradients: false });
      await compiled.setParameters(parameters);
      const data = await compiled.load(inputs, targets);
      const settings = { learningRate: 0.01, momentum: 0.9 };
      const batches = [0, 8, 16, 0, 8, 16].map((first) =>
        counting(rows).subarray(first, first + 8),
      );
      const losses = await compiled.train(
        data,
        batches.map((order) => ({ order, ...settings })),
      );
      batches.forEach((order, i) => {
        const pick = (values: Float32Array, width: number): Float64Array =>
          Float64Array.from(
            [...order].flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]),
          );
        const expected = trainer.step(pick(inputs, 169), pick(targets, 4), order.length, settings);
        expect(relativeDifference([losses[i]!.sum / losses[i]!.count], [expected])).toBeLessThan(
          LOSS_TOLERANCE,
        );
      });
    },
  );
});

/** Small networks with every kind of layer in any sensible order, and some layers more. */
function randomNetwork(...more: readonly (readonly LayerSpec[])[]): fc.Arbitrary<NetworkSpec> {
  const convolution = fc.record({
    filters: fc.integer({ min: 1, max: 19 }),
    kernel: fc.integer({ min: 1, max: 7 }),
    same: fc.boolean(),
    stride: fc.constantFrom<1 | 2>(1, 1, 2),
  });
  const behind = fc.array(
    fc.constantFrom(
      ...[relu(), leakyRelu(0.2), silu(), sigmoid(), tanh(), dropout(0.4), maxPool2d()].map(
        (layer) => [layer],
      ),
      ...more,
    ),
    { maxLength: 3 },
  );
  const size = fc.integer({ min: 5, max: 12 });
  return fc
    .record({
      input: fc.tuple(fc.integer({ min: 1, max: 5 }), size, size),
      maps: fc.array(fc.tuple(convolution, behind), { maxLength: 2 }),
      vectors: fc.array(fc.tuple(fc.integer({ min: 1, max: 21 }), behind), { maxLength: 2 }),
    })
    .map(({ input, maps, vectors }) => {
      const fits = (layers: LayerSpec[], layer: LayerSpec): LayerSpec[] => {
        try {
          network(input, [...layers, layer]);
          return [...layers, layer];
        } catch {
          return layers;
        }
      };
      const wanted: LayerSpec[] = [
        ...maps.flatMap(([{ filters, kernel, same, stride }, rest]) => [
          conv2d(filters, kernel, { padding: same && kernel % 2 === 1 ? 'same' : 'valid', stride }),
          ...rest.flat(),
        ]),
        ...(vectors.length > 0 ? [flatten()] : []),
        ...vectors.flatMap(([units, rest]) => [dense(units), ...rest.flat()]),
      ];
      return network(input, wanted.reduce<LayerSpec[]>(fits, []));
    })
    .filter((net) => net.layers.length > 0);
}

/** A residual block somewhere in a network. */
interface Block {
  readonly at: number;
  /** `weights`: a layer with weights; `block`: a block of such a layer. */
  readonly body: readonly (LayerSpec | 'weights' | 'block')[];
}

const randomBlock: fc.Arbitrary<Block> = fc.record({
  at: fc.nat(),
  body: fc.array(
    fc.constantFrom<Block['body'][number]>(
      ...(['weights', 'weights', 'block', relu(), sigmoid(), dropout(0.4)] as const),
    ),
    { minLength: 1, maxLength: 4 },
  ),
});

/** Puts a block into a network, with layers that keep the shape which is found there. */
function insertBlock({ input, layers }: NetworkSpec, { at, body }: Block): NetworkSpec {
  const place = at % (layers.length + 1);
  const shape = layerTree({ input, layers: layers.slice(0, place) }).at(-1)?.output ?? input;
  const [width] = shape as [number];
  const weights =
    shape.length === 3
      ? conv2d(width, 3, { padding: 'same' })
      : // A long vector would take too many of them.
        width < 100
        ? dense(width)
        : tanh();
  const inner = body.map((part) => {
    if (part === 'weights') return weights;
    return part === 'block' ? residual([weights, relu()]) : part;
  });
  return network(input, [...layers.slice(0, place), residual(inner), ...layers.slice(place)]);
}
