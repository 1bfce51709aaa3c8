import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { refusal } from '../../test/refusal.ts';
import { type Dataset, imageOf } from '../data/dataset.ts';
import { imageSize } from '../data/image-format.ts';
import { scaledLabels, standardScaling } from '../data/scaling.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { CompiledNetwork } from '../engine/compiled-network.ts';
import { Engine } from '../engine/engine.ts';
import { ReferenceNetwork } from '../engine/reference/reference-network.ts';
import { ReferenceTrainer } from '../engine/reference/reference-trainer.ts';
import type { Model } from '../model/model-file.ts';
import { initialise, RELU_GAIN } from '../nn/initialise.ts';
import { conv2d, dense, dropout, flatten, maxPool2d, relu } from '../nn/layers.ts';
import { maskedMeanSquaredError, meanSquaredError } from '../nn/loss.ts';
import { adam, sgd } from '../nn/rule.ts';
import { firstValue } from '../nn/schedule.ts';
import { predictKeypoints } from '../predict/predict.ts';
import { randomStream } from '../random.ts';
import type { Epoch, Progress } from './epoch.ts';
import { networkFor, type Recipe } from './recipe.ts';
import { train } from './train.ts';
import type { TrainOptions } from './training.ts';
import { trainingData } from './training-data.ts';

const faces = synthesize({ rows: 60, seed: 3, side: 24 });
const complete = synthesize({ rows: 60, seed: 3, side: 24, missing: false });
const coloured = synthesize({ rows: 60, seed: 3, side: 24, missing: false, channels: 3 });

const small: Recipe = {
  ...net1,
  name: 'small',
  layers: [conv2d(6, 3), relu(), maxPool2d(), flatten(), dense(20), relu()],
  gain: RELU_GAIN,
  loss: maskedMeanSquaredError(),
  rule: adam(),
  learningRate: 0.002,
  epochs: 4,
  batch: 16,
  shuffle: true,
  rows: 'all',
  split: { type: 'random', fraction: 0.25 },
};

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({ threads: 2, build: 'plain' });
});
afterAll(() => engine.close());
afterEach(() => {
  vi.restoreAllMocks();
});

interface Outcome {
  readonly history: readonly Epoch[];
  readonly best: Model | undefined;
}

async function runOf(
  recipe: Recipe,
  dataset: Dataset,
  options: TrainOptions = {},
): Promise<Outcome> {
  const history: Epoch[] = [];
  for await (const epoch of train(recipe, dataset, { engine, ...options })) history.push(epoch);
  return { history, best: await history.at(-1)?.model() };
}

/** All that a seed decides; the seconds are left out. */
const lossesOf = ({ history }: Outcome): number[][] =>
  history.map(({ epoch, trainLoss, validLoss, validRmse }) => [
    epoch,
    trainLoss,
    validLoss,
    validRmse,
  ]);

describe('a run', () => {
  test('learns', async () => {
    const { history } = await runOf({ ...small, epochs: 12 }, faces);
    expect(history.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const [first, last] = [history[0]!, history.at(-1)!];
    expect(last.trainLoss).toBeLessThan(first.trainLoss / 2);
    expect(last.validLoss).toBeLessThan(first.validLoss / 2);
    expect(last.validRmse).toBeCloseTo(Math.sqrt(last.validLoss) * 12, 10);
  });

  test('is the same with the same seed, and another with another', async () => {
    const [run, again] = [await runOf(small, faces), await runOf(small, faces)];
    expect(lossesOf(again)).toEqual(lossesOf(run));
    expect(again.best!.parameters).toEqual(run.best!.parameters);
    const other = await runOf({ ...small, seed: 43 }, faces);
    expect(other.history[0]!.trainLoss).not.toBe(run.history[0]!.trainLoss);
  });

  test('says how far it is', async () => {
    const seen: Progress[] = [];
    await runOf({ ...small, epochs: 2 }, faces, { onProgress: (progress) => seen.push(progress) });
    for (const epoch of [1, 2]) {
      const done = seen.filter((progress) => progress.epoch === epoch);
      const rows = done.map(({ rowsDone }) => rowsDone);
      expect(rows).toEqual([...rows].sort((a, b) => a - b));
      expect(done.at(-1)).toEqual({ epoch, rowsDone: 45, rows: 45 });
    }
  });

  test('refuses what it cannot learn, before it starts an engine', async () => {
    const start = vi.spyOn(Engine, 'start');
    const recipe: Recipe = { ...small, layers: [conv2d(4, 7), maxPool2d(), conv2d(4, 7)] };
    const tooSmall = synthesize({ rows: 9, seed: 1, side: 16 });
    await expect(train(recipe, tooSmall).next()).rejects.toThrow(
      refusal(/kernel 7 is larger than the map/),
    );
    expect(start).not.toHaveBeenCalled();
  });

  test.each([
    ['(training|validation)', small.batch, 100],
    ['training', small.batch, 1e30],
    // The only batch of the epoch is measured before its update, so the training loss is still a number.
    ['validation', 64, 1e30],
  ])('that diverges ends with advice: %s loss', async (name, batch, learningRate) => {
    const recipe: Recipe = { ...small, layers: [flatten()], rule: sgd(), batch, learningRate };
    const when = 'epoch \\d+(, batch [1-3] of 3)?';
    const message = new RegExp(
      `^${when}: the ${name} loss is (NaN|Infinity), .*output .*, training has diverged$`,
    );
    const run = runOf({ ...recipe, epochs: 50 }, faces);
    await expect(run).rejects.toThrow(refusal(message));
    await expect(run).rejects.toThrow(
      expect.objectContaining({ advice: expect.stringMatching(/--set learningRate=/) }),
    );
  });
});

describe('rows and batches', () => {
  /** The rows of every batch, epoch by epoch. */
  async function batchesOf(recipe: Recipe): Promise<number[][][]> {
    const steps = vi.spyOn(CompiledNetwork.prototype, 'train');
    const epochs: number[][][] = [];
    for await (const _ of train(recipe, faces, { engine })) {
      epochs.push(
        steps.mock.calls.flatMap(([, batches]) => batches.map(({ order }) => [...order])),
      );
      steps.mockClear();
    }
    return epochs;
  }
  const { train: rows } = trainingData(small, faces).split;

  test('every epoch visits every row once, in an order of its own', async () => {
    const epochs = await batchesOf(small);
    expect(epochs).toHaveLength(small.epochs);
    for (const batches of epochs) {
      expect(batches.map((batch) => batch.length)).toEqual([16, 16, 13]);
      expect(Uint32Array.from(batches.flat()).sort()).toEqual(rows);
    }
    expect(new Set(epochs.map((batches) => batches.flat().join())).size).toBe(small.epochs);
  });

  test('without shuffling, rows are taken as they stand', async () => {
    for (const batches of await batchesOf({ ...small, shuffle: false })) {
      expect(Uint32Array.from(batches.flat())).toEqual(rows);
    }
  });

  test('a batch may be larger than the data', async () => {
    const exact = await runOf({ ...small, batch: 45, shuffle: false }, faces);
    const larger = await runOf({ ...small, batch: 500, shuffle: false }, faces);
    expect(larger.history).toHaveLength(small.epochs);
    expect(lossesOf(larger)).toEqual(lossesOf(exact));
  });

  test('a batch without any label changes nothing', async () => {
    const values = 30;
    const recipe: Recipe = {
      ...small,
      rule: sgd(),
      learningRate: 0.1,
      batch: 8,
      shuffle: false,
      split: { type: 'last', fraction: 0.5 },
    };
    const labels = complete.labels.slice();
    labels.fill(Number.NaN, 8 * values, 16 * values);
    const gaps = await runOf(recipe, { ...complete, labels });
    const batches = await batchesWithout(8, 16);
    expect(gaps.best!.parameters).toEqual(batches.best!.parameters);
    expect(lossesOf(gaps)).toEqual(lossesOf(batches));

    /** The same run on data in which some rows of the training half do not exist. */
    function batchesWithout(from: number, to: number): Promise<Outcome> {
      const keep = Array.from({ length: complete.rows }, (_, row) => row).filter(
        (row) => row < from || row >= to,
      );
      const dataset: Dataset = {
        ...complete,
        rows: keep.length,
        images: Uint8Array.from(keep.flatMap((row) => [...imageOf(complete, row)])),
        labels: Float32Array.from(
          keep.flatMap((row) => [...complete.labels.subarray(row * values, (row + 1) * values)]),
        ),
      };
      return runOf({ ...recipe, split: { type: 'last', fraction: 30 / keep.length } }, dataset);
    }
  });
});

describe('losses equal those of the float64 reference', () => {
  test.each([
    { loss: meanSquaredError(), dataset: complete, shuffle: false },
    { loss: maskedMeanSquaredError(), dataset: faces, shuffle: true },
    { loss: meanSquaredError(), dataset: coloured, shuffle: true },
  ])(
    '$loss.type, shuffle $shuffle, $dataset.schema.channels channels',
    async ({ loss, dataset, shuffle }) => {
      const layers = [...small.layers.slice(0, 4), dropout(0.3), ...small.layers.slice(4)];
      const recipe: Recipe = { ...small, layers, loss, shuffle, epochs: 1 };
      const { history } = await runOf(recipe, dataset);

      const { split } = trainingData(recipe, dataset);
      const { seed, gain, batch, learningRate, momentum } = recipe;
      const net = networkFor(recipe, dataset.schema);
      const reference = new ReferenceNetwork(net, initialise(net, { seed, gain }));
      const trainer = new ReferenceTrainer(reference, loss, recipe.rule, seed);
      const labels = scaledLabels(dataset);
      const pick = (rows: Uint32Array, values: ArrayLike<number>, size: number): Float64Array =>
        Float64Array.from({ length: rows.length * size }, (_, i) => {
          return values[rows[Math.floor(i / size)]! * size + (i % size)]!;
        });
      const inputs = (rows: Uint32Array): Float64Array =>
        pick(rows, dataset.images, imageSize(dataset.schema)).map((value) =>
          Math.fround(value / 255),
        );
      const targets = (rows: Uint32Array): Float64Array => pick(rows, labels, 30);
      const present = (rows: Uint32Array): number =>
        targets(rows).filter((label) => !Number.isNaN(label)).length;

      const places = randomStream(seed, 'order/1').permutation(split.train.length);
      const order = shuffle ? places.map((place) => split.train[place]!) : split.train;
      let sum = 0;
      for (let first = 0; first < order.length; first += batch) {
        const rows = order.subarray(first, first + batch);
        const settings = {
          learningRate: firstValue(learningRate),
          momentum: firstValue(momentum),
        };
        sum += present(rows) * trainer.step(inputs(rows), targets(rows), rows.length, settings);
      }
      const { prediction, loss: validLoss } = (() => {
        const prediction = reference.forward(inputs(split.valid), split.valid.length);
        const squares = prediction.map((value, i) => (value - targets(split.valid)[i]!) ** 2);
        const known = squares.filter((square) => !Number.isNaN(square));
        return { prediction, loss: known.reduce((a, b) => a + b) / known.length };
      })();
      expect(prediction).toHaveLength(split.valid.length * 30);
      const record = history[0]!;
      expect(Math.abs(record.trainLoss / (sum / present(order)) - 1)).toBeLessThan(1e-5);
      expect(Math.abs(record.validLoss / validLoss - 1)).toBeLessThan(1e-5);
    },
  );
});

describe('the best model', () => {
  test('is that of the epoch with the smallest validation loss, and predicts with that loss', async () => {
    // So fast that the last epochs are not the best.
    const recipe: Recipe = { ...small, learningRate: 0.05, epochs: 12 };
    const { history, best } = await runOf(recipe, faces);
    const smallest = Math.min(...history.map(({ validLoss }) => validLoss));
    const record = history.find(({ validLoss }) => validLoss === smallest)!;
    expect(record.epoch).toBeLessThan(12);
    expect(history.findLast((epoch) => epoch.best)).toBe(record);
    const { best: _, model: __, seconds: ___, ...facts } = record;
    expect(best!.training).toEqual({
      recipe: 'small',
      seed: 42,
      trainRows: 45,
      validRows: 15,
      ...facts,
    });
    expect(best!.engine).toBe('plain');

    const { split } = trainingData(recipe, faces);
    const found = await predictKeypoints(best!, faces.images, { build: 'plain', threads: 1 });
    const { labelScale } = standardScaling(24);
    const squares = [...split.valid].flatMap((row) =>
      Array.from({ length: 30 }, (_, i) => {
        const place = row * 30 + i;
        return ((found[place]! - faces.labels[place]!) / labelScale) ** 2;
      }).filter((square) => !Number.isNaN(square)),
    );
    const loss = squares.reduce((a, b) => a + b) / squares.length;
    expect(Math.abs(loss / smallest - 1)).toBeLessThan(1e-5);
  });

  test('is the last one where there are no rows to validate on', async () => {
    const recipe: Recipe = { ...small, split: { type: 'last', fraction: 0 } };
    const { history, best } = await runOf(recipe, faces);
    expect(history.every((epoch) => epoch.best)).toBe(true);
    expect(history.map(({ validLoss, validRmse }) => [validLoss, validRmse])).toEqual(
      history.map(() => [Number.NaN, Number.NaN]),
    );
    expect(best!.training).toMatchObject({ epoch: small.epochs, trainRows: 60, validRows: 0 });
  });

  test('knows only the points that were learnt', async () => {
    const points = ['nose_tip', 'left_eye_center', 'right_eye_center'];
    const { best } = await runOf({ ...small, points }, faces);
    expect(best!.schema).toEqual({ points, side: 24, channels: 1, mirrorPairs: [[1, 2]] });
    expect(best!.parameters.get('output.bias')).toHaveLength(6);
  });
});

describe('ending early', () => {
  test('a signal ends it between two batches; the best model stays', async () => {
    const interrupt = new AbortController();
    const seen: Progress[] = [];
    const { history, best } = await runOf(small, faces, {
      signal: interrupt.signal,
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.epoch === 3) interrupt.abort();
      },
    });
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(seen.filter(({ epoch }) => epoch === 3)).toEqual([{ epoch: 3, rowsDone: 16, rows: 45 }]);
    expect(best!.training.epoch).toBe(history.findLast((epoch) => epoch.best)!.epoch);
  });

  test('a signal from before ends it at once', async () => {
    const { history } = await runOf(small, faces, { signal: AbortSignal.abort() });
    expect(history).toEqual([]);
  });

  test.each(['break', 'throw', 'end', 'divergence'])(
    'its own engine is closed after: %s',
    async (how) => {
      const workers: Worker[] = [];
      const count = (worker: Worker): void => void workers.push(worker);
      process.on('worker', count);
      const rate = how === 'divergence' ? 1e30 : small.learningRate;
      const recipe: Recipe = { ...small, layers: [flatten()], rule: sgd(), learningRate: rate };
      let last: Epoch | undefined;
      try {
        for await (const epoch of train(recipe, faces, { threads: 2 })) {
          last = epoch;
          if (how === 'break') break;
          if (how === 'throw') throw new Error('of the caller');
        }
      } catch (error) {
        expect((error as Error).message).toMatch(/of the caller|diverged/);
      } finally {
        process.off('worker', count);
      }
      expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]);
      // The best model outlives the engine.
      expect((await last?.model())?.parameters.size).toBe(how === 'divergence' ? undefined : 2);
    },
  );

  test('an engine that was given stays open', async () => {
    for await (const _ of train(small, faces, { engine })) break;
    expect(await engine.reserve(64)).toBeGreaterThan(0);
  });
});
