import { expect, test } from 'vitest';
import { largestDifference, runOnnx } from '../../../test/onnx.ts';
import { ReferenceNetwork } from '../../engine/reference/reference-network.ts';
import { initialise } from '../../nn/initialise.ts';
import {
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  type LayerSpec,
  maxPool2d,
  relu,
  residual,
  sigmoid,
  softArgmax2d,
  tanh,
} from '../../nn/layers.ts';
import { network } from '../../nn/network.ts';
import { randomStream } from '../../random.ts';
import { encodeOnnx } from './onnx-file.ts';

const LAYERS: readonly LayerSpec[] = [
  ...[conv2d(5, 3, { padding: 'same' }), relu(), maxPool2d()],
  residual([conv2d(5, 3, { padding: 'same' }), dropout(0.5), residual([conv2d(5, 1)]), tanh()]),
  ...[conv2d(4, 2), sigmoid(), dropout(0.5), conv2d(3, 3, { padding: 'same', stride: 2 })],
  ...[flatten(), dense(7), tanh(), dense(3)],
];

test('another runtime finds what the network finds, for any number of rows', async () => {
  const net = network([2, 9, 8], LAYERS);
  const parameters = initialise(net, { seed: 3, gain: 1 });
  const random = randomStream(3, 'onnx');
  const pictures = [1, 3].map((rows): [Float32Array, number[]] => [
    Float32Array.from({ length: rows * 144 }, () => random.next()),
    [rows, 2, 9, 8],
  ]);
  const found = await runOnnx(encodeOnnx(net, parameters), pictures);
  for (const [i, [values, [rows]]] of pictures.entries()) {
    const { dims, data } = found[i]!;
    expect(dims).toEqual([rows, 3]);
    const expected = new ReferenceNetwork(net, parameters).forward(
      Float64Array.from(values),
      rows!,
    );
    expect(largestDifference(data, expected)).toBeLessThan(1e-5);
    // Far enough from zero for the line before to mean something.
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
  }
});

test.each([
  ['means of maps', [conv2d(5, 3), relu(), globalAveragePool2d(), dense(3)]],
  ['mean places', [conv2d(3, 3, { padding: 'same' }), softArgmax2d({ beta: 5 })]],
])('%s', async (_, layers) => {
  const net = network([2, 9, 8], layers);
  const parameters = initialise(net, { seed: 3, gain: 3 });
  const random = randomStream(3, 'onnx');
  const picture = Float32Array.from({ length: 2 * 144 }, () => random.next());
  const [found] = await runOnnx(encodeOnnx(net, parameters), [[picture, [2, 2, 9, 8]]]);
  const expected = new ReferenceNetwork(net, parameters).forward(Float64Array.from(picture), 2);
  expect(found!.dims).toEqual([2, expected.length / 2]);
  expect(largestDifference(found!.data, expected)).toBeLessThan(1e-5);
  expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
});

test('a parameter that is missing or has another size is refused', () => {
  const net = network([4], [dense(2)]);
  expect(() => encodeOnnx(net, new Map())).toThrow(
    'dense1.weight: undefined values, expected 2 x 4',
  );
  const wrong = new Map([['dense1.weight', new Float32Array(7)]]);
  expect(() => encodeOnnx(net, wrong)).toThrow('7 values, expected 2 x 4');
});
