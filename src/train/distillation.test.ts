import { afterAll, beforeAll, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { fillOf } from '../data/augmentation.ts';
import { mirrorPartners } from '../data/mirror.ts';
import { drawTransforms } from '../data/row-transform.ts';
import { scaledLabels } from '../data/scaling.ts';
import { keypointSchema } from '../data/schema.ts';
import { narrowPoints, selectRows } from '../data/select.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { Engine } from '../engine/engine.ts';
import { asBytes, seenRows, viewer } from '../engine/seen.ts';
import type { Model } from '../model/model-file.ts';
import { dense, dropout, flatten, relu } from '../nn/layers.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import { Predictor } from '../predict/predictor.ts';
import { Lesson, requireTeacher, type Teacher, taughtLabels } from './distillation.ts';
import type { Recipe } from './recipe.ts';
import { Training } from './training.ts';
import { trainingData } from './training-data.ts';

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

/** The parameters to which a training comes. */
async function bits(training: Training): Promise<Model['parameters']> {
  for await (const _ of training.epochs());
  const { parameters } = await training.model();
  await training.close();
  return parameters;
}

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

const NONE = Number.NaN;

test.each([
  [0, [0.1, 0.2, 0.5, 0.5, 0.4, 1.2]],
  [0.5, [0.2, 0.2, 0.5, 0.5, 0.4, 1.2]],
  [1, [0.3, 0.2, 0.5, 0.5, 0.4, 1.2]],
])('weight %s: labels become means, missing ones what was found', (weight, expected) => {
  const labels = Float32Array.of(0.1, 0.2, NONE, NONE, 0.4, 1.2);
  const taught = Float32Array.of(0.3, NONE, 0.5, 0.5, NONE, NONE);
  expect([...taughtLabels(labels, taught, { weight, onlyInside: false })]).toEqual([
    ...Float32Array.from(expected),
  ]);
});

test('points outside the picture are missing as a whole, whoever says so', () => {
  const labels = Float32Array.of(0.1, 1.2, 0.1, 0.2, NONE, NONE);
  const taught = Float32Array.of(0.3, 0.9, -1.1, 0.4, 0.5, 1.1);
  expect([...taughtLabels(labels, taught, { weight: 0.5, onlyInside: true })]).toEqual([
    ...Float32Array.of(NONE, NONE, 0.1, 0.2, NONE, NONE),
  ]);
});

test('teacher and pupil see the same changed pictures, and both have a say in the labels', async () => {
  const names = points.filter((name) => name !== 'nose_tip');
  const teacher = pointing([6, 18], names.toReversed());
  const start = engine.nextAddress;
  const eye = await viewer(engine, [1, SIDE, SIDE], { batch: 5, outputs: 2 * points.length });
  const table = await eye.load(faces.images, scaledLabels(faces));
  const lesson = await Lesson.create(engine, teacher, recipe, faces.schema);
  const order = Uint32Array.of(7, 2, 11);
  const transforms = drawTransforms(recipe.augmentation, { seed: 1, step: 4, rows: 3 });
  const step = { order, transforms, learningRate: 0.1, momentum: 0.9 };

  const prepared = await lesson.prepare(table, step);
  expect(prepared).toEqual({ ...step, order: Uint32Array.of(0, 1, 2), transforms: undefined });
  const shown = selectRows(faces, order);
  const { inputs, targets } = await seenRows(
    engine,
    [1, SIDE, SIDE],
    shown.images,
    scaledLabels(shown),
    transforms,
    { mirrorPartners: mirrorPartners(faces.schema), fill: fillOf(recipe.augmentation) },
  );
  expect(teacher.seen).toEqual([[...asBytes(inputs)]]);
  expect(await engine.readFloats(lesson.data.inputs, inputs.length)).toEqual(inputs);
  const nose = points.indexOf('nose_tip');
  // (6, 18) of 24 is (-0.5, 0.5) scaled.
  const taught = targets.map((_, i) => {
    if ((i % (2 * points.length)) >> 1 === nose) return NONE;
    return i % 2 === 0 ? -0.5 : 0.5;
  });
  const options = { weight: 0.5, onlyInside: true };
  expect(await engine.readFloats(lesson.data.targets, targets.length)).toEqual(
    taughtLabels(targets, taught, options),
  );
  expect(targets.some((value) => Math.abs(value) > 1)).toBe(true);
  engine.release(start);
});

test('a teacher without weight changes nothing where each label is known', async () => {
  const own: Recipe = {
    ...recipe,
    rows: 'complete',
    teacherWeight: 0,
    augmentation: { ...recipe.augmentation, noise_std: 0.3, featurewise_center: true },
  };
  const data = trainingData(own, faces);
  const alone = await bits(await Training.start(own, data, { engine }));
  expect(
    await bits(await Training.start(own, data, { engine, teacher: pointing([6, 9]) })),
  ).toEqual(alone);
});

test('pictures that do not change are looked at once', async () => {
  const own: Recipe = { ...recipe, augmentation: {} };
  const teacher = pointing([6, 9]);
  const data = trainingData(own, faces);
  await bits(await Training.start(own, data, { engine, teacher }));
  expect(teacher.seen).toHaveLength(Math.ceil(data.split.train.length / own.batch));
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
  const own: Recipe = {
    ...recipe,
    layers: [flatten(), dense(16, { name: 'hidden' }), relu(), dropout(0.2)],
    averaging: { decay: 0.9 },
    // Another learner from the second epoch on, whose lesson stands elsewhere in the memory.
    tuning: { hidden: { frozenUntil: 1 } },
  };
  const data = trainingData(own, faces);
  const pupil = await Training.start({ ...own, epochs: 1 }, data, { engine });
  for await (const _ of pupil.epochs());
  const models = [await pupil.model()];
  const [one, two] = [
    await Predictor.create(models, { build: 'plain', threads: 1 }),
    await Predictor.create(models, { engine }),
  ];
  const whole = await bits(
    await Training.start(own, data, { build: 'plain', threads: 1, teacher: one }),
  );
  await one.close();
  const stop = new AbortController();
  const begun = await Training.start(own, data, {
    engine,
    teacher: two,
    signal: stop.signal,
    onProgress: ({ epoch, rowsDone }) => epoch === 2 && rowsDone === 5 && stop.abort(),
  });
  for await (const _ of begun.epochs());
  const checkpoint = await begun.checkpoint();
  expect(checkpoint.underway.rowsDone).toBe(5);
  const goingOn = await Training.start(own, data, { engine, teacher: two, checkpoint });
  expect(await bits(goingOn)).toEqual(whole);
});

test('a teacher of other pictures or of other points is refused', () => {
  const own = keypointSchema(['tip'], SIDE);
  expect(() => requireTeacher(pointing([0, 0]), keypointSchema(['tip'], 96))).toThrow(
    'the teacher takes pictures of 1 x 24 x 24 values, but the table has 1 x 96 x 96',
  );
  expect(() => requireTeacher(pointing([0, 0]), own)).toThrow(
    'the teachers find none of the keypoints (tip)',
  );
  const wordy: Teacher = { schema: own, predict: async () => new Float32Array(3) };
  const data = trainingData(recipe, narrowPoints(faces, ['nose_tip']));
  return expect(
    Training.start(recipe, data, {
      engine,
      teacher: { ...wordy, schema: data.dataset.schema },
    }).then(bits),
  ).rejects.toThrow('the teacher finds 3 values in 5 pictures, expected 2 in each');
});
