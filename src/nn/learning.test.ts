import { describe, expect, test } from 'vitest';
import { conv2d, dense, dropout, flatten, maxPool2d, relu, residual } from './layers.ts';
import { frozenPrefix, type LearningByLayer, learns } from './learning.ts';
import { layerInfos, layerTree, network } from './network.ts';

const LAYERS = layerInfos(
  network(
    [1, 12, 12],
    [
      ...[dropout(0.1), conv2d(4, 3), relu(), maxPool2d(), dropout(0.2), conv2d(4, 2), flatten()],
      ...[dense(5), relu(), dropout(0.3), dense(2)],
    ],
  ),
);

const frozen = (...names: readonly string[]): LearningByLayer =>
  new Map(names.map((name) => [name, { frozen: true }]));

describe('frozenPrefix', () => {
  test.each([
    [[], 0],
    [['conv1'], 5],
    [['conv1', 'conv2'], 7],
    [['conv1', 'conv2', 'dense1'], 10],
    [['conv1', 'conv2', 'dense1', 'dense2'], 11],
    // What stands above a layer that learns varies with it.
    [['conv2'], 0],
    [['conv1', 'dense1'], 5],
  ])('%j: the first %i layers', (names, expected) => {
    expect(frozenPrefix(LAYERS, frozen(...names))).toBe(expected);
  });

  test('a residual block belongs to it as a whole or not at all', () => {
    const block = residual([dense(4), dropout(0.5), dense(4)]);
    const layers = layerTree(network([3], [dense(4), block, dense(2)]));
    expect(frozenPrefix(layers, frozen('dense1', 'residual1.dense1'))).toBe(1);
    expect(frozenPrefix(layers, frozen('dense1', 'residual1.dense1', 'residual1.dense2'))).toBe(2);
  });

  test('layers without parameters alone are none', () => {
    const layers = layerInfos(network([3], [relu(), dropout(0.5)]));
    expect(frozenPrefix(layers, frozen('relu1'))).toBe(0);
  });
});

test('a layer learns that has parameters and is not frozen, at whatever rate', () => {
  const learning = new Map([
    ['conv2', { frozen: true }],
    ['dense1', { frozen: false, rate: 0.1 }],
  ]);
  const names = LAYERS.filter((layer) => learns(layer, learning)).map(({ name }) => name);
  expect(names).toEqual(['conv1', 'dense1', 'dense2']);
});
