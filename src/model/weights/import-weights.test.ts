import { describe, expect, test } from 'vitest';
import { largestDifference } from '../../../test/onnx.ts';
import { refusal } from '../../../test/refusal.ts';
import { ReferenceNetwork } from '../../engine/reference/reference-network.ts';
import { initialise } from '../../nn/initialise.ts';
import { batchNorm, conv2d, dense, dropout, flatten, maxPool2d, relu } from '../../nn/layers.ts';
import { network, parameterInfos, sizeOf } from '../../nn/network.ts';
import { randomStream } from '../../random.ts';
import { encodeSafetensors, type Tensor } from '../safetensors.ts';
import { importWeights } from './import-weights.ts';
import { weightMapSchema } from './weight-map.ts';

const HEIGHT = 9;
const WIDTH = 8;
const CHANNELS = 3;
const NET = network(
  [CHANNELS, HEIGHT, WIDTH],
  [
    ...[conv2d(5, 3), relu(), maxPool2d(), flatten(), dropout(0.5)],
    ...[dense(7), relu(), dense(4, { name: 'output' })],
  ],
);

const random = randomStream(9, 'weights');
const tensor = (...shape: number[]): Tensor => ({
  shape,
  values: Float32Array.from({ length: sizeOf(shape) }, () => random.between(-0.5, 0.5)),
});
const map = (value: object) => weightMapSchema.parse(value);
const fileOf = (tensors: Readonly<Record<string, Tensor>>) =>
  encodeSafetensors(new Map(Object.entries(tensors)));

/** The weights of such a net as Keras keeps them. */
const KERAS = {
  'conv2d/kernel': tensor(3, 3, CHANNELS, 5),
  'conv2d/bias': tensor(5),
  'dense/kernel': tensor(3 * 3 * 5, 7),
  'dense/bias': tensor(7),
  'dense_1/kernel': tensor(7, 4),
  'dense_1/bias': tensor(4),
};
const KERAS_MAP = {
  layout: 'keras',
  tensors: {
    'conv1.weight': 'conv2d/kernel',
    'conv1.bias': 'conv2d/bias',
    'dense1.weight': 'dense/kernel',
    'dense1.bias': 'dense/bias',
    'output.weight': 'dense_1/kernel',
    'output.bias': 'dense_1/bias',
  },
};

/** What Keras computes of a picture (y, x, channel), written down for this net alone. */
function keras(picture: readonly number[]): number[] {
  const [kernel, bias] = [KERAS['conv2d/kernel'].values, KERAS['conv2d/bias'].values];
  const convolved = (y: number, x: number, filter: number): number => {
    let sum = bias[filter]!;
    for (let dy = 0; dy < 3; dy++) {
      for (let dx = 0; dx < 3; dx++) {
        for (let c = 0; c < CHANNELS; c++) {
          sum +=
            picture[((y + dy) * WIDTH + x + dx) * CHANNELS + c]! *
            kernel[((dy * 3 + dx) * CHANNELS + c) * 5 + filter]!;
        }
      }
    }
    return Math.max(0, sum);
  };
  const flat: number[] = [];
  for (let y = 0; y < 6; y += 2) {
    for (let x = 0; x < 6; x += 2) {
      for (let f = 0; f < 5; f++) {
        const window = [
          [y, x],
          [y, x + 1],
          [y + 1, x],
          [y + 1, x + 1],
        ];
        flat.push(Math.max(...window.map(([v, u]) => convolved(v!, u!, f))));
      }
    }
  }
  const layer = (inputs: readonly number[], kernelName: keyof typeof KERAS, biases: Tensor) =>
    Array.from(biases.values, (start, unit) =>
      inputs.reduce(
        (sum, value, i) => sum + value * KERAS[kernelName].values[i * biases.values.length + unit]!,
        start,
      ),
    );
  const hidden = layer(flat, 'dense/kernel', KERAS['dense/bias']).map((v) => Math.max(0, v));
  return layer(hidden, 'dense_1/kernel', KERAS['dense_1/bias']);
}

test('a net of Keras finds what it found there, maps flattened pixel by pixel', () => {
  const parameters = importWeights(fileOf(KERAS), 'keras.safetensors', NET, map(KERAS_MAP));
  const picture = Array.from({ length: HEIGHT * WIDTH * CHANNELS }, () => random.next());
  const planes = Float64Array.from(picture, (_, i) => {
    const [channel, pixel] = [Math.floor(i / (HEIGHT * WIDTH)), i % (HEIGHT * WIDTH)];
    return picture[pixel * CHANNELS + channel]!;
  });
  const found = new ReferenceNetwork(NET, parameters).forward(planes, 1);
  expect(largestDifference(found, keras(picture))).toBeLessThan(1e-6);
  expect(Math.max(...found.map(Math.abs))).toBeGreaterThan(0.1);
});

describe('batch normalisation', () => {
  const net = network(
    [2, 2, 3],
    [batchNorm(), flatten(), batchNorm(), dense(2, { name: 'output' })],
  );
  const random = initialise(net, { seed: 1 });
  const channels = (...values: number[]): Tensor => ({
    shape: [values.length],
    values: Float32Array.from(values),
  });
  const picture = Float64Array.from({ length: 12 }, (_, i) => i * i);
  /** Per value of the flat map, in the order of the framework. */
  const flat = (value: (channel: number, pixel: number) => number, keras: boolean): Tensor =>
    channels(
      ...Array.from({ length: 12 }, (_, i) =>
        keras ? value(i % 2, i >> 1) : value(Math.floor(i / 6), i % 6),
      ),
    );
  const fileFor = (names: readonly string[], keras: boolean): Uint8Array => {
    const [weight, bias, mean, variance] = names;
    const output = random.get('output.weight')!;
    const turned = Float32Array.from(output, (_, i) => {
      const [from, to] = [Math.floor(i / 2), i % 2];
      return output[to * 12 + (from % 2) * 6 + (from >> 1)]!;
    });
    return fileOf({
      [`bn1${weight}`]: channels(2, -3),
      [`bn1${bias}`]: channels(0.5, 1),
      [`bn1${mean}`]: channels(10, 80),
      [`bn1${variance}`]: channels(99, 2500),
      [`bn2${weight}`]: flat((c, pixel) => 1 + c + pixel, keras),
      [`bn2${bias}`]: flat((c, pixel) => c - pixel, keras),
      [`bn2${mean}`]: flat((c, pixel) => (c - pixel) / 10, keras),
      [`bn2${variance}`]: flat((c, pixel) => 1 + c + 3 * pixel, keras),
      bn1_steps: channels(12),
      out: keras ? { shape: [12, 2], values: turned } : { shape: [2, 12], values: output },
      out_bias: channels(1, 2),
    });
  };
  const mapFor = ([weight, bias, mean, variance]: readonly string[], layout: string) =>
    map({
      layout,
      tensors: {
        ...Object.fromEntries(
          ['1', '2'].flatMap((n) => [
            [`norm${n}.weight`, `bn${n}${weight}`],
            [`norm${n}.bias`, `bn${n}${bias}`],
            [`norm${n}.mean`, `bn${n}${mean}`],
            [`norm${n}.variance`, `bn${n}${variance}`],
          ]),
        ),
        ...{ 'output.weight': 'out', 'output.bias': 'out_bias' },
      },
      ignore: ['bn1_steps'],
    });
  const TORCH = ['.weight', '.bias', '.running_mean', '.running_var'];
  const KERAS_NAMES = ['/gamma', '/beta', '/moving_mean', '/moving_variance'];

  test("PyTorch's and Keras's names and orders, of maps and behind a flatten", () => {
    const torch = importWeights(fileFor(TORCH, false), 'a', net, mapFor(TORCH, 'pytorch'));
    const keras = importWeights(fileFor(KERAS_NAMES, true), 'a', net, mapFor(KERAS_NAMES, 'keras'));
    expect(torch.get('norm1.variance')).toEqual(Float32Array.of(99, 2500));
    expect(torch.get('norm2.mean')![7]).toBeCloseTo((1 - 1) / 10);
    expect(keras).toEqual(torch);
    const found = new ReferenceNetwork(net, torch).forward(picture, 1);
    // By hand, of the first two values of the first channel.
    const first = ((0 - 10) / Math.sqrt(99 + 1e-5)) * 2 + 0.5;
    expect(
      new ReferenceNetwork(network([2, 2, 3], [batchNorm()]), torch).forward(picture, 1)[0],
    ).toBeCloseTo(first, 10);
    expect(found.every(Number.isFinite)).toBe(true);
  });

  test('a mean in the place of a variance is refused', () => {
    const file = fileFor(['.weight', '.bias', '.running_var', '.running_mean'], false);
    expect(() => importWeights(file, 'a', net, mapFor(TORCH, 'pytorch'))).toThrow(
      refusal(
        /^a: tensor "bn2.running_var" holds -0.1\d* at index 1, and norm2.variance is a variance/,
      ),
    );
  });
});

const OURS = initialise(NET, { seed: 4 });
const tensors = Object.fromEntries(
  parameterInfos(NET).map(({ name, shape }) => [name, { shape, values: OURS.get(name)! }]),
);
const read = (file: Uint8Array, changes: object = {}) =>
  importWeights(file, 'a.safetensors', NET, map(changes));

describe("a net of PyTorch's", () => {
  test('needs no map where the names are ours', () => {
    expect(read(fileOf(tensors))).toEqual(new Map(OURS));
  });

  test('is mapped by name, each tensor with a layout of its own if need be', () => {
    const { 'output.weight': output, ...others } = tensors;
    const turned = Float32Array.from(output!.values, (_, i) => {
      const [input, unit] = [Math.floor(i / 4), i % 4];
      return output!.values[unit * 7 + input]!;
    });
    const file = fileOf({ ...others, head: { shape: [7, 4], values: turned } });
    const named = { tensors: { 'output.weight': { name: 'head', layout: 'keras' } } };
    expect(read(file, named).get('output.weight')).toEqual(output!.values);
  });

  test('may hold tensors that nothing is made of, if the map says so', () => {
    const file = fileOf({ ...tensors, 'norm.steps': tensor(1) });
    expect(read(file, { ignore: ['norm.steps'] })).toEqual(new Map(OURS));
    expect(() => read(file)).toThrow(
      refusal('a.safetensors: no parameter of the network is made of "norm.steps" [1]'),
    );
  });
});

describe('refused:', () => {
  const without = (name: string) => {
    const { [name]: _, ...others } = tensors;
    return others;
  };

  test.each<[what: string, file: Uint8Array, map: object, message: string, advice: string]>([
    [
      'tensors under other names',
      fileOf({ ...without('conv1.weight'), 'features.0.weight': tensors['conv1.weight']! }),
      {},
      'a.safetensors: there is no tensor for conv1.weight [5, 3, 3, 3]',
      'Name the tensors in a map: {"tensors": {"conv1.weight": "features.0.weight"}} perhaps, which has shape [5, 3, 3, 3].',
    ],
    [
      'tensors that are not there',
      fileOf(without('dense1.bias')),
      {},
      'a.safetensors: there is no tensor for dense1.bias [7]',
      'All tensors are used by other parameters; is this the file of another network?',
    ],
    [
      'another size of the pictures',
      fileOf({ ...tensors, 'dense1.weight': tensor(7, 80) }),
      {},
      'a.safetensors: tensor "dense1.weight" has shape [7, 80], but dense1.weight needs [7, 45] in the layout "pytorch"',
      'Check the recipe, the number of points and the size of the pictures.',
    ],
    [
      'another layout',
      fileOf({ ...tensors, 'dense1.weight': tensor(45, 7) }),
      {},
      'a.safetensors: tensor "dense1.weight" has shape [45, 7], but dense1.weight needs [7, 45] in the layout "pytorch"',
      'It would fit in the layout "keras"; say so in the map.',
    ],
    [
      'a parameter that the network does not have',
      fileOf(tensors),
      { tensors: { 'conv1.wieght': 'conv1.weight' } },
      'the map names a parameter "conv1.wieght", which the network does not have',
      'Did you mean "conv1.weight"?',
    ],
    [
      'a tensor that the file does not have',
      fileOf(tensors),
      { tensors: { 'conv1.weight': 'conv1.kernel' } },
      'a.safetensors: there is no tensor "conv1.kernel", which the map names',
      'Did you mean "conv1.weight"?',
    ],
    [
      'one tensor for two parameters',
      fileOf(tensors),
      { tensors: { 'conv1.bias': 'dense1.bias' } },
      'a.safetensors: the tensor "dense1.bias" would become both conv1.bias and dense1.bias',
      'Give each parameter a tensor of its own in the map.',
    ],
    [
      'a number that is none',
      fileOf({
        ...tensors,
        'conv1.bias': { shape: [5], values: Float32Array.of(0, 0, Number.NaN, 0, 0) },
      }),
      {},
      'a.safetensors: tensor "conv1.bias" holds NaN at index 2, expected finite numbers',
      'Export the weights of an epoch before the training diverged.',
    ],
  ])('%s', (_, file, changes, message, advice) => {
    expect(() => read(file, changes)).toThrow(
      expect.objectContaining({ name: 'InputError', message, advice }),
    );
  });
});
