import { expect, test } from 'vitest';
import { adam } from '../../nn/rule.ts';
import { updateParameter } from './rules.ts';

test('AdamW: two steps by hand', () => {
  const rule = adam({ weightDecay: 0.2, epsilon: 1e-30 });
  const parameter = Float64Array.of(1);
  const states = [new Float64Array(1), new Float64Array(1)];
  const settings = { learningRate: 0.1, momentum: 0 };

  // A first step is of the length of the learning rate; before it, 0.1 * 0.2 of the parameter goes.
  updateParameter(rule, parameter, Float64Array.of(0.5), states, settings, 1);
  expect(parameter[0]).toBeCloseTo(0.98 - 0.1, 14);

  updateParameter(rule, parameter, Float64Array.of(-0.25), states, settings, 2);
  const mean = (0.9 * 0.1 * 0.5 + 0.1 * -0.25) / (1 - 0.9 ** 2);
  const square = (0.999 * 0.001 * 0.5 ** 2 + 0.001 * 0.25 ** 2) / (1 - 0.999 ** 2);
  expect(parameter[0]).toBeCloseTo(0.88 * 0.98 - (0.1 * mean) / Math.sqrt(square), 14);
  expect(parameter[0]).toBeCloseTo(0.8357663, 7);
});
