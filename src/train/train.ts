import type { Dataset } from '../data/dataset.ts';
import { standardScaling } from '../data/scaling.ts';
import { CompiledNetwork, MAX_STEPS, type Snapshot } from '../engine/compiled-network.ts';
import { Engine, type EngineOptions } from '../engine/engine.ts';
import type { LoadedData, LossSum, TrainingStep } from '../engine/step-table.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { initialise } from '../nn/initialise.ts';
import { randomStream } from '../random.ts';
import { networkFor, type Recipe } from './recipe.ts';
import { scaledLabels, type TrainingData, trainingData } from './training-data.ts';

/** One line of a run's history. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the epoch's batches, each measured before its update; on scaled coordinates. */
  readonly trainLoss: number;
  /** After the epoch; `NaN` where there is no label to validate on. */
  readonly validLoss: number;
  /** Root of the validation loss, in pixels; `NaN` likewise. */
  readonly validRmse: number;
  /** Duration of training and validation. */
  readonly seconds: number;
}

/** What training yields after every epoch. */
export interface Epoch extends EpochRecord {
  /** Whether no epoch before had a smaller validation loss. */
  readonly best: boolean;
  /** The best model so far. */
  bestModel(): Promise<Model>;
}

/** Where an epoch stands. */
export interface Progress {
  readonly epoch: number;
  readonly rowsDone: number;
  readonly rows: number;
}

export interface TrainOptions extends EngineOptions {
  /** An engine to use and to leave open; default: one of its own. */
  readonly engine?: Engine | undefined;
  /** The group of every row, for a split by group. */
  readonly groups?: ArrayLike<number> | undefined;
  /** Ends training between two batches; the best model so far stays. */
  readonly signal?: AbortSignal | undefined;
  /** Called some ten times a second while an epoch runs. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Steps that are handed over at once last about this long, in milliseconds. */
const PORTION_MS = 80;

/**
 * Trains a network and yields after every epoch.
 *
 * The same recipe on the same data gives the same numbers on any number of threads; with the build
 * `plain` also on any machine and in any browser.
 *
 * @param recipe what to train and how
 * @param dataset pictures and keypoints
 * @throws InputError where the recipe does not fit the data, and where the loss stops being a number
 * @example
 * for await (const epoch of train(net2, dataset)) {
 *   console.log(epoch.epoch, epoch.validRmse);
 *   if (epoch.validRmse < 2) break;
 * }
 */
export async function* train(
  recipe: Recipe,
  dataset: Dataset,
  options: TrainOptions = {},
): AsyncGenerator<Epoch, void> {
  const data = trainingData(recipe, dataset, options.groups);
  const network = networkFor(recipe, data.dataset.schema);
  const engine = options.engine ?? (await Engine.start(options));
  try {
    const { loss, rule, batch, seed, gain } = recipe;
    const compiled = await CompiledNetwork.create(engine, network, { loss, rule, batch, seed });
    await compiled.setParameters(initialise(network, { seed, gain }));
    const loaded = await compiled.load(data.dataset.images, scaledLabels(data.dataset));
    yield* epochs(recipe, data, compiled, loaded, options);
  } finally {
    if (!options.engine) await engine.close();
  }
}

async function* epochs(
  recipe: Recipe,
  { dataset, split }: TrainingData,
  compiled: CompiledNetwork,
  loaded: LoadedData,
  options: TrainOptions,
): AsyncGenerator<Epoch, void> {
  const { schema } = dataset;
  const scaling = standardScaling(schema.side);
  let best: { record: EpochRecord; weights: Snapshot } | undefined;
  const bestModel = async (): Promise<Model> => {
    const { record, weights } = best!;
    return {
      network: compiled.network,
      schema,
      scaling,
      engine: compiled.engine.build,
      training: {
        recipe: recipe.name,
        seed: recipe.seed,
        trainRows: split.train.length,
        validRows: split.valid.length,
        ...record,
      },
      parameters: compiled.parametersOf(weights),
    };
  };

  for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
    const start = performance.now();
    const trained = await trainEpoch(recipe, epoch, split.train, compiled, loaded, options);
    if (!trained) return;
    const validated = await compiled.evaluate(loaded, split.valid);
    for (const [name, { sum }] of Object.entries({ training: trained, validation: validated })) {
      if (Number.isFinite(sum)) continue;
      throw new InputError(
        `epoch ${epoch}: the ${name} loss is ${sum}, training has diverged`,
        `Lower the learning rate (it is ${recipe.learningRate}): --set learningRate=${recipe.learningRate / 10}`,
      );
    }
    const validLoss = ratio(validated);
    const record: EpochRecord = {
      epoch,
      trainLoss: ratio(trained),
      validLoss,
      validRmse: Math.sqrt(validLoss) * scaling.labelScale,
      seconds: (performance.now() - start) / 1000,
    };
    // Where nothing can be validated, the last epoch counts as the best.
    const improved = !best || Number.isNaN(validLoss) || validLoss < best.record.validLoss;
    if (improved) best = { record, weights: await compiled.snapshot() };
    yield { ...record, best: improved, bestModel };
    if (options.signal?.aborted) return;
  }
}

/** One pass over the rows; undefined where it was ended before its time. */
async function trainEpoch(
  recipe: Recipe,
  epoch: number,
  rows: Uint32Array,
  compiled: CompiledNetwork,
  loaded: LoadedData,
  { signal, onProgress }: TrainOptions,
): Promise<LossSum | undefined> {
  const { batch, learningRate, momentum } = recipe;
  const order = recipe.shuffle ? shuffled(rows, recipe.seed, epoch) : rows;
  let sum = 0;
  let count = 0;
  let portion = 1;
  for (let first = 0; first < order.length; ) {
    if (signal?.aborted) return undefined;
    const steps: TrainingStep[] = [];
    while (steps.length < portion && first < order.length) {
      steps.push({ order: order.subarray(first, first + batch), learningRate, momentum });
      first += batch;
    }
    const start = performance.now();
    for (const loss of await compiled.train(loaded, steps)) {
      sum += loss.sum;
      count += loss.count;
    }
    const milliseconds = (performance.now() - start) / steps.length;
    portion = Math.max(1, Math.min(MAX_STEPS, Math.round(PORTION_MS / milliseconds)));
    onProgress?.({ epoch, rowsDone: Math.min(first, order.length), rows: order.length });
  }
  return { sum, count };
}

function shuffled(rows: Uint32Array, seed: number, epoch: number): Uint32Array {
  const order = randomStream(seed, `order/${epoch}`).permutation(rows.length);
  return order.map((place) => rows[place]!);
}

/** The loss; `NaN` without any label. */
const ratio = ({ sum, count }: LossSum): number => sum / count;
