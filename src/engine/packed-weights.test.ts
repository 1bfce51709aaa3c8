import { afterAll, beforeAll, expect, test } from 'vitest';
import { initialise } from '../nn/initialise.ts';
import { conv2d, dense, flatten, maxPool2d, relu } from '../nn/layers.ts';
import { meanSquaredError } from '../nn/loss.ts';
import { network } from '../nn/network.ts';
import { sgd } from '../nn/rule.ts';
import { randomStream } from '../random.ts';
import { CompiledNetwork, type Tensors } from './compiled-network.ts';
import { Engine } from './engine.ts';

/** One convolution is direct, the other Winograd's. */
const net = network(
  [1, 12, 12],
  [
    ...[conv2d(4, 3), relu(), maxPool2d()],
    ...[conv2d(8, 2), relu(), maxPool2d(), flatten(), dense(2)],
  ],
);
const random = randomStream(1, 'pictures');
const images = Uint8Array.from({ length: 4 * 144 }, () => random.below(256));
const order = Uint32Array.of(0, 1, 2, 3);

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({ threads: 2, build: 'plain' });
});
afterAll(() => engine.close());

async function compiled(parameters: Tensors): Promise<CompiledNetwork> {
  const options = { batch: 4, loss: meanSquaredError(), rule: sgd(), seed: 0 };
  const own = await CompiledNetwork.create(engine, net, options);
  await own.setParameters(parameters);
  return own;
}

async function found(own: CompiledNetwork): Promise<Float32Array> {
  return own.predict(await own.load(images), order);
}

test('a prediction is always that of the parameters as they are', async () => {
  const own = await compiled(initialise(net, { seed: 1 }));
  const first = await found(own);
  expect(await found(own)).toEqual(first);

  const others = initialise(net, { seed: 2 });
  await own.setParameters(others);
  const second = await found(own);
  expect(second).not.toEqual(first);
  expect(second).toEqual(await found(await compiled(others)));

  const data = await own.load(images, new Float32Array(8).fill(1));
  await own.train(data, [{ order, learningRate: 0.1, momentum: 0 }]);
  const third = await found(own);
  expect(third).not.toEqual(second);
  expect(third).toEqual(await found(await compiled(await own.parameters())));
  expect(await found(own)).toEqual(third);
});
