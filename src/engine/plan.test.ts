import { expect, test } from 'vitest';
import {
  batchNorm,
  conv2d,
  dense,
  globalAveragePool2d,
  leakyRelu,
  maxPool2d,
  residual,
  silu,
  softArgmax2d,
} from '../nn/layers.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import { network } from '../nn/network.ts';
import { sgd } from '../nn/rule.ts';
import { planNetwork } from './plan.ts';

/** What works on weights, channels or labels and takes next to no time. */
const SMALL = / (pack|moments|gradients|list|reduce|(weight|bias) update)$|^loss$/;

const conv = (filters: number) => conv2d(filters, 3, { padding: 'same' });

test.each([
  ['a dense layer', [globalAveragePool2d(), dense(6)]],
  ['heat maps', [conv(3), softArgmax2d()]],
])('benchmarks can tell of every operation on maps before %s what limits it', (_, end) => {
  const layers = [
    ...[conv(4), leakyRelu(0.1), maxPool2d(), batchNorm(), silu(), maxPool2d()],
    residual([conv(4), batchNorm()]),
    ...end,
  ];
  const plan = planNetwork(network([1, 24, 24], layers), 65536, {
    ...{ batch: 4, loss: maskedMeanSquaredError(), rule: sgd(), threads: 1 },
  });
  const silent = [...plan.gather, ...plan.forward, ...plan.loss, ...plan.backward]
    .filter(({ multiplyAdds, traffic }) => multiplyAdds === 0 && !traffic)
    .map(({ label }) => label)
    .filter((label) => !SMALL.test(label));
  expect(silent).toEqual([]);
});
