import { InferenceSession } from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recipes, teamRecipes } from '../../../recipes/index.ts';
import { largestDifference, runOnnx } from '../../../test/onnx.ts';
import { type Scaling, standardScaling } from '../../data/scaling.ts';
import { keypointSchema } from '../../data/schema.ts';
import { Engine } from '../../engine/engine.ts';
import { initialise } from '../../nn/initialise.ts';
import {
  batchNorm,
  conv2d,
  dense,
  flatten,
  leakyRelu,
  maxPool2d,
  relu,
  silu,
} from '../../nn/layers.ts';
import { type NetworkSpec, network, sizeOf } from '../../nn/network.ts';
import { predictKeypoints } from '../../predict/predict.ts';
import { randomStream } from '../../random.ts';
import { networkFor } from '../../train/recipe.ts';
import { decodeModel } from '../decode-model.ts';
import { fromFloat16, toFloat16 } from '../float16.ts';
import { encodeModel, type Model } from '../model-file.ts';
import { exportOnnx } from './export-onnx.ts';

/** Large enough for three convolutions with pooling, small enough for a test. */
const SIDE = 32;
const POINTS = ['left_eye', 'right_eye', 'nose'];
const ROWS = 3;
const LIMIT = 1e-5;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({ build: 'plain', threads: 1 });
});
afterAll(() => engine.close());

const random = randomStream(5, 'export');

/** A model of random weights, biases among them. */
function modelOf(spec: NetworkSpec, changes: Partial<Model> = {}): Model {
  const parameters = initialise(spec, { seed: 3, gain: 1 });
  for (const [name, values] of parameters) {
    if (name.endsWith('.bias'))
      parameters.set(
        name,
        values.map(() => random.between(-0.1, 0.1)),
      );
  }
  const schema = keypointSchema(POINTS, spec.input[1]!, spec.input[0] === 3 ? 3 : 1);
  return {
    ...{ network: spec, schema, parameters, engine: 'plain' },
    scaling: standardScaling(schema.side),
    training: { recipe: 'net2', seed: 42 },
    ...changes,
  };
}

const picturesFor = ({ network: { input } }: Model): Uint8Array =>
  Uint8Array.from({ length: ROWS * sizeOf(input) }, () => random.below(256));

/** What our own engine finds, as the network says it. */
const scaledKeypoints = (model: Model, pictures: Uint8Array): Promise<Float32Array> =>
  predictKeypoints(
    { ...model, scaling: { ...model.scaling, labelScale: 1, labelOffset: 0 } },
    pictures,
    { engine },
  );

/** What another runtime finds in all pictures, and in the first alone. */
async function exported(
  file: Uint8Array,
  { network: { input } }: Model,
  pictures: Uint8Array,
): Promise<Float32Array> {
  const values = Float32Array.from(pictures);
  const [one, all] = await runOnnx(file, [
    [values.subarray(0, sizeOf(input)), [1, ...input]],
    [values, [ROWS, ...input]],
  ]);
  expect(one!.dims).toEqual([1, all!.dims[1], 2]);
  expect(all!.dims[0]).toBe(ROWS);
  expect(largestDifference(one!.data, all!.data.subarray(0, one!.data.length))).toBeLessThan(
    LIMIT * Math.max(...all!.data.map(Math.abs)),
  );
  return all!.data;
}

const bases = Object.values(teamRecipes).map(({ name, base }) => [`${name}'s`, base] as const);

describe.each([...Object.entries(recipes), ...bases])('%s', (_, recipe) => {
  const model = modelOf(networkFor(recipe, keypointSchema(POINTS, SIDE)));
  const pictures = picturesFor(model);

  test('finds in another runtime what it finds here, scaled and in pixels', async () => {
    const expected = await scaledKeypoints(model, pictures);
    // Far enough from zero, and from each other, for what follows to mean something.
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.01);
    expect(largestDifference(expected.subarray(0, 6), expected.subarray(6, 12))).toBeGreaterThan(
      100 * LIMIT,
    );
    const models = new Map([['', model]]);
    const scaled = await exported(exportOnnx(models, { output: 'scaled' }), model, pictures);
    expect(largestDifference(scaled, expected)).toBeLessThan(LIMIT);
    const pixels = await exported(exportOnnx(models), model, pictures);
    const { labelScale, labelOffset } = model.scaling;
    const unscaled = pixels.map((value) => (value - labelOffset) / labelScale);
    expect(largestDifference(unscaled, expected)).toBeLessThan(LIMIT);
  });

  test('with weights of float16, what it finds here with weights rounded so', async () => {
    const rounded = new Map(
      [...model.parameters].map(([name, values]) => [name, fromFloat16(toFloat16(values))]),
    );
    const expected = await scaledKeypoints({ ...model, parameters: rounded }, pictures);
    const options = { output: 'scaled', float16: true } as const;
    const file = exportOnnx(new Map([['', model]]), options);
    expect(largestDifference(await exported(file, model, pictures), expected)).toBeLessThan(LIMIT);
    expect(file.length / exportOnnx(new Map([['', model]])).length).toBeLessThan(0.51);
  });
});

const same = { padding: 'same' } as const;
const NORMALISED = network(
  [1, 16, 16],
  [
    ...[batchNorm(), conv2d(5, 3, same), relu(), maxPool2d(), batchNorm({ epsilon: 1e-3 })],
    ...[conv2d(7, 3, same), batchNorm(), relu(), maxPool2d(), flatten(), batchNorm()],
    ...[dense(9), leakyRelu(0.2), batchNorm(), dense(9), silu(), dense(6)],
  ],
);

describe('batch normalisation', () => {
  const plain = modelOf(NORMALISED);
  const parameters = new Map(plain.parameters);
  for (const [name, values] of parameters) {
    const range = { mean: [-0.5, 0.5], variance: [1e-9, 2], weight: [-1.5, 1.5] }[
      /norm\d\.(.*)/.exec(name)?.[1] ?? ''
    ];
    if (range) {
      parameters.set(
        name,
        values.map(() => random.between(range[0]!, range[1]!)),
      );
    }
  }
  // Smaller than any float16, beside an epsilon that is smaller yet.
  parameters.set('norm1.variance', Float32Array.of(1e-9));
  const model = modelOf(NORMALISED, { parameters });
  const pictures = picturesFor(model);

  test('anywhere in a network: another runtime finds what is found here', async () => {
    const expected = await scaledKeypoints(model, pictures);
    const scale = Math.max(...expected.map(Math.abs));
    const file = exportOnnx(new Map([['', model]]), { output: 'scaled' });
    const found = await exported(file, model, pictures);
    expect(largestDifference(found, expected)).toBeLessThan(LIMIT * scale);
  });

  test('its running means are not rounded to float16', async () => {
    const half = decodeModel(encodeModel(model, { float16: true }), 'half');
    for (const [name, values] of parameters) {
      const running = /\.(mean|variance)$/.test(name);
      const expected = running ? values : fromFloat16(toFloat16(values));
      expect(half.parameters.get(name), name).toEqual(expected);
    }
    const expected = await scaledKeypoints(half, pictures);
    const file = exportOnnx(new Map([['', model]]), { output: 'scaled', float16: true });
    const scale = Math.max(...expected.map(Math.abs));
    const found = await exported(file, model, pictures);
    expect(largestDifference(found, expected)).toBeLessThan(LIMIT * scale);
    const large = new Map(parameters).set('norm2.variance', new Float32Array(5).fill(1e6));
    expect(() => encodeModel({ ...model, parameters: large }, { float16: true })).not.toThrow();
  });
});

const SMALL = network([3, 8, 8], [conv2d(4, 3), flatten(), dense(6)]);

describe('pictures are centred and scaled within the file', () => {
  const common = { mean: [0, 0, 0], deviation: [1, 1, 1] };
  test.each<[what: string, NonNullable<Scaling['standardisation']>]>([
    [
      'all alike',
      { ...common, samplewiseCenter: false, samplewiseDeviation: false, mean: [0.4, 0.1, 0] },
    ],
    ['each by its mean', { ...common, samplewiseCenter: true, samplewiseDeviation: false }],
    ['each by its deviation', { ...common, samplewiseCenter: false, samplewiseDeviation: true }],
    [
      'in every way',
      {
        samplewiseCenter: true,
        samplewiseDeviation: true,
        mean: [-0.2, 0, 0.3],
        deviation: [0.7, 1, 1.2],
      },
    ],
  ])('%s', async (_, standardisation) => {
    const model = modelOf(SMALL, { scaling: standardScaling(8, standardisation) });
    const pictures = picturesFor(model);
    const expected = await scaledKeypoints(model, pictures);
    const file = exportOnnx(new Map([['', model]]), { output: 'scaled' });
    expect(largestDifference(await exported(file, model, pictures), expected)).toBeLessThan(LIMIT);
    const plain = await scaledKeypoints({ ...model, scaling: standardScaling(8) }, pictures);
    expect(largestDifference(plain, expected)).toBeGreaterThan(100 * LIMIT);
  });
});

describe('several models in one file', () => {
  const eyes = modelOf(SMALL, { schema: { ...keypointSchema(POINTS, 8, 3), mirrorAxis: 5.5 } });
  const chin = modelOf(network([3, 8, 8], [flatten(), dense(2)]), {
    schema: keypointSchema(['chin'], 8, 3),
    scaling: { imageDivisor: 255, labelScale: 8, labelOffset: 1 },
  });

  test('find what each finds, beside each other', async () => {
    const models = new Map([
      ['eyes', eyes],
      ['chin', chin],
    ]);
    const pictures = picturesFor(eyes);
    const found = await exported(exportOnnx(models), eyes, pictures);
    const [first, second] = [
      await predictKeypoints(eyes, pictures, { engine }),
      await predictKeypoints(chin, pictures, { engine }),
    ];
    for (let row = 0; row < ROWS; row++) {
      const expected = [
        ...first.subarray(row * 6, row * 6 + 6),
        ...second.subarray(row * 2, row * 2 + 2),
      ];
      expect(largestDifference(found.subarray(row * 8, row * 8 + 8), expected)).toBeLessThan(
        LIMIT * 8,
      );
    }
  });

  test('must take the same pictures', () => {
    const other = modelOf(network([1, 9, 9], [flatten(), dense(6)]));
    const models = new Map([
      ['eyes', eyes],
      ['nose', other],
    ]);
    expect(() => exportOnnx(models)).toThrow('pictures of [3,8,8] and of [1,9,9] in one file');
  });
});

test('the file says what goes in, what comes out, and where it comes from', async () => {
  const file = exportOnnx(new Map([['', modelOf(SMALL)]]), { metadata: { fiducial: '1.2.3' } });
  const session = await InferenceSession.create(file);
  expect(session.inputMetadata).toEqual([
    { name: 'pictures', isTensor: true, type: 'float32', shape: ['rows', 3, 8, 8] },
  ]);
  expect(session.outputMetadata).toEqual([
    { name: 'keypoints', isTensor: true, type: 'float32', shape: ['rows', 3, 2] },
  ]);
  await session.release();
  const text = Buffer.from(file).toString('latin1');
  expect(text).toContain(
    'Finds 3 keypoints in pictures. "pictures" is float32 of shape (rows, 3, 8, 8): the red plane, the green',
  );
  expect(text).toContain('x before y of left_eye, right_eye, nose; in pixels of the picture');
  for (const part of ['["left_eye","right_eye","nose"]', '"recipe":"net2"', '1.2.3']) {
    expect(text).toContain(part);
  }
});
