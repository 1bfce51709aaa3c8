import { describe, expect, test } from 'vitest';
import { randomStream } from '../random.ts';
import { initialise, RELU_GAIN } from './initialise.ts';
import { conv2d, dense, flatten, relu } from './layers.ts';
import { network } from './network.ts';

const spec = network(
  [3, 12, 12],
  [conv2d(16, 3), relu(), flatten(), dense(100), relu(), dense(30)],
);

describe('initialise', () => {
  test('makes every parameter in order, biases zero', () => {
    const parameters = initialise(spec, { seed: 1 });
    expect([...parameters].map(([name, values]) => [name, values.length])).toEqual([
      ['conv1.weight', 16 * 3 * 9],
      ['conv1.bias', 16],
      ['dense1.weight', 100 * 1600],
      ['dense1.bias', 100],
      ['dense2.weight', 30 * 100],
      ['dense2.bias', 30],
    ]);
    for (const name of ['conv1.bias', 'dense1.bias', 'dense2.bias']) {
      expect(parameters.get(name)!.every((value) => value === 0)).toBe(true);
    }
  });

  test.each([
    { gain: 1, name: 'conv1.weight', limit: Math.sqrt(6 / (3 * 9 + 16 * 9)) },
    { gain: 1, name: 'dense1.weight', limit: Math.sqrt(6 / (1600 + 100)) },
    { gain: RELU_GAIN, name: 'dense1.weight', limit: Math.sqrt(12 / (1600 + 100)) },
  ])('fills $name evenly up to its limit at gain $gain', ({ gain, name, limit }) => {
    const values = initialise(spec, { seed: 7, gain }).get(name)!;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(Math.fround(limit));
    expect(largest).toBeGreaterThan(0.98 * limit);
    expect(Math.abs(mean)).toBeLessThan(0.1 * limit);
    expect(Math.abs(variance / (limit ** 2 / 3) - 1)).toBeLessThan(0.15);
  });

  test('takes the value at an index from the stream of the parameter', () => {
    const uniform = randomStream(3, 'init/dense2.weight').uniform(17);
    const expected = Math.fround((2 * uniform - 1) * Math.sqrt(6 / 130));
    expect(initialise(spec, { seed: 3 }).get('dense2.weight')![17]).toBe(expected);
  });

  test('gives the same bits for the same seed and others for another', () => {
    const [a, b, c] = [5, 5, 6].map((seed) => initialise(spec, { seed }).get('conv1.weight'));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });
});
