import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { mirrorImage, mirrorLabels } from '../data/mirror.ts';
import { standardScaling } from '../data/scaling.ts';
import { keypointSchema } from '../data/schema.ts';
import { Engine } from '../engine/engine.ts';
import { ReferenceNetwork } from '../engine/reference/reference-network.ts';
import type { Model } from '../model/model-file.ts';
import { initialise } from '../nn/initialise.ts';
import {
  batchNorm,
  conv2d,
  dense,
  flatten,
  type LayerSpec,
  leakyRelu,
  maxPool2d,
  relu,
  silu,
} from '../nn/layers.ts';
import { network } from '../nn/network.ts';
import { randomStream } from '../random.ts';
import { Predictor } from './predictor.ts';
import { viewsOf } from './views.ts';

const SIDE = 12;
const random = randomStream(1, 'pictures');
const images = Uint8Array.from({ length: 700 * SIDE ** 2 }, () => random.between(0, 256));

const PLAIN = [conv2d(4, 3), relu(), maxPool2d(), flatten()];

/** A model with drawn weights. */
function model(
  points: readonly string[],
  seed: number,
  layers: readonly LayerSpec[] = PLAIN,
): Model {
  const spec = network([1, SIDE, SIDE], [...layers, dense(2 * points.length)]);
  return {
    network: spec,
    schema: keypointSchema(points, SIDE),
    scaling: standardScaling(SIDE),
    engine: 'plain',
    training: {},
    parameters: initialise(spec, { seed }),
  };
}

const eyes = model(['left_eye', 'right_eye'], 1);
const norm = batchNorm();
const normalised = model(['left_eye', 'right_eye'], 3, [
  ...[norm, conv2d(4, 3, { padding: 'same' }), norm, leakyRelu(), maxPool2d(), norm],
  ...[conv2d(5, 3, { padding: 'same' }), maxPool2d(), silu(), norm, flatten(), norm],
]);
for (const [name, values] of normalised.parameters) {
  if (name.startsWith('norm'))
    values.forEach((_, i) => {
      values[i] = random.between(0.5, 1.5);
    });
}
const face = model(['nose', 'right_eye', 'left_eye'], 2);

describe('a predictor', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start({ threads: 2, build: 'plain' });
  });
  afterAll(() => engine.close());

  const find = async (models: readonly Model[], pictures: Uint8Array, flip = false, shift = 0) => {
    const predictor = await Predictor.create(models, { engine, flip, shift });
    return predictor.predict(pictures);
  };

  test.each([
    ['finds', eyes],
    ['with batch normalisation folded away finds', normalised],
  ])(
    '%s what the reference computes, in more pictures than are handed over at once',
    async (_, one) => {
      const found = await find([one], images);
      expect(found).toHaveLength(700 * 4);
      const reference = new ReferenceNetwork(one.network, one.parameters);
      for (const row of [0, 63, 64, 511, 512, 699]) {
        const input = Float64Array.from(
          images.subarray(row * SIDE ** 2, (row + 1) * SIDE ** 2),
          (value) => value / 255,
        );
        reference.forward(input, 1).forEach((value, i) => {
          expect(found[4 * row + i]!).toBeCloseTo(6 + 6 * value, 4);
        });
      }
    },
  );

  test('takes the mean of what several models find, each point on its own', async () => {
    const few = images.subarray(0, 3 * SIDE ** 2);
    const [a, b] = [await find([eyes], few), await find([face], few)];
    const found = await find([eyes, face], few);
    for (let row = 0; row < 3; row++) {
      for (const axis of [0, 1]) {
        const left = (a[4 * row + axis]! + b[6 * row + 4 + axis]!) / 2;
        const right = (a[4 * row + 2 + axis]! + b[6 * row + 2 + axis]!) / 2;
        expect(found[6 * row + axis]!).toBe(Math.fround(left));
        expect(found[6 * row + 2 + axis]!).toBe(Math.fround(right));
        expect(found[6 * row + 4 + axis]!).toBe(b[6 * row + axis]!);
      }
    }
  });

  test('that also looks in a mirror finds the same in a mirrored picture, mirrored', async () => {
    const few = images.subarray(0, 5 * SIDE ** 2);
    const found = await find([face], few, true);
    const mirrored = mirrorLabels(await find([face], mirrorImage(few, SIDE), true), face.schema);
    found.forEach((value, i) => {
      expect(mirrored[i]!).toBeCloseTo(value, 4);
    });
    expect(found).not.toEqual(await find([face], few));
  });

  test('that also looks at moved pictures finds the mean of what it finds in each', async () => {
    const few = images.subarray(0, 5 * SIDE ** 2);
    const found = await find([face, eyes], few, true, 2);
    const sums = new Float64Array(found.length);
    for (const { images: seen, back } of viewsOf(few, SIDE, { shift: 2 })) {
      const each = back(await find([face, eyes], seen, true), face.schema);
      each.forEach((value, i) => {
        sums[i]! += value / 5;
      });
    }
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(sums[i]!, 4);
    });
    expect(found).not.toEqual(await find([face, eyes], few, true));
  });

  test.each([-1, 1.5, SIDE / 2, Number.NaN])('refuses a shift of %j pixels', async (shift) => {
    await expect(find([face], images, false, shift)).rejects.toThrow(
      refusal(/a shift of .* pixels, expected a whole number from 0 to less than half of the 12/),
    );
  });

  test('answers whoever asks at the same time with their own', async () => {
    const predictor = await Predictor.create([eyes], { engine });
    const parts = [0, 1, 2].map((i) => images.subarray(i * SIDE ** 2, (i + 1) * SIDE ** 2));
    const together = await Promise.all(parts.map((part) => predictor.predict(part)));
    for (const [i, part] of parts.entries()) {
      expect(together[i]).toEqual(await predictor.predict(part));
    }
    await expect(predictor.predict(images.subarray(1))).rejects.toThrow(RangeError);
    expect(await predictor.predict(parts[0]!)).toEqual(together[0]);
    expect(await predictor.predict(new Uint8Array(0))).toHaveLength(0);
  });

  test('refuses a mirror to a model that knows one eye alone', async () => {
    const left = model(['left_eye'], 3);
    for (const models of [[left], [left, face], [left, model(['right_eye'], 4)]]) {
      await expect(find(models, images, true)).rejects.toThrow(
        refusal('a model finds left_eye but not right_eye, so it cannot look at mirrored pictures'),
      );
    }
  });

  test('refuses a mirror to a model without a pair that another has', async () => {
    const unpaired = { ...eyes, schema: { ...eyes.schema, mirrorPairs: [] } };
    await expect(find([face, unpaired], images, true)).rejects.toThrow(
      refusal(
        'a model does not take left_eye and right_eye for mirror images of each other, as another does',
      ),
    );
    expect(await find([unpaired], images.subarray(0, SIDE ** 2), true)).toHaveLength(4);
  });
});

test('a model of the plain build is used with it', async () => {
  const predictor = await Predictor.create([{ ...eyes, engine: 'relaxed' }, eyes], { threads: 1 });
  const plain = await Predictor.create([eyes], { threads: 1, build: 'plain' });
  const few = images.subarray(0, SIDE ** 2);
  const other = await Predictor.create([eyes], { threads: 1 });
  expect(await other.predict(few)).toEqual(await plain.predict(few));
  for (const each of [predictor, plain, other]) await each.close();
});
