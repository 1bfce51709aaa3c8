import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { Engine } from '../engine/engine.ts';
import type { Model } from '../model/model-file.ts';
import { RELU_GAIN } from '../nn/initialise.ts';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  type LayerSpec,
  maxPool2d,
  relu,
} from '../nn/layers.ts';
import { maskedMeanSquaredError, smoothL1Loss, wingLoss } from '../nn/loss.ts';
import { adam } from '../nn/rule.ts';
import { cosineSchedule, linearSchedule } from '../nn/schedule.ts';
import { keypointErrors } from '../predict/errors.ts';
import { predictKeypoints } from '../predict/predict.ts';
import { type Checkpoint, encodeCheckpoint } from './checkpoint.ts';
import { decodeCheckpoint } from './decode-checkpoint.ts';
import type { Epoch, EpochRecord } from './epoch.ts';
import type { Recipe } from './recipe.ts';
import { Training, type TrainOptions } from './training.ts';
import { trainingData } from './training-data.ts';

const faces = synthesize({ rows: 60, seed: 3, side: 24 });

const recipe: Recipe = {
  ...net1,
  name: 'small',
  layers: [
    ...[conv2d(6, 3, { name: 'conv1' }), relu(), maxPool2d(), dropout(0.1)],
    ...[conv2d(8, 3, { name: 'conv2' }), relu(), maxPool2d(), dropout(0.2), flatten()],
    ...[dense(20, { name: 'dense3' }), relu(), dropout(0.5)],
  ],
  gain: RELU_GAIN,
  loss: maskedMeanSquaredError(),
  rule: adam(),
  learningRate: linearSchedule(0.004, 0.001, { lag: 1 }),
  epochs: 6,
  batch: 8,
  shuffle: true,
  augmentation: { flip_half: true },
  rows: 'all',
};

/** The same with an average of the weights, and what no gradient moves among them. */
const averaged: Recipe = {
  ...recipe,
  layers: recipe.layers.toSpliced(3, 0, batchNorm()),
  averaging: { decay: 0.9 },
};

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({ threads: 2, build: 'plain' });
});
afterAll(() => engine.close());

/** Gets a training of the engine's ready. */
const startTraining = async (
  asked: Recipe,
  dataset: Dataset,
  options: TrainOptions,
): Promise<Training> => Training.start(asked, trainingData(asked, dataset), options);

interface Outcome {
  readonly history: readonly Epoch[];
  readonly training: Training;
  readonly model: Model;
}

async function outcome(
  asked: Recipe,
  options: TrainOptions = {},
  dataset = faces,
): Promise<Outcome> {
  const training = await startTraining(asked, dataset, { engine, ...options });
  const history: Epoch[] = [];
  for await (const epoch of training.epochs()) history.push(epoch);
  return { history, training, model: await training.model() };
}

/** All but the seconds. */
const losses = (history: readonly EpochRecord[]): number[][] =>
  history.map(({ epoch, trainLoss, validLoss }) => [epoch, trainLoss, validLoss]);

test('a schedule that is longer or shorter than the run is said', async () => {
  const notices: string[] = [];
  const schedules: Partial<Recipe> = {
    learningRate: linearSchedule(0.004, 0.001, { over: 3 }),
    momentum: linearSchedule(0.5, 0.9, { over: 100 }),
  };
  await startTraining({ ...recipe, ...schedules }, faces, {
    engine,
    onNotice: (text) => notices.push(text),
  });
  expect(notices).toEqual([
    'The schedule of the learning rate spans 3 epochs and the run has 6: then its last value stays.',
    'The schedule of the momentum spans 100 epochs and the run has 6: it will not come to its end.',
  ]);
});

describe('a checkpoint', () => {
  /** Trains until a number of rows have been seen, and gives the state as a file brings it back. */
  async function interrupted(asked: Recipe, epoch: number, rows: number): Promise<Checkpoint> {
    const controller = new AbortController();
    const training = await startTraining(asked, faces, {
      engine,
      signal: controller.signal,
      onProgress: (at) => {
        if (at.epoch === epoch && at.rowsDone >= rows) controller.abort();
      },
    });
    for await (const _ of training.epochs());
    return decodeCheckpoint(encodeCheckpoint(await training.checkpoint()), 'checkpoint');
  }

  test.each([
    ['in the first epoch', 1, 8],
    ['in the middle of an epoch', 3, 8],
    ['at the end of an epoch', 4, 48],
  ])('%s is gone on from with the bits of the undisturbed run', async (_, epoch, rows) => {
    for (const asked of [recipe, averaged]) {
      const whole = await outcome(asked);
      const checkpoint = await interrupted(asked, epoch, rows);
      expect(checkpoint.epoch).toBe(rows === 48 ? epoch : epoch - 1);
      const rest = await outcome(asked, { checkpoint });
      expect(losses(rest.history)).toEqual(losses(whole.history.slice(checkpoint.epoch)));
      expect(rest.model.parameters).toEqual(whole.model.parameters);
      const [end, expected] = [await rest.training.checkpoint(), await whole.training.checkpoint()];
      expect(end.states).toEqual(expected.states);
      expect(end.averages).toEqual(expected.averages);
    }
  });

  test('of a run that keeps the last epoch has its averaged weights for the model', async () => {
    const asked: Recipe = { ...averaged, keep: 'last' };
    const checkpoint = await interrupted(asked, 3, 48);
    const training = await startTraining(asked, faces, { engine, checkpoint });
    expect((await training.model()).parameters).toEqual(checkpoint.averages);
    expect(checkpoint.averages).not.toEqual(checkpoint.parameters);
  });

  test('holds the running means of batch normalisations, by which it validates', async () => {
    const normalised: Recipe = {
      ...recipe,
      layers: recipe.layers.flatMap((layer): LayerSpec[] =>
        layer.type === 'maxPool2d' ? [layer, batchNorm()] : [layer],
      ),
      rule: adam({ weightDecay: 0.01 }),
    };
    const whole = await outcome(normalised);
    const checkpoint = await interrupted(normalised, 3, 8);
    expect(checkpoint.parameters.get('norm2.variance')).not.toEqual(new Float32Array(8).fill(1));
    const rest = await outcome(normalised, { checkpoint });
    expect(losses(rest.history)).toEqual(losses(whole.history.slice(2)));
    expect(rest.model.parameters).toEqual(whole.model.parameters);

    // They are taken over from another model with the layer, and a frozen layer keeps them.
    const tuned: Recipe = {
      ...normalised,
      pretrained: { recipe: 'small', layers: 'hidden' },
      tuning: { norm1: { frozenUntil: 'end' } },
      epochs: 1,
    };
    const { model } = await outcome(tuned, { pretrained: whole.model });
    for (const part of ['weight', 'bias', 'mean', 'variance']) {
      const [first, second] = [1, 2].map((n) => `norm${n}.${part}`) as [string, string];
      expect(model.parameters.get(first)).toEqual(whole.model.parameters.get(first));
      expect(model.parameters.get(second)).not.toEqual(whole.model.parameters.get(second));
    }
  });

  test('of a finished run is trained further: schedules keep their length', async () => {
    const { training } = await outcome(recipe);
    const checkpoint = await training.checkpoint();
    const longer = await outcome({ ...recipe, epochs: 8 }, { checkpoint });
    expect(longer.history.map(({ epoch }) => epoch)).toEqual([7, 8]);
    expect(longer.training.recipe.learningRate).toEqual(
      linearSchedule(0.004, 0.001, { lag: 1, over: 6 }),
    );
    const atOnce = await outcome({
      ...recipe,
      epochs: 8,
      learningRate: linearSchedule(0.004, 0.001, { lag: 1, over: 6 }),
    });
    expect(losses(longer.history)).toEqual(losses(atOnce.history.slice(6)));
    expect(longer.model.parameters).toEqual(atOnce.model.parameters);
    // What was first asked for still means the same run.
    const again = await longer.training.checkpoint();
    expect((await outcome({ ...recipe, epochs: 9 }, { checkpoint: again })).history).toHaveLength(
      1,
    );
  });

  test.each<[string, Partial<Recipe>]>([
    [
      'learningRate.from was 0.004 and is 0.1 now',
      { learningRate: linearSchedule(0.1, 0.001, { lag: 1 }) },
    ],
    [
      'learningRate.type was "linear" and is "cosine" now',
      { learningRate: cosineSchedule(0.004, 0.001, { lag: 1 }) },
    ],
    ['layers.0.type was "conv2d" and is "flatten" now', { layers: [flatten()] }],
    ['seed was 42 and is 7 now', { seed: 7 }],
    ['augmentation.flip_half was true and is not given now', { augmentation: {} }],
    ['tuning.conv1 was not given and is {"rate":0.5} now', { tuning: { conv1: { rate: 0.5 } } }],
  ])('does not go on with another recipe: %s', async (difference, change) => {
    const checkpoint = await interrupted(recipe, 1, 8);
    await expect(
      startTraining({ ...recipe, ...change }, faces, { engine, checkpoint }),
    ).rejects.toThrow(refusal(`a run cannot go on with another recipe: ${difference}`));
  });

  test('goes on with another learning rate where that is meant', async () => {
    const checkpoint = await interrupted(recipe, 3, 48);
    const notices: string[] = [];
    const slower = { ...recipe, learningRate: 1e-5 };
    const { history, training } = await outcome(slower, {
      checkpoint,
      newLearningRate: true,
      onNotice: (text) => notices.push(text),
    });
    expect(history.map(({ epoch }) => epoch)).toEqual([4, 5, 6]);
    expect(training.recipe.learningRate).toBe(1e-5);
    expect(notices).toEqual([
      'From here on the learning rate is 0.00001; so far it was linear 0.004 → 0.001 over 6 epochs.',
    ]);
    await expect(
      startTraining({ ...slower, seed: 7 }, faces, { engine, checkpoint, newLearningRate: true }),
    ).rejects.toThrow(refusal(/seed was 42 and is 7 now/));
  });

  test('is not made of weights that are not finite', async () => {
    const checkpoint = await interrupted(recipe, 3, 48);
    checkpoint.parameters.get('conv2.bias')![0] = Infinity;
    const training = await startTraining(recipe, faces, { engine, checkpoint });
    await expect(training.checkpoint()).rejects.toThrow(
      refusal(
        'epoch 4: its last update made weights of conv2 infinite or no numbers, training has diverged',
      ),
    );
  });

  test('does not go on with other data or another build', async () => {
    const checkpoint = await interrupted(recipe, 1, 8);
    const others = { ...faces, images: faces.images.with(0, 255 - faces.images[0]!) };
    await expect(startTraining(recipe, others, { engine, checkpoint })).rejects.toThrow(
      refusal(/^a run cannot go on with other data/),
    );
    await expect(
      startTraining(recipe, faces, { engine, checkpoint: { ...checkpoint, build: 'relaxed' } }),
    ).rejects.toThrow(
      refusal('the run was begun with the relaxed SIMD build and cannot go on with plain'),
    );
  });
});

test.each([smoothL1Loss(), wingLoss()])(
  '$type: the error of an epoch is that of its model, in pixels',
  async (loss) => {
    const { training, model } = await outcome({ ...recipe, loss });
    const { dataset, split } = training.data;
    const found = await predictKeypoints(model, dataset.images, { engine });
    const { validLoss, validRmse } = training.bestRecord!;
    expect(keypointErrors(dataset, found, split.valid).rmse).toBeCloseTo(validRmse, 4);
    expect(12 * Math.sqrt(validLoss)).not.toBeCloseTo(validRmse, 1);
  },
);

describe('an average of the weights', () => {
  test('is validated and becomes the model; the training is the same', async () => {
    const plain = await outcome({ ...averaged, averaging: null });
    const { history, training, model } = await outcome(averaged);
    expect(history.map(({ trainLoss }) => trainLoss)).toEqual(
      plain.history.map(({ trainLoss }) => trainLoss),
    );
    expect((await training.checkpoint()).parameters).toEqual(
      (await plain.training.checkpoint()).parameters,
    );
    expect(model.parameters).not.toEqual(plain.model.parameters);
    const { dataset, split } = training.data;
    const found = await predictKeypoints(model, dataset.images, { engine });
    const { rmse } = keypointErrors(dataset, found, split.valid);
    expect(rmse).toBeCloseTo(training.bestRecord!.validRmse, 4);
  });

  test('of layers that learn later begins with their weights', async () => {
    const tuning = { conv1: { frozenUntil: 2 }, norm1: { frozenUntil: 2 } };
    const cached = await outcome({ ...averaged, tuning });
    const computed = await outcome({ ...averaged, tuning }, { cacheBytes: 0 });
    expect(losses(cached.history)).toEqual(losses(computed.history));
    expect(cached.model.parameters).toEqual(computed.model.parameters);
  });
});

describe('early stopping', () => {
  test('ends when the best epoch is longer ago than the patience', async () => {
    const patient = { ...recipe, epochs: 40, learningRate: 0.02, patience: 3 };
    const { history, training } = await outcome(patient);
    expect(training.stoppedEarly).toBe(true);
    const { epoch: best, validLoss } = training.bestRecord!;
    expect(history.length).toBe(best + 4);
    expect(Math.min(...history.map((epoch) => epoch.validLoss))).toBe(validLoss);
    // Gone on with, it has nothing to do; with more patience, it has.
    const checkpoint = await training.checkpoint();
    expect((await outcome(patient, { checkpoint })).history).toEqual([]);
    const further = await outcome({ ...patient, patience: 5 }, { checkpoint });
    expect(further.history[0]!.epoch).toBe(best + 5);
  });

  test('the model has the best or the last weights', async () => {
    const settings = { ...recipe, epochs: 12, learningRate: 0.02 };
    const best = await outcome(settings);
    const last = await outcome({ ...settings, keep: 'last' });
    const { training } = best;
    expect(training.bestRecord!.epoch).toBeLessThan(12);
    expect(best.model.training.epoch).toBe(training.bestRecord!.epoch);
    expect(last.model.training.epoch).toBe(12);
    expect(last.model.parameters).toEqual((await last.training.checkpoint()).parameters);
    expect(best.model.parameters).toEqual((await training.checkpoint()).best!.parameters);
    expect(best.model.parameters).not.toEqual(last.model.parameters);
  });

  test('the last weights are those of a finished epoch, however far the next one is', async () => {
    const settings: Recipe = { ...recipe, keep: 'last' };
    const controller = new AbortController();
    const { training, model } = await outcome(settings, {
      signal: controller.signal,
      onProgress: ({ epoch }) => {
        if (epoch === 3) controller.abort();
      },
    });
    expect((await training.checkpoint()).underway.rowsDone).toBe(8);
    const two = await outcome({
      ...settings,
      epochs: 2,
      learningRate: linearSchedule(0.004, 0.001, { lag: 1, over: 6 }),
    });
    expect(model.training.epoch).toBe(2);
    expect(model.parameters).toEqual(two.model.parameters);
  });
});

describe('first weights of a trained model', () => {
  let base: Model;
  beforeAll(async () => {
    base = (await outcome(recipe)).model;
  });
  const pretrained = { recipe: 'small', layers: 'hidden' } as const;

  test('are those of the layers that are named; the output is drawn anew', async () => {
    const still = { ...recipe, epochs: 1, learningRate: 0, momentum: 0, pretrained };
    const { model } = await outcome(still, { pretrained: base });
    const drawn = await outcome({ ...still, pretrained: null });
    for (const [name, values] of model.parameters) {
      const from = name.startsWith('output') ? drawn.model : base;
      expect(values, name).toEqual(from.parameters.get(name));
    }
    const all = { ...still, pretrained: { ...pretrained, layers: 'all' as const } };
    expect((await outcome(all, { pretrained: base })).model.parameters).toEqual(base.parameters);
  });

  test('are refused where a layer does not fit, or there is no model', async () => {
    const start = (change: Partial<Recipe>, model?: Model) =>
      startTraining({ ...recipe, pretrained, ...change }, faces, { engine, pretrained: model });
    await expect(start({})).rejects.toThrow(
      refusal('recipe small begins with the weights of a trained small, and no model is given'),
    );
    const layers = recipe.layers.map((layer) =>
      layer.name === 'conv2' ? conv2d(9, 3, { name: 'conv2' }) : layer,
    );
    await expect(start({ layers }, base)).rejects.toThrow(
      refusal(
        'pretrained model: its layer conv2 has [8, 6, 3, 3] and [8], the recipe needs [9, 6, 3, 3] and [9]',
      ),
    );
    await expect(start({ pretrained: { ...pretrained, layers: ['conv3'] } }, base)).rejects.toThrow(
      refusal('pretrained: no layer "conv3" with weights'),
    );
  });

  test('frozen layers keep them until their epoch', async () => {
    const tuned: Recipe = {
      ...recipe,
      pretrained,
      epochs: 4,
      tuning: { conv1: { frozenUntil: 'end' }, conv2: { frozenUntil: 2 }, dense3: { rate: 0.1 } },
    };
    const notices: string[] = [];
    const training = await startTraining(tuned, faces, {
      engine,
      pretrained: base,
      onNotice: (text) => notices.push(text),
    });
    const moved: string[][] = [];
    let before = new Map(base.parameters);
    for await (const _ of training.epochs()) {
      const { parameters } = await training.checkpoint();
      moved.push(
        [...parameters]
          .filter(([name, values]) => values.some((value, i) => value !== before.get(name)![i]))
          .map(([name]) => name),
      );
      before = parameters;
    }
    const head = ['dense3.weight', 'dense3.bias', 'output.weight', 'output.bias'];
    expect(moved[1]).toEqual(head);
    expect(moved[2]).toEqual(['conv2.weight', 'conv2.bias', ...head]);
    expect(notices).toEqual([
      expect.stringMatching(
        /^The layers up to .* are frozen: their output for \d+ pictures, mirrored ones among them, is computed once/,
      ),
      expect.stringMatching(/^The layers up to .* are frozen: their output/),
    ]);
  });

  test.each([
    ['where the maps are flattened last', recipe.layers],
    [
      'where dropout follows the flattening',
      recipe.layers.toSpliced(7, 2, flatten(), dropout(0.2)),
    ],
  ])(
    'kept outputs of frozen layers give the bits of those that are computed in every epoch, %s',
    async (_, layers) => {
      const tuned: Recipe = {
        ...recipe,
        layers,
        pretrained,
        epochs: 3,
        tuning: { conv1: { frozenUntil: 'end' }, conv2: { frozenUntil: 2 } },
      };
      const cached = await outcome(tuned, { pretrained: base });
      const notices: string[] = [];
      const computed = await outcome(tuned, {
        pretrained: base,
        cacheBytes: 0,
        onNotice: (text) => notices.push(text),
      });
      expect(notices[0]).toMatch(
        /to keep their output would take \d+ MiB, so it is computed in every epoch/,
      );
      expect(losses(cached.history)).toEqual(losses(computed.history));
      expect(cached.model.parameters).toEqual(computed.model.parameters);
    },
  );

  test('so do those of pictures in colour', async () => {
    const coloured = synthesize({ rows: 60, seed: 3, side: 24, channels: 3 });
    const tuned: Recipe = {
      ...recipe,
      epochs: 2,
      tuning: { conv1: { frozenUntil: 'end' } },
      augmentation: { flip_half: true, featurewise_center: true },
    };
    const cached = await outcome(tuned, {}, coloured);
    const computed = await outcome(tuned, { cacheBytes: 0 }, coloured);
    expect(losses(cached.history)).toEqual(losses(computed.history));
    expect(cached.model.parameters).toEqual(computed.model.parameters);
    expect(cached.model.scaling.standardisation!.mean).toHaveLength(3);
  });

  test('so do those of mirrored pictures whose labels lie beside the middle', async () => {
    const beside = { ...faces, schema: { ...faces.schema, mirrorAxis: 13.5 } };
    const tuned: Recipe = {
      ...recipe,
      epochs: 2,
      tuning: { conv1: { frozenUntil: 'end' } },
      augmentation: { flip_half: true },
    };
    const cached = await outcome(tuned, {}, beside);
    const computed = await outcome(tuned, { cacheBytes: 0 }, beside);
    expect(losses(cached.history)).toEqual(losses(computed.history));
    expect(cached.model.parameters).toEqual(computed.model.parameters);
  });

  test('pictures that change at random are sent through the frozen layers each time', async () => {
    const notices: string[] = [];
    const tuned: Recipe = {
      ...recipe,
      pretrained,
      epochs: 1,
      augmentation: { rotation_range: 10 },
      tuning: { conv1: { frozenUntil: 'end' } },
    };
    await outcome(tuned, { pretrained: base, onNotice: (text) => notices.push(text) });
    expect(notices).toEqual([
      expect.stringMatching(
        /pictures are changed at random in front of them: their output is computed in every epoch/,
      ),
    ]);
  });

  test('a run with a frozen part is gone on from with the same bits', async () => {
    const tuned: Recipe = {
      ...recipe,
      pretrained,
      epochs: 4,
      tuning: { conv1: { frozenUntil: 'end' }, conv2: { frozenUntil: 2 } },
    };
    const whole = await outcome(tuned, { pretrained: base });
    for (const stop of [1, 2, 3]) {
      const training = await startTraining(tuned, faces, { engine, pretrained: base });
      for await (const { epoch } of training.epochs()) if (epoch === stop) break;
      const rest = await outcome(tuned, { checkpoint: await training.checkpoint() });
      expect(rest.model.parameters).toEqual(whole.model.parameters);
    }
  });
});

describe('augmentation', () => {
  test.each<[string, Recipe['augmentation'], Recipe['augmentation']]>([
    [
      'what is beyond the edge',
      { rotation_range: 30 },
      { rotation_range: 30, fill_mode: 'constant', cval: 1 },
    ],
    ['how far pictures turn', { rotation_range: 30 }, { rotation_range: 20 }],
    ['centring', {}, { featurewise_center: true }],
    ['scaling of each picture', {}, { samplewise_std_normalization: true }],
  ])('%s changes what is learnt', async (_, one, other) => {
    const losses = [];
    for (const augmentation of [one, other]) {
      const { history } = await outcome({ ...recipe, augmentation, epochs: 1 });
      losses.push(history[0]!.trainLoss);
    }
    expect(losses[0]).not.toBe(losses[1]);
  });

  test('pictures are centred and scaled for the model too', async () => {
    const augmentation = { featurewise_center: true, featurewise_std_normalization: true };
    const { model, history, training } = await outcome({ ...recipe, augmentation, keep: 'last' });
    const { dataset, split } = training.data;
    const predicted = await predictKeypoints(model, dataset.images, { engine });
    const { rmse } = keypointErrors(dataset, predicted, split.valid);
    expect(rmse).toBeCloseTo(history.at(-1)!.validRmse, 4);
  });
});

describe('tuning', () => {
  test.each<[string, Recipe['tuning']]>([
    ['no layer "conv9" with weights', { conv9: { rate: 0.1 } }],
    [
      'every layer is frozen, so nothing would be learnt',
      Object.fromEntries(['conv1', 'conv2', 'dense3', 'output'].map((name) => [name, { rate: 0 }])),
    ],
  ])('%s', async (message, tuning) => {
    await expect(startTraining({ ...recipe, tuning }, faces, { engine })).rejects.toThrow(
      refusal(`recipe small, tuning: ${message}`),
    );
  });
});
