import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchNorm, conv2d, dense, flatten, relu } from './layers.ts';
import { network, parameterInfos } from './network.ts';
import { adagrad, adam, adamRate, decays, nesterov, rmsprop, stateTensors } from './rule.ts';

describe('update rules', () => {
  test("have Lasagne's defaults, which options replace", () => {
    expect(nesterov()).toEqual({ type: 'nesterov' });
    expect(adagrad()).toEqual({ type: 'adagrad', epsilon: 1e-6 });
    expect(rmsprop({ rho: 0.95 })).toEqual({ type: 'rmsprop', rho: 0.95, epsilon: 1e-6 });
    expect(adam({ epsilon: 1e-7 })).toEqual({
      type: 'adam',
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-7,
    });
  });

  test('say how much they keep for a parameter', () => {
    const rules = [{ type: 'sgd' } as const, nesterov(), adagrad(), rmsprop(), adam()];
    expect(rules.map(stateTensors)).toEqual([0, 1, 1, 1, 2]);
  });
});

test('weights of convolutions and dense layers decay, nothing else', () => {
  const net = network([1, 6, 6], [conv2d(2, 3), relu(), batchNorm(), flatten(), dense(4)]);
  const decaying = parameterInfos(net).filter(decays);
  expect(decaying.map(({ name }) => name)).toEqual(['conv1.weight', 'dense1.weight']);
});

describe('adamRate', () => {
  test('follows its formula at any step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (step) => {
        const expected = (0.01 * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
        expect(Math.abs(adamRate(adam(), 0.01, step) / expected - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  test('starts at a step of the size of the learning rate', () => {
    // At step 1, m = 0.1 g and sqrt(v) = sqrt(0.001) |g|: the step is learningRate * sign(g).
    expect((adamRate(adam(), 0.5, 1) * 0.1) / Math.sqrt(0.001)).toBeCloseTo(0.5, 12);
  });
});
