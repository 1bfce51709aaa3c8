import { describe, expect, test } from 'vitest';
import { initialise } from '../../nn/initialise.ts';
import { dense, dropout, flatten, relu, sigmoid, tanh } from '../../nn/layers.ts';
import { maskedMeanSquaredError, meanSquaredError, softmaxCrossEntropy } from '../../nn/loss.ts';
import { network } from '../../nn/network.ts';
import { momentum, nesterov } from '../../nn/rule.ts';
import { dropoutMask } from './dropout.ts';
import { lossAndGradient } from './losses.ts';
import { ReferenceNetwork } from './reference-network.ts';
import { ReferenceTrainer } from './reference-trainer.ts';

describe('ReferenceNetwork', () => {
  test('starts with zeros where nothing is given', () => {
    const net = new ReferenceNetwork(network([2], [dense(3)]));
    expect(net.forward(Float64Array.of(1, 2), 1)).toEqual(new Float64Array(3));
  });

  test('refuses a parameter of the wrong size', () => {
    const spec = network([2], [dense(3)]);
    expect(() => new ReferenceNetwork(spec, new Map([['dense1.weight', [1, 2]]]))).toThrow(
      'dense1.weight: 2 values, expected 6',
    );
  });

  test("relu's gradient at 0 is 0", () => {
    const net = new ReferenceNetwork(network([3], [relu()]));
    net.forward(Float64Array.of(-1, 0, 2), 1);
    expect([...net.backward(Float64Array.of(5, 5, 5)).input]).toEqual([0, 0, 5]);
  });

  test('sigmoid and tanh have their known values', () => {
    const input = Float64Array.of(-2, 0, 0.5);
    const values = [sigmoid(), tanh()].map((layer) =>
      new ReferenceNetwork(network([3], [layer])).forward(input, 1),
    );
    const expected = [
      [0.11920292202211755, 0.5, 0.6224593312018546],
      [-0.9640275800758169, 0, 0.46211715726000974],
    ];
    values.forEach((value, layer) => {
      value.forEach((x, i) => {
        expect(x).toBeCloseTo(expected[layer]![i]!, 14);
      });
    });
  });
});

describe('dropout', () => {
  const spec = network([50], [dropout(0.25), dropout(0.5)]);
  const net = new ReferenceNetwork(spec);
  const ones = new Float64Array(200).fill(1);

  test('lets everything pass outside training', () => {
    expect(net.forward(ones, 4)).toEqual(ones);
  });

  test('each layer has a mask of its own, which gradients pass as values do', () => {
    const training = { seed: 9, step: 12 };
    const output = net.forward(ones, 4, training);
    const first = dropoutMask(0.25, 0, training, 4, [50]);
    const second = dropoutMask(0.5, 1, training, 4, [50]);
    const expected = first.map((factor, i) => factor * second[i]!);
    expect(output).toEqual(expected);
    expect(net.backward(ones).input).toEqual(expected);
  });

  test('drops others at the next step', () => {
    const [a, b] = [0, 1].map((step) => net.forward(ones, 4, { seed: 9, step }));
    expect(a).not.toEqual(b);
  });

  test('drops of a flattened map what it drops of the map', () => {
    const [before, behind] = [
      [dropout(0.5), relu(), flatten()],
      [flatten(), relu(), dropout(0.5)],
    ].map((layers) =>
      new ReferenceNetwork(network([5, 2, 5], layers)).forward(ones, 4, { seed: 9, step: 12 }),
    );
    expect(behind).toEqual(before);
  });
});

describe('lossAndGradient', () => {
  test('of the masked error is the plain error where every label is present', () => {
    const prediction = Float64Array.of(1, 2, 3, 4);
    const target = [0, 1, 5, 4];
    expect(lossAndGradient(maskedMeanSquaredError(), prediction, target, 2)).toEqual(
      lossAndGradient(meanSquaredError(), prediction, target, 2),
    );
  });

  test('of the plain error is NaN where a label is missing', () => {
    const { loss } = lossAndGradient(meanSquaredError(), Float64Array.of(1, 2), [Number.NaN, 2], 1);
    expect(loss).toBeNaN();
  });

  test('of the cross-entropy stands large outputs', () => {
    const { loss, gradient } = lossAndGradient(
      softmaxCrossEntropy(),
      Float64Array.of(1000, 0),
      [1],
      1,
    );
    expect(loss).toBe(1000);
    expect([...gradient]).toEqual([1, -1]);
  });
});

describe('ReferenceTrainer', () => {
  const spec = network([2], [dense(8), tanh(), dense(1)]);
  const input = Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1);
  const target = [0, 1, 1, 0];

  test('learns exclusive or', () => {
    const net = new ReferenceNetwork(spec, initialise(spec, { seed: 1 }));
    const trainer = new ReferenceTrainer(net, meanSquaredError(), nesterov());
    let loss = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 2000; step++) {
      loss = trainer.step(input, target, 4, { learningRate: 0.05, momentum: 0.9 });
    }
    expect(loss).toBeLessThan(1e-4);
  });

  test('takes learning rate and momentum anew at every step', () => {
    const net = new ReferenceNetwork(network([1], [dense(1)]));
    const trainer = new ReferenceTrainer(net, meanSquaredError(), momentum());
    const bias = () => net.parameters.get('dense1.bias')![0];
    // Input 0 and target 1: the gradient of the bias b is 2 (b - 1).
    const step = (learningRate: number, momentum: number) =>
      trainer.step(Float64Array.of(0), [1], 1, { learningRate, momentum });
    expect(step(0.25, 0)).toBe(1);
    expect(bias()).toBe(0.5);
    step(0.125, 0.5);
    expect(bias()).toBe(0.5 + (0.5 * 0.5 + 0.125));
    step(0, 0);
    expect(bias()).toBe(0.875);
  });
});
