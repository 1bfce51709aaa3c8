import { expect, test } from 'vitest';
import { initialise } from '../nn/initialise.ts';
import { conv2d, dense, flatten, maxPool2d, relu } from '../nn/layers.ts';
import { network } from '../nn/network.ts';
import { pictureWeights } from './picture-weights.ts';

const net = network(
  [1, 8, 8],
  [conv2d(4, 3), relu(), maxPool2d(), conv2d(5, 2), relu(), flatten(), dense(6), relu(), dense(2)],
);
const parameters = initialise(net, { seed: 1 });

test('the first layer is the default; any convolution will do', () => {
  const first = pictureWeights(net, parameters);
  expect([first.name, first.shape]).toEqual(['conv1', [4, 1, 3, 3]]);
  expect(pictureWeights(net, parameters, 'conv2').shape).toEqual([5, 4, 2, 2]);
});

test.each([
  ['maps', network([1, 6, 6], [flatten(), dense(3), relu(), dense(2)])],
  ['a vector', network([36], [dense(3), relu(), dense(2)])],
])('a dense layer over a picture as %s', (_, flat) => {
  const { shape, values } = pictureWeights(flat, initialise(flat, { seed: 1 }));
  expect(shape).toEqual([3, 1, 6, 6]);
  expect(values.length).toBe(3 * 36);
});

test.each([
  ['maps', network([3, 6, 6], [flatten(), dense(4)])],
  ['a vector', network([108], [dense(4)])],
])('a dense layer over a picture in colour as %s', (_, flat) => {
  expect(pictureWeights(flat, initialise(flat, { seed: 1 })).shape).toEqual([4, 3, 6, 6]);
});

test('weights that make no pictures and unknown layers are refused', () => {
  expect(() => pictureWeights(net, parameters, 'dense1')).toThrow(/dense1 make no pictures/);
  expect(() => pictureWeights(net, parameters, 'dense2')).toThrow(/dense2 make no pictures/);
  expect(() => pictureWeights(net, parameters, 'conv9')).toThrow(/no layer "conv9"/);
});
