import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { ReferenceNetwork } from '../../engine/reference/reference-network.ts';
import { initialise } from '../../nn/initialise.ts';
import {
  conv2d,
  dense,
  dropout,
  flatten,
  type LayerSpec,
  maxPool2d,
  network,
  relu,
  sigmoid,
  tanh,
} from '../../nn/network.ts';
import { randomStream } from '../../random.ts';
import { encodeOnnx, ONNX_INPUT, ONNX_OUTPUT } from './onnx-file.ts';

env.wasm.numThreads = 1;

const LAYERS: readonly LayerSpec[] = [
  ...[conv2d(5, 3, { padding: 'same' }), relu(), maxPool2d()],
  ...[conv2d(4, 2), sigmoid(), dropout(0.5)],
  ...[flatten(), dense(7), tanh(), dense(3)],
];

test('another runtime finds what the network finds, for any number of rows', async () => {
  const net = network([2, 9, 8], LAYERS);
  const parameters = initialise(net, { seed: 3, gain: 1 });
  const session = await InferenceSession.create(encodeOnnx(net, parameters));
  expect([session.inputNames, session.outputNames]).toEqual([[ONNX_INPUT], [ONNX_OUTPUT]]);
  const random = randomStream(3, 'onnx');
  for (const rows of [1, 3]) {
    const pictures = Float32Array.from({ length: rows * 144 }, () => random.next());
    const feeds = { [ONNX_INPUT]: new Tensor('float32', pictures, [rows, 2, 9, 8]) };
    const found = (await session.run(feeds))[ONNX_OUTPUT]!;
    expect(found.dims).toEqual([rows, 3]);
    const expected = new ReferenceNetwork(net, parameters).forward(
      Float64Array.from(pictures),
      rows,
    );
    const largest = Math.max(
      ...expected.map((value, i) => Math.abs(value - Number(found.data[i]))),
    );
    expect(largest).toBeLessThan(1e-5);
    // Far enough from zero for the line before to mean something.
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
  }
  await session.release();
});

test('a parameter that is missing or has another size is refused', () => {
  const net = network([4], [dense(2)]);
  expect(() => encodeOnnx(net, new Map())).toThrow(
    'dense1.weight: undefined values, expected 2 x 4',
  );
  const wrong = new Map([['dense1.weight', new Float32Array(7)]]);
  expect(() => encodeOnnx(net, wrong)).toThrow('7 values, expected 2 x 4');
});
