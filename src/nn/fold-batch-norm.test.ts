import { expect, test } from 'vitest';
import { fill, relativeDifference } from '../../test/golden.ts';
import { ReferenceNetwork } from '../engine/reference/reference-network.ts';
import { randomStream } from '../random.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { initialise } from './initialise.ts';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  type LayerSpec,
  maxPool2d,
  relu,
  residual,
} from './layers.ts';
import { network, parameterInfos, sizeOf } from './network.ts';

const same = (filters: number): LayerSpec => conv2d(filters, 3, { padding: 'same' });

test.each<[string, LayerSpec[], LayerSpec['type'][]]>([
  [
    'behind convolutions, padded or not, and dense layers',
    [same(5), batchNorm(), relu(), conv2d(4, 2), batchNorm(), flatten(), dense(7), batchNorm()],
    ['conv2d', 'relu', 'conv2d', 'flatten', 'dense'],
  ],
  [
    'before convolutions without padding',
    [batchNorm(), conv2d(5, 3), relu(), maxPool2d(), batchNorm(), conv2d(4, 2)],
    ['conv2d', 'relu', 'maxPool2d', 'conv2d'],
  ],
  [
    'before and behind a flatten, and between dense layers',
    [
      conv2d(5, 3),
      relu(),
      batchNorm(),
      flatten(),
      batchNorm(),
      dense(6),
      relu(),
      batchNorm(),
      dense(3),
    ],
    ['conv2d', 'relu', 'flatten', 'dense', 'relu', 'dense'],
  ],
  [
    'through dropout, which goes',
    [
      conv2d(5, 3),
      dropout(0.5),
      batchNorm(),
      relu(),
      batchNorm(),
      dropout(0.2),
      flatten(),
      dense(3),
    ],
    ['conv2d', 'relu', 'flatten', 'dense'],
  ],
  [
    'within residual blocks, each for itself',
    [
      conv2d(4, 3),
      residual([batchNorm(), relu(), conv2d(4, 1), batchNorm(), dropout(0.3)]),
      batchNorm(),
      residual([dropout(0.5)]),
      flatten(),
      dense(3),
    ],
    ['conv2d', 'residual', 'batchNorm', 'residual', 'flatten', 'dense'],
  ],
  [
    'twice in a row',
    [conv2d(5, 3), batchNorm(), batchNorm(), relu(), batchNorm(), batchNorm(), flatten(), dense(3)],
    ['conv2d', 'relu', 'flatten', 'dense'],
  ],
  [
    'not before a border of zeros, nor between other layers',
    [
      batchNorm(),
      same(5),
      relu(),
      batchNorm(),
      maxPool2d(),
      batchNorm(),
      same(4),
      relu(),
      batchNorm(),
    ],
    [
      'batchNorm',
      'conv2d',
      'relu',
      'batchNorm',
      'maxPool2d',
      'batchNorm',
      'conv2d',
      'relu',
      'batchNorm',
    ],
  ],
])('%s', (_, layers, types) => {
  const net = network([2, 8, 9], layers);
  const parameters = initialise(net, { seed: 2 });
  for (const { name, shape } of parameterInfos(net)) {
    const random = randomStream(4, name);
    const [from, to] = name.endsWith('.variance') ? [0.2, 3] : [-1, 1];
    if (shape.length === 1)
      parameters.set(
        name,
        parameters.get(name)!.map(() => random.between(from!, to!)),
      );
  }
  const before = structuredClone(parameters);
  const folded = foldBatchNorm({ network: net, parameters });
  expect(folded.network.layers.map(({ type }) => type)).toEqual(types);
  expect(parameters).toEqual(before);
  expect([...folded.parameters.keys()]).toEqual(
    parameterInfos(folded.network).map(({ name }) => name),
  );
  const input = Float64Array.from(fill(3 * sizeOf(net.input), [1, 0.2]));
  const [expected, found] = [{ network: net, parameters }, folded].map((one) =>
    new ReferenceNetwork(one.network, one.parameters).forward(input, 3),
  );
  expect(relativeDifference(found!, expected!)).toBeLessThan(5e-7);
});

test('without batch normalisation everything stays as it is', () => {
  const net = network([1, 5, 5], [conv2d(2, 3), dropout(0.2), flatten(), dense(2)]);
  const parameters = initialise(net, { seed: 2 });
  const folded = foldBatchNorm({ network: net, parameters });
  expect(folded.network).toBe(net);
  expect(folded.parameters).toBe(parameters);
});
