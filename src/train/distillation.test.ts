import { afterAll, beforeAll, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { fillOf } from '../data/augmentation.ts';
import { mirrorPartners } from '../data/mirror.ts';
import { drawTransforms } from '../data/row-transform.ts';
import { keypointSchema } from '../data/schema.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { Engine } from '../engine/engine.ts';
import { asBytes, seenRows, viewer } from '../engine/seen.ts';
import { dense, flatten, relu } from '../nn/layers.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import { Lesson, requireTeacher, type Teacher, taughtLabel } from './distillation.ts';
import type { Recipe } from './recipe.ts';
import { Training } from './training.ts';
import { scaledLabels, trainingData } from './training-data.ts';

const SIDE = 24;
const faces = synthesize({ rows: 12, seed: 3, side: SIDE });
const { points } = faces.schema;
const recipe: Recipe = {
  ...net1,
  name: 'pupil',
  layers: [flatten(), dense(16), relu()],
  loss: maskedMeanSquaredError(),
  rows: 'all',
  batch: 5,
  epochs: 3,
  augmentation: {
    horizontal_flip: true,
    rotation_range: 20,
    width_shift_range: 0.3,
    brightness_range: 0.2,
    outside_points: 'missing',
  },
};

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({ build: 'plain', threads: 2 });
});
afterAll(() => engine.close());

/** Says of each point the same place, and keeps the pictures that it was shown. */
function pointing(
  place: readonly [number, number],
  names = points,
): Teacher & { seen: number[][] } {
  const seen: number[][] = [];
  return {
    schema: keypointSchema(names, SIDE),
    seen,
    async predict(images) {
      seen.push([...images]);
      const rows = images.length / SIDE ** 2;
      return Float32Array.from({ length: rows * 2 * names.length }, (_, i) => place[i % 2]!);
    },
  };
}

test.each([
  [1, 3, 0, 1],
  [1, 3, 0.25, 1.5],
  [1, 3, 1, 3],
  [Number.NaN, 3, 0.25, 3],
  [1, Number.NaN, 1, 1],
])('label %s, taught %s, weight %s: %s', (label, taught, weight, expected) => {
  expect(taughtLabel(label, taught, weight)).toBe(expected);
});

test('teacher and pupil see the same changed pictures, and both have a say in the labels', async () => {
  const names = points.filter((name) => name !== 'nose_tip');
  const teacher = pointing([6, 30], names.toReversed());
  const start = engine.nextAddress;
  const eye = await viewer(engine, [1, SIDE, SIDE], { batch: 5, outputs: 2 * points.length });
  const table = await eye.load(faces.images, scaledLabels(faces));
  const lesson = await Lesson.create(engine, teacher, recipe, faces.schema);
  const order = Uint32Array.of(7, 2, 11);
  const transforms = drawTransforms(recipe.augmentation, { seed: 1, step: 4, rows: 3 });
  const step = { order, transforms, learningRate: 0.1, momentum: 0.9 };

  const prepared = await lesson.prepare(table, step);
  expect(prepared).toEqual({ ...step, order: Uint32Array.of(0, 1, 2), transforms: undefined });
  const size = SIDE ** 2;
  const width = 2 * points.length;
  const rows = Array.from(order);
  const { inputs, targets } = await seenRows(
    engine,
    [1, SIDE, SIDE],
    Uint8Array.from(
      rows.flatMap((row) => [...faces.images.subarray(row * size, (row + 1) * size)]),
    ),
    Float32Array.from(
      rows.flatMap((row) => [...scaledLabels(faces).subarray(row * width, (row + 1) * width)]),
    ),
    transforms,
    {
      mirrorPartners: mirrorPartners(faces.schema),
      fill: fillOf(recipe.augmentation),
      outsidePoints: 'missing',
    },
  );
  const images = [...asBytes(inputs)];
  expect(teacher.seen).toEqual([images]);
  expect([...(await engine.read(lesson.data.inputs, 3 * size))]).toEqual(images);
  const learnt = await engine.readFloats(lesson.data.targets, targets.length);
  const nose = points.indexOf('nose_tip');
  // x = 6 of 24 is -0.5 scaled; y = 30 lies outside, so the teacher does not count there.
  const expected = targets.map((label, i) =>
    i % 2 === 1 || (i % width) >> 1 === nose ? label : taughtLabel(label, -0.5, 0.5),
  );
  expect([...learnt]).toEqual([...expected]);
  expect(targets.some(Number.isNaN)).toBe(true);
  engine.release(start);
});

test('a pupil of weight 1 learns what its teacher says, whatever the table says', async () => {
  const own: Recipe = {
    ...recipe,
    ...{ teacherWeight: 1, augmentation: {}, epochs: 150, learningRate: 0.02 },
    split: { type: 'last', fraction: 0 },
  };
  // A teacher that knows all points makes up for every label, so this table needs none.
  const bare = { ...faces, labels: faces.labels.map(() => Number.NaN) };
  const notices: string[] = [];
  const training = await Training.start(own, trainingData(own, bare), {
    engine,
    teacher: pointing([18, 6]),
    onNotice: (text) => notices.push(text),
  });
  let loss = Infinity;
  for await (const { trainLoss } of training.epochs()) loss = trainLoss;
  // It begins at 0.25: what is taught is half a side off the middle, both ways.
  expect(loss).toBeLessThan(1e-3);
  expect(notices.filter((text) => text.includes('no label'))).toEqual([]);
});

test('the same bits on any number of threads, and from a checkpoint within an epoch', async () => {
  const teacher = pointing([6, 9]);
  const data = trainingData(recipe, faces);
  const bits = async (training: Training) => {
    for await (const _ of training.epochs());
    const { parameters } = await training.model();
    await training.close();
    return parameters;
  };
  const whole = await bits(
    await Training.start(recipe, data, { build: 'plain', threads: 1, teacher }),
  );
  const stop = new AbortController();
  const begun = await Training.start(recipe, data, {
    engine,
    teacher,
    signal: stop.signal,
    onProgress: ({ epoch, rowsDone }) => epoch === 2 && rowsDone === 5 && stop.abort(),
  });
  for await (const _ of begun.epochs());
  const checkpoint = await begun.checkpoint();
  expect(checkpoint.underway.rowsDone).toBe(5);
  expect(await bits(await Training.start(recipe, data, { engine, teacher, checkpoint }))).toEqual(
    whole,
  );
});

test('a teacher of other pictures or of other points is refused', () => {
  const own = keypointSchema(['tip'], SIDE);
  expect(() => requireTeacher(pointing([0, 0]), keypointSchema(['tip'], 96))).toThrow(
    'the teacher takes pictures of 1 x 24 x 24 values, but the table has 1 x 96 x 96',
  );
  expect(() => requireTeacher(pointing([0, 0]), own)).toThrow(
    'the teachers find none of the keypoints (tip)',
  );
});
