import { expect, test } from 'vitest';
import { conv2d, dense, dropout, flatten, relu, residual } from '../nn/layers.ts';
import type { LearningByLayer } from '../nn/learning.ts';
import { layerInfos, network } from '../nn/network.ts';
import { splitFrozen } from './layer-tuning.ts';

const block = residual([conv2d(4, 3, { padding: 'same' }), dropout(0.5), conv2d(4, 1)]);
const NET = network([1, 9, 9], [conv2d(4, 3), dropout(0.1), block, relu(), flatten(), dense(2)]);

const frozen = (...names: readonly string[]): LearningByLayer =>
  new Map(names.map((name) => [name, { frozen: true }]));

const namesOf = (learning: LearningByLayer): string[][] => {
  const { prefix, head } = splitFrozen(NET, learning)!;
  return [prefix, head].map((part) => layerInfos(part).map(({ name }) => name));
};

test('a residual block is cut off whole, with its dropout', () => {
  const learning = frozen('conv1', 'residual1.conv1', 'residual1.conv2');
  expect(namesOf(learning)).toEqual([
    [
      'conv1',
      'dropout1',
      'residual1.conv1',
      'residual1.dropout1',
      'residual1.conv2',
      'residual1',
      'relu1',
    ],
    ['flatten1', 'dense1'],
  ]);
  expect(splitFrozen(NET, learning)!.dropouts).toBe(2);
});

test('of a residual block that learns in part nothing is cut off', () => {
  const learning = frozen('conv1', 'residual1.conv1');
  const { prefix, head } = splitFrozen(NET, learning)!;
  expect(prefix.layers.length).toBe(2);
  expect(head.layers[0]).toEqual({ ...block, name: 'residual1' });
});
