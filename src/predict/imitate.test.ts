import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { standardScaling } from '../data/scaling.ts';
import { type KeypointSchema, keypointSchema } from '../data/schema.ts';
import { decodeModel } from '../model/decode-model.ts';
import { encodeModel, type Model } from '../model/model-file.ts';
import { initialise } from '../nn/initialise.ts';
import {
  conv2d,
  dense,
  flatten,
  type LayerSpec,
  relu,
  residual,
  softArgmax2d,
} from '../nn/layers.ts';
import { network } from '../nn/network.ts';
import { randomStream } from '../random.ts';
import { load } from './detector.ts';
import { fewPointsOf, imitating } from './imitate.ts';
import { predictKeypoints } from './predict.ts';
import type { PredictorOptions } from './predictor.ts';

const SIDE = 6;
const ROWS = 3;
const random = randomStream(1, 'pictures');
const images = Uint8Array.from({ length: ROWS * SIDE ** 2 }, () => random.between(0, 256));
const OPTIONS: PredictorOptions = { threads: 1, build: 'plain' };

const coordinates = (points: number): LayerSpec[] => [
  ...[flatten(), dense(5), relu(), dense(2 * points, { name: 'output' })],
];
const heatMaps = (points: number): LayerSpec[] => [
  ...[conv2d(4, 3), relu(), conv2d(points, 1, { name: 'output' }), softArgmax2d()],
];

function modelOf(schema: KeypointSchema, seed: number, layersFor = coordinates): Model {
  const layers = layersFor(schema.points.length);
  const spec = network([1, SIDE, SIDE], layers);
  const meanPoints = Float32Array.from({ length: 2 * schema.points.length }, (_, i) => i / 4);
  return {
    network: spec,
    schema,
    scaling: standardScaling(SIDE),
    engine: 'plain',
    training: {},
    meanPoints,
    parameters: initialise(spec, { seed }),
  };
}

const one = keypointSchema(['left_eye', 'right_eye', 'nose'], SIDE);
const two: KeypointSchema = {
  ...keypointSchema([...one.points, 'left_eye_few', 'right_eye_few'], SIDE),
  mirrorPairs: [
    [0, 1],
    [3, 4],
  ],
  conventionPairs: [
    [0, 3],
    [1, 4],
  ],
};
const whole = modelOf(two, 1);
const plain = modelOf(one, 2);

/** Of coordinates of five points, those of three. */
const columns = (found: Float32Array, ...points: readonly number[]): number[] =>
  Array.from({ length: ROWS }, (_, row) =>
    points.flatMap((point) => [...found.subarray(10 * row + 2 * point, 10 * row + 2 * point + 2)]),
  ).flat();

test.each([
  ['a dense layer', whole],
  ['heat maps', modelOf(two, 1, heatMaps)],
])('each convention answers with its own outputs of %s, as an ordinary model', async (_, whole) => {
  const found = await predictKeypoints(whole, images, OPTIONS);
  const many = imitating(whole, 'many');
  const few = imitating(whole, 'few');
  expect([...(await predictKeypoints(many, images, OPTIONS))]).toEqual(columns(found, 0, 1, 2));
  expect([...(await predictKeypoints(few, images, OPTIONS))]).toEqual(columns(found, 3, 4, 2));
  expect(many.schema).toEqual(one);
  expect(few.schema).toEqual(one);
  expect([...few.meanPoints!]).toEqual([1.5, 1.75, 2, 2.25, 1, 1.25]);
  // An ordinary model in every way: it can be written and read.
  expect(decodeModel(encodeModel(few), 'few').parameters).toEqual(few.parameters);
  expect(imitating(plain, 'few')).toBe(plain);
  expect(fewPointsOf([plain, whole])).toEqual(['left_eye', 'right_eye']);
});

test('a network whose end keeps no outputs apart is refused', () => {
  const mixed = (points: number) => [...coordinates(points), residual([dense(2 * points)])];
  expect(() => imitating(modelOf(two, 4, mixed), 'few')).toThrow(
    refusal(/^the model knows two conventions, but its network ends in a residual block/),
  );
});

test('a model of both conventions is read back as it was', () => {
  const read = decodeModel(encodeModel(whole), 'both');
  expect(read.schema).toEqual(two);
  expect(imitating(read, 'few').parameters).toEqual(imitating(whole, 'few').parameters);
});

test('several models answer by one convention, also where some know one alone', async () => {
  const options = { ...OPTIONS, convention: 'few' as const };
  const [a, b, both] = await Promise.all(
    [whole, plain, [whole, plain]].map((models) =>
      predictKeypoints(models, images, models === plain ? OPTIONS : options),
    ),
  );
  both!.forEach((value, i) => {
    expect(value).toBeCloseTo((a![i]! + b![i]!) / 2, 5);
  });
  await expect(predictKeypoints(plain, images, options)).rejects.toThrow(
    refusal(/^the convention of rows with few labels is asked for, but the model knows one/),
  );
});

test('a detector answers as rows with many labels are marked, if nothing else is said', async () => {
  const face = images.subarray(0, SIDE ** 2);
  const found = await predictKeypoints(whole, face, OPTIONS);
  for (const [convention, point] of [
    [undefined, 0],
    ['many', 0],
    ['few', 3],
  ] as const) {
    const detector = await load(encodeModel(whole), { ...OPTIONS, convention });
    const points = await detector.predict(face);
    expect(Object.keys(points)).toEqual(one.points);
    expect(points.left_eye!.x).toBeCloseTo(found[2 * point]!, 4);
    // Looking again takes the usual points of the convention.
    await expect(detector.predict(face, { refine: 1 })).resolves.toHaveProperty('nose');
    await detector.close();
  }
});
