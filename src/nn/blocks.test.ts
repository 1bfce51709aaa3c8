import { expect, test } from 'vitest';
import { blocksOf, networkOf } from './blocks.ts';
import {
  conv2d,
  dense,
  dropout,
  flatten,
  type LayerSpec,
  maxPool2d,
  relu,
  residual,
  tanh,
} from './layers.ts';
import { layerInfos, network } from './network.ts';

const namesOf = (layers: readonly LayerSpec[]): string[][] =>
  blocksOf(network([1, 8, 8], layers)).map((block) => [
    block.name,
    ...block.layers.map(({ spec }) => spec.type),
  ]);

test('activations and dropout belong to the layer before them, a flatten to the one behind it', () => {
  const layers = [conv2d(2, 3), relu(), maxPool2d(), dropout(0.1)];
  expect(namesOf([...layers, flatten(), dropout(0.5), dense(5), tanh(), dense(4)])).toEqual([
    ['conv1', 'conv2d', 'relu'],
    ['pool1', 'maxPool2d', 'dropout'],
    ['dense1', 'flatten', 'dropout', 'dense', 'tanh'],
    ['dense2', 'dense'],
  ]);
});

test('a residual block is one', () => {
  const block = residual([conv2d(2, 3, { padding: 'same' }), relu(), conv2d(2, 1)]);
  expect(namesOf([conv2d(2, 3), block, relu(), dropout(0.2), maxPool2d()])).toEqual([
    ['conv1', 'conv2d'],
    ['residual1', 'residual', 'relu', 'dropout'],
    ['pool1', 'maxPool2d'],
  ]);
});

test('what has no layer to belong to is a block of its own', () => {
  expect(namesOf([])).toEqual([]);
  expect(namesOf([relu(), flatten()])).toEqual([
    ['relu1', 'relu'],
    ['flatten1', 'flatten'],
  ]);
});

test('the networks of the blocks, one behind the other, are the network without its dropout', () => {
  const whole = network(
    [1, 8, 8],
    [conv2d(2, 3), relu(), dropout(0.1), maxPool2d(), flatten(), dense(4, { name: 'out' })],
  );
  const parts = blocksOf(whole).map(({ layers }) => networkOf(layers));
  const flat = parts.flatMap((part) => layerInfos(part));
  const kept = layerInfos(whole).filter(({ spec }) => spec.type !== 'dropout');
  expect(flat.map(({ name, output, parameters }) => ({ name, output, parameters }))).toEqual(
    kept.map(({ name, output, parameters }) => ({ name, output, parameters })),
  );
});
