import { initialise } from '../nn/initialise.ts';
import { conv2d, dense, flatten, maxPool2d, relu } from '../nn/layers.ts';
import { meanSquaredError } from '../nn/loss.ts';
import { network, networkOutput, sizeOf } from '../nn/network.ts';
import { nesterov } from '../nn/rule.ts';
import { randomStream } from '../random.ts';
import { CompiledNetwork } from './compiled-network.ts';
import type { Engine } from './engine.ts';
import { ReferenceNetwork } from './reference/reference-network.ts';
import { ReferenceTrainer } from './reference/reference-trainer.ts';

const ROWS = 8;
const STEPS = 5;
const SETTINGS = { learningRate: 0.1, momentum: 0.9 };
/** Five steps in float32 may differ from float64 by this much of the loss. */
const TOLERANCE = 1e-4;

/**
 * Trains a very small network for a few steps on the engine and on the float64 reference, and compares
 * the last losses. Takes some milliseconds.
 *
 * @throws Error where the engine cannot run or computes something else
 * @example
 * await selfCheck(await Engine.start());
 */
export async function selfCheck(engine: Engine): Promise<void> {
  const net = network(
    [1, 10, 10],
    [conv2d(8, 3), relu(), maxPool2d(), flatten(), dense(12), relu(), dense(4)],
  );
  const parameters = initialise(net, { seed: 1 });
  const random = randomStream(1, 'self-check');
  const draw = (length: number) => Float32Array.from({ length }, () => random.between(-1, 1));
  const inputs = draw(ROWS * sizeOf(net.input));
  const targets = draw(ROWS * sizeOf(networkOutput(net)));

  const [loss, rule] = [meanSquaredError(), nesterov()];
  const compiled = await CompiledNetwork.create(engine, net, { batch: ROWS, loss, rule, seed: 0 });
  await compiled.setParameters(parameters);
  const data = await compiled.load(inputs, targets);
  const order = Uint32Array.from({ length: ROWS }, (_, row) => row);
  const losses = await compiled.train(
    data,
    Array.from({ length: STEPS }, () => ({ order, ...SETTINGS })),
  );
  const { sum, count } = losses.at(-1)!;
  const computed = sum / count;

  const reference = new ReferenceTrainer(new ReferenceNetwork(net, parameters), loss, rule);
  let expected = Number.NaN;
  for (let step = 0; step < STEPS; step++) {
    expected = reference.step(Float64Array.from(inputs), targets, ROWS, SETTINGS);
  }
  if (!(Math.abs(computed - expected) <= TOLERANCE * expected)) {
    throw new Error(`the kernels compute a loss of ${computed}, the reference ${expected}`);
  }
}
