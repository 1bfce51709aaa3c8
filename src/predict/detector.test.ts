import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recipes } from '../../recipes/index.ts';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { encodeModel, type Model } from '../model/model-file.ts';
import type { Box } from '../picture/box.ts';
import type { Picture } from '../picture/picture.ts';
import { withSettings } from '../train/settings.ts';
import { train } from '../train/train.ts';
import { type Detector, type Keypoints, load } from './detector.ts';
import { predictKeypoints } from './predict.ts';

const SIDE = 32;

/** A net that has seen faces which do not stand quite where they should. */
async function trained(): Promise<Model> {
  const faces = synthesize({ rows: 600, seed: 1, side: SIDE });
  const recipe = withSettings(recipes.start, [
    'epochs=60',
    'augmentation={"width_shift_range":0.25,"height_shift_range":0.25,"zoom_range":0.25}',
  ]);
  let model: Model | undefined;
  for await (const epoch of train(recipe, faces, { threads: 2, build: 'plain' })) {
    model = await epoch.model();
  }
  return model!;
}

/** A face of a dataset as a part of a larger picture, three times its size, with where its points are. */
function photograph(
  { images, labels, schema }: Dataset,
  row: number,
  channels: 1 | 4,
): { picture: Picture; box: Box; points: { x: number; y: number }[] } {
  const [width, height] = [300, 220];
  const box = { x: 90, y: 60, width: 3 * SIDE, height: 3 * SIDE };
  const data = new Uint8ClampedArray(width * height * channels).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = (place: number): number =>
        Math.min(Math.max(Math.floor(place / 3), 0), SIDE - 1);
      const value = images[row * SIDE ** 2 + inside(y - box.y) * SIDE + inside(x - box.x)]!;
      const at = (y * width + x) * channels;
      data.fill(value, at, at + Math.min(channels, 3));
    }
  }
  const points = schema.points.map((_, point) => {
    const at = 2 * (row * schema.points.length + point);
    return { x: box.x + 3 * labels[at]!, y: box.y + 3 * labels[at + 1]! };
  });
  return { picture: { width, height, data }, box, points };
}

/** Root mean squared distance by axis from labels that are there. */
function errorOf(found: Keypoints, points: readonly { x: number; y: number }[]): number {
  const distances = Object.values(found).flatMap(({ x, y }, i) =>
    Number.isNaN(points[i]!.x) ? [] : [(x - points[i]!.x) ** 2, (y - points[i]!.y) ** 2],
  );
  return Math.sqrt(distances.reduce((sum, value) => sum + value, 0) / distances.length);
}

describe('a detector', () => {
  const unseen = synthesize({ rows: 40, seed: 2, side: SIDE });
  let model: Model;
  let detector: Detector;
  beforeAll(async () => {
    model = await trained();
    detector = await load(encodeModel(model), { threads: 2 });
  });
  afterAll(() => detector.close());

  test('finds in a picture of its own size what predictKeypoints finds', async () => {
    const image = unseen.images.subarray(0, SIDE ** 2);
    const expected = await predictKeypoints(model, image);
    for (const picture of [image, { width: SIDE, height: SIDE, data: image }]) {
      const found = await detector.predict(picture);
      expect(Object.keys(found)).toEqual(model.schema.points);
      expect(Object.values(found).flatMap(({ x, y }) => [x, y])).toEqual([...expected]);
    }
  });

  test('finds the same in grey and in RGBA, in the pixels of the photograph', async () => {
    const { picture, box, points } = photograph(unseen, 3, 1);
    const found = await detector.predict(picture, { box });
    expect(errorOf(found, points)).toBeLessThan(3 * 3);
    expect(await detector.predict(photograph(unseen, 3, 4).picture, { box })).toEqual(found);
  });

  test('does better with a sloppy box when it cuts the face out again', async () => {
    const errors = [0, 2].map(() => 0);
    for (let row = 0; row < unseen.rows; row++) {
      const { picture, box, points } = photograph(unseen, row, 1);
      const sloppy = {
        x: box.x - 32,
        y: box.y - 16,
        width: 1.2 * box.width,
        height: 1.2 * box.height,
      };
      for (const [i, refine] of [0, 2].entries()) {
        errors[i]! += errorOf(await detector.predict(picture, { box: sloppy, refine }), points);
      }
    }
    expect(errors[1]!).toBeLessThan(0.85 * errors[0]!);
  });

  test('answers many faces in their order as one by one', async () => {
    const faces = [4, 5, 6].map((row) => photograph(unseen, row, 1));
    const all = await detector.predictAll(faces, { refine: 1 });
    for (const [i, { picture, box }] of faces.entries()) {
      expect(all[i]).toEqual(await detector.predict(picture, { box, refine: 1 }));
    }
    expect(await detector.predictAll([])).toEqual([]);
  });

  test('refuses what is no picture and what is no part of it', async () => {
    await expect(detector.predict(new Uint8Array(10))).rejects.toThrow(
      refusal('10 values are no square picture'),
    );
    const picture = { width: 8, height: 8, data: new Uint8Array(64) };
    await expect(
      detector.predict(picture, { box: { x: 8, y: 0, width: 4, height: 4 } }),
    ).rejects.toThrow(refusal('face: the box 8,0,4,4 lies outside the picture of 8 x 8 pixels'));
    const { meanPoints: _, ...old } = model;
    const earlier = await load(encodeModel(old), { threads: 1 });
    await expect(earlier.predict(picture, { refine: 1 })).rejects.toThrow(
      refusal(/^the model does not know where its points usually are/),
    );
    await earlier.close();
  });

  test('of several models averages them', async () => {
    const file = encodeModel(model);
    const both = await load([file, file], { threads: 1 });
    const image = unseen.images.subarray(0, SIDE ** 2);
    expect(await both.predict(image)).toEqual(await detector.predict(image));
    await both.close();
    const damaged = file.slice();
    damaged[damaged.length - 1]! ^= 1;
    await expect(load([file, damaged])).rejects.toThrow(refusal(/^model 2: is damaged/));
  });
});
