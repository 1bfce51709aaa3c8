import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { validate } from '../json.ts';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  leakyRelu,
  maxPool2d,
  relu,
  residual,
  sigmoid,
  silu,
  softArgmax2d,
  tanh,
} from './layers.ts';
import { network } from './network.ts';
import { networkSchema } from './network-schema.ts';

const read = (value: unknown) => validate(networkSchema, value, 'a.json');

test('every kind of layer is read back as it was', () => {
  const spec = network(
    [1, 9, 9],
    [
      conv2d(2, 3, { padding: 'same', stride: 2, name: 'eyes' }),
      relu(),
      maxPool2d(2),
      residual([conv2d(2, 1), residual([relu()], { name: 'inner' })]),
      flatten(),
      dropout(0.5),
      dense(4),
      tanh(),
      silu(),
      leakyRelu(0.2),
      batchNorm({ momentum: 0.8 }),
      dense(2, { name: 'out' }),
      sigmoid(),
    ],
  );
  expect(read(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
});

test.each<[unknown, RegExp]>([
  [{ input: [4], layers: [{ type: 'dense' }] }, /^a\.json, layers\[0\]\.units: /],
  [{ input: [4], layers: [{ type: 'dens', units: 3 }] }, /^a\.json, layers\[0\]\.type: /],
  [{ input: [4], layers: [{ type: 'dense', units: 0 }] }, /^a\.json, layers\[0\]\.units: /],
  [{ input: [4], layers: [{ type: 'dense', units: 1, bias: 0 }] }, /^a\.json, layers\[0\]: .*bias/],
  [{ input: [], layers: [] }, /^a\.json, input: /],
  [{ input: [4], layers: [{ type: 'flatten', name: '' }] }, /^a\.json, layers\[0\]\.name: /],
  [
    { input: [4], layers: [{ type: 'residual', layers: [{ type: 'dense', units: 0 }] }] },
    /^a\.json, layers\[0\]\.layers\[0\]\.units: /,
  ],
  [
    { input: [4], layers: [{ type: 'maxPool2d', size: 2 }] },
    /^a\.json, layers: layer 1 \(pool1\): pooling needs maps/,
  ],
])('%j is refused', (value, message) => {
  expect(() => read(value)).toThrow(refusal(message));
});

test.each([globalAveragePool2d({ name: 'means' }), softArgmax2d({ beta: 3 })])(
  '%j is read back as it was',
  (layer) => {
    const spec = network([2, 9, 9], [layer]);
    expect(read(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  },
);
