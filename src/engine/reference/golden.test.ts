import { describe, expect, test } from 'vitest';
import {
  goldenLayers,
  goldenLosses,
  goldenNet,
  goldenNetNames,
  goldenRules,
  norm,
  relativeDifference,
} from '../../../test/golden.ts';
import { stateTensors } from '../../nn/rule.ts';
import { lossAndGradient } from './losses.ts';
import { ReferenceNetwork } from './reference-network.ts';
import { ReferenceTrainer } from './reference-trainer.ts';
import { updateParameter } from './rules.ts';

const TOLERANCE = 1e-9;

test.each(goldenLayers())('layer: $name', (golden) => {
  const net = new ReferenceNetwork(golden.network, golden.parameters);
  const output = net.forward(golden.input, golden.rows);
  const { input, parameters } = net.backward(golden.cotangent);
  expect(relativeDifference(output, golden.output)).toBeLessThan(TOLERANCE);
  expect(relativeDifference(input, golden.inputGradient)).toBeLessThan(TOLERANCE);
  for (const [name, expected] of golden.parameterGradients) {
    expect(relativeDifference(parameters.get(name)!, expected)).toBeLessThan(TOLERANCE);
  }
});

test.each(goldenLosses())('loss: $name', (golden) => {
  const { loss, gradient } = lossAndGradient(
    golden.loss,
    golden.prediction,
    golden.target,
    golden.rows,
  );
  expect(relativeDifference([loss], [golden.value])).toBeLessThan(TOLERANCE);
  expect(relativeDifference(gradient, golden.gradient)).toBeLessThan(TOLERANCE);
});

test.each(goldenRules())('update rule: $rule.type', ({ rule, parameter, steps }) => {
  const values = parameter.slice();
  const states = Array.from(
    { length: stateTensors(rule) },
    () => new Float64Array(parameter.length),
  );
  steps.forEach(({ gradient, settings, result }, index) => {
    updateParameter(rule, values, gradient, states, settings, index + 1);
    expect(relativeDifference(values, result)).toBeLessThan(TOLERANCE);
  });
});

describe.each(goldenNetNames)('network: %s', (name) => {
  test('output, gradients and the loss of every step', () => {
    const golden = goldenNet(name);
    const net = new ReferenceNetwork(golden.network, golden.parameters);
    const trainer = new ReferenceTrainer(net, golden.loss, golden.rule);
    const { input, target, rows, settings } = golden;
    const { prediction, loss, gradients } = trainer.evaluate(input, target, rows);
    const firstRow = prediction.subarray(0, golden.firstRow.length);
    expect(relativeDifference(firstRow, golden.firstRow)).toBeLessThan(TOLERANCE);
    expect([...gradients.keys()].sort()).toEqual([...golden.gradientNorms.keys()].sort());
    for (const [parameter, expected] of golden.gradientNorms) {
      const actual = norm(gradients.get(parameter)!);
      expect(relativeDifference([actual], [expected])).toBeLessThan(TOLERANCE);
    }

    trainer.update(gradients, settings);
    const losses = [loss];
    while (losses.length < golden.losses.length) {
      losses.push(trainer.step(input, target, rows, settings));
    }
    losses.forEach((actual, step) => {
      expect(relativeDifference([actual], [golden.losses[step]!])).toBeLessThan(TOLERANCE);
    });
  });
});
