import { describe, expect, test } from 'vitest';
import { InputError } from '../errors.ts';
import {
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
  softArgmax2d,
} from './layers.ts';
import {
  layerInfos,
  layerTree,
  network,
  networkOutput,
  parameterInfos,
  type Shape,
  sizeOf,
} from './network.ts';

const net2 = network(
  [1, 96, 96],
  [
    ...[conv2d(32, 3), relu(), maxPool2d()],
    ...[conv2d(64, 2), relu(), maxPool2d()],
    ...[conv2d(128, 2), relu(), maxPool2d()],
    ...[flatten(), dense(500, { name: 'dense4' }), relu(), dense(500, { name: 'dense5' }), relu()],
    dense(30, { name: 'output' }),
  ],
);

describe('layerInfos', () => {
  // As the tutorial prints net2's layers.
  test.each<[string, Shape, number]>([
    ['conv1', [32, 94, 94], 282_752],
    ['pool1', [32, 47, 47], 70_688],
    ['conv2', [64, 46, 46], 135_424],
    ['pool2', [64, 23, 23], 33_856],
    ['conv3', [128, 22, 22], 61_952],
    ['pool3', [128, 11, 11], 15_488],
    ['dense4', [500], 500],
    ['dense5', [500], 500],
    ['output', [30], 30],
  ])('gives %s of net2 the shape %j', (name, shape, outputs) => {
    const info = layerInfos(net2).find((layer) => layer.name === name)!;
    expect(info.output).toEqual(shape);
    expect(sizeOf(info.output)).toBe(outputs);
  });

  test('counts the names of each type on its own', () => {
    const names = layerInfos(net2).map(({ name }) => name);
    expect(names.slice(0, 7)).toEqual([
      ...['conv1', 'relu1', 'pool1', 'conv2', 'relu2', 'pool2', 'conv3'],
    ]);
    expect(names).toContain('flatten1');
  });

  test('keeps the size of a map with padding "same"', () => {
    for (const kernel of [1, 3, 5, 7]) {
      const spec = network([2, 9, 8], [conv2d(4, kernel, { padding: 'same' })]);
      expect(networkOutput(spec)).toEqual([4, 9, 8]);
    }
  });

  test.each([
    [conv2d(3, 3, { stride: 2 }), [1, 9, 8], [3, 4, 3]],
    [conv2d(3, 3, { stride: 2, padding: 'same' }), [1, 9, 8], [3, 5, 4]],
    [conv2d(3, 1, { stride: 2 }), [1, 9, 8], [3, 5, 4]],
    [conv2d(3, 7, { stride: 2, padding: 'same' }), [1, 1, 2], [3, 1, 1]],
  ])('steps of two pixels: %j', (layer, input, output) => {
    expect(networkOutput(network(input, [layer]))).toEqual(output);
  });

  test('maps become vectors: a mean of each, or x and y', () => {
    expect(networkOutput(network([5, 7, 9], [globalAveragePool2d()]))).toEqual([5]);
    expect(networkOutput(network([5, 7, 9], [softArgmax2d()]))).toEqual([10]);
  });

  test('drops an odd last row and column in pooling', () => {
    expect(networkOutput(network([2, 7, 9], [maxPool2d()]))).toEqual([2, 3, 4]);
  });
});

describe('parameterInfos', () => {
  test('lists net2: names, shapes and fans', () => {
    const infos = parameterInfos(net2);
    expect(infos.length).toBe(12);
    expect(infos[2]).toEqual({
      name: 'conv2.weight',
      shape: [64, 32, 2, 2],
      fanIn: 128,
      fanOut: 256,
      first: 'drawn',
    });
    expect(infos[7]).toEqual({
      name: 'dense4.bias',
      shape: [500],
      fanIn: 15_488,
      fanOut: 500,
      first: 0,
    });
    // conv1 to conv3, dense4, dense5, output: weights and biases.
    const total = 320 + 8_256 + 32_896 + 7_744_500 + 250_500 + 15_030;
    expect(infos.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(total);
  });
});

describe('residual blocks', () => {
  const same = conv2d(4, 3, { padding: 'same' });
  const net = network(
    [4, 9, 9],
    [
      residual([same, relu(), residual([same], { name: 'inner' })]),
      residual([same, conv2d(4, 1, { name: 'narrow' })]),
    ],
  );

  test('their layers come before them, under their name', () => {
    expect(layerInfos(net).map(({ name, output }) => `${name} ${output}`)).toEqual(
      [
        ...['residual1.conv1', 'residual1.relu1', 'residual1.inner.conv1', 'residual1.inner'],
        ...['residual1', 'residual2.conv1', 'residual2.narrow', 'residual2'],
      ].map((name) => `${name} 4,9,9`),
    );
    expect(parameterInfos(net).map(({ name }) => name)).toContain('residual2.narrow.weight');
  });

  test('in a tree they hold their layers', () => {
    const [first, second] = layerTree(net);
    expect(first!.body.at(-1)!.body.map(({ name }) => name)).toEqual(['residual1.inner.conv1']);
    expect(second!.body.map(({ name }) => name)).toEqual(['residual2.conv1', 'residual2.narrow']);
  });
});

test.each<[string, Shape, LayerSpec[], RegExp]>([
  [
    'means of a vector',
    [9],
    [globalAveragePool2d()],
    /layer 1 \(mean1\): a mean of maps needs maps/,
  ],
  ['places in a vector', [9], [softArgmax2d()], /layer 1 \(argmax1\): a soft-argmax needs maps/],
  ['a beta of 0', [1, 9, 9], [softArgmax2d({ beta: 0 })], /beta 0, expected more than 0/],
  ['an empty block', [9], [residual([])], /layer 1 \(residual1\): .* at least one layer/],
  [
    'a block that changes the shape',
    [4, 9, 9],
    [relu(), residual([conv2d(4, 3)])],
    /layer 2 \(residual1\): its layers make shape \[4, 7, 7\], which cannot be added .*\[4, 9, 9\]/,
  ],
  [
    'a layer that does not fit within a block',
    [9],
    [residual([dense(4), conv2d(4, 3)])],
    /layer 2 \(residual1.conv1\): a convolution needs maps/,
  ],
  [
    'the name of a layer within a block',
    [9],
    [residual([dense(9)]), dense(3, { name: 'residual1.dense1' })],
    /the name "residual1.dense1" is taken/,
  ],
  ['a matrix as input', [2, 3], [flatten(), dense(3)], /\[2, 3\].*\[channels, height, width\]/],
  ['no channel', [0, 9, 9], [conv2d(2, 3)], /the input has shape \[0, 9, 9\]/],
  ['half a feature', [2.5], [dense(3)], /the input has shape \[2.5\]/],
  ['a convolution of a vector', [9], [conv2d(2, 3)], /layer 1 \(conv1\): a convolution needs maps/],
  ['kernel 0', [1, 9, 9], [conv2d(2, 0)], /kernel 0 is not a whole number in 1 … 7/],
  ['kernel 8', [1, 9, 9], [conv2d(2, 8)], /kernel 8 is not a whole number in 1 … 7/],
  ['kernel 2.5', [1, 9, 9], [conv2d(2, 2.5)], /kernel 2.5 is not a whole number/],
  ['stride 3', [1, 9, 9], [conv2d(2, 3, { stride: 3 as 2 })], /stride 3, expected 1 or 2/],
  ['no filters', [1, 9, 9], [conv2d(0, 3)], /0 filters, expected 1 or more/],
  [
    '"same" with an even kernel',
    [1, 9, 9],
    [conv2d(2, 4, { padding: 'same' })],
    /odd kernel, not 4/,
  ],
  ['a kernel larger than the map', [1, 9, 4], [conv2d(2, 5)], /kernel 5 is larger.*\[1, 9, 4\]/],
  ['pooling of a vector', [9], [maxPool2d()], /pooling needs maps \[channels, height, width\]/],
  ['pooling of a line', [1, 1, 9], [maxPool2d()], /at least 2 x 2.*\[1, 1, 9\]/],
  ['dense on maps', [1, 9, 9], [relu(), dense(3)], /layer 2 \(dense1\).*flatten\(\).*\[1, 9, 9\]/],
  ['half a unit', [9], [dense(2.5)], /2.5 units/],
  ['a slope of 1', [9], [leakyRelu(1)], /layer 1 \(leakyRelu1\): slope 1 is not in \[0, 1\)/],
  ['a slope of NaN', [9], [leakyRelu(Number.NaN)], /slope NaN/],
  ['dropout of everything', [9], [dropout(1)], /rate 1 is not in \[0, 1\)/],
  ['a dropout rate of NaN', [9], [dropout(Number.NaN)], /rate NaN/],
  [
    'a name twice',
    [9],
    [dense(3, { name: 'a' }), dense(3, { name: 'a' })],
    /layer 2: the name "a"/,
  ],
])('network refuses %s', (_, input, layers, message) => {
  expect(() => network(input, layers)).toThrow(InputError);
  expect(() => network(input, layers)).toThrow(message);
});
