import { meanPoints } from '../data/point-distribution.ts';
import { drawTransforms } from '../data/row-transform.ts';
import { type Scaling, standardisationOf, standardScaling } from '../data/scaling.ts';
import type { EngineBuild } from '../engine/build.ts';
import { MAX_STEPS } from '../engine/compiled-network.ts';
import { Engine, type EngineOptions } from '../engine/engine.ts';
import type { LossSum, TrainingStep } from '../engine/step-table.ts';
import type { Model } from '../model/model-file.ts';
import type { Parameters } from '../nn/initialise.ts';
import type { NetworkSpec } from '../nn/network.ts';
import { scheduleText, scheduleValue, spanNote, withLength } from '../nn/schedule.ts';
import { randomStream } from '../random.ts';
import type { Checkpoint, Underway } from './checkpoint.ts';
import { conventionNote } from './choose-conventions.ts';
import { chooseMirrorAxis, mirrorAxisNote } from './choose-mirror-axis.ts';
import { requireTeacher, type Teacher } from './distillation.ts';
import { Divergence, type DivergencePlace } from './divergence.ts';
import { stopsEarly } from './early-stopping.ts';
import type { Epoch, EpochRecord, Progress } from './epoch.ts';
import { type Fingerprint, fingerprintOf, fingerprintText } from './fingerprint.ts';
import { firstWeights } from './first-weights.ts';
import { labelNotes } from './label-notes.ts';
import { checkTuning, learningIn } from './layer-tuning.ts';
import { Learner, type LearnerState } from './learner.ts';
import { networkFor, type Recipe } from './recipe.ts';
import { resumedRecipe } from './resumption.ts';
import { mirrorNote, requireLabels, type TrainingData } from './training-data.ts';

/** How a training runs, and what it begins with. */
export interface TrainOptions extends EngineOptions {
  /** An engine to use and to leave open; default: one of its own. */
  readonly engine?: Engine | undefined;
  /** The model whose weights a recipe with `pretrained` begins with. */
  readonly pretrained?: Model | undefined;
  /** Has a say in the labels of each picture as it is seen (`Recipe.teacherWeight`): a `Predictor`, say. */
  readonly teacher?: Teacher | undefined;
  /** Where to go on; default: at the beginning. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Go on from the checkpoint with the recipe's learning rate where that was another; default false. */
  readonly newLearningRate?: boolean | undefined;
  /** Ends training between two batches; the best model so far stays. */
  readonly signal?: AbortSignal | undefined;
  /** Called some ten times a second while an epoch runs. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told in sentences what is good to know: how frozen layers are dealt with, odd lengths of schedules. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Bytes that the outputs of frozen layers may fill, so that they are computed once; default 1.5 GiB. */
  readonly cacheBytes?: number | undefined;
}

/** Steps that are handed over at once last about this long, in milliseconds. */
const PORTION_MS = 80;
const CACHE_BYTES = 1.5 * 2 ** 30;
const NOTHING_UNDERWAY: Underway = { rowsDone: 0, lossSum: 0, lossCount: 0, seconds: 0 };

/** A finished epoch, with its weights as they were. */
interface Finished {
  readonly record: EpochRecord;
  readonly parameters: () => Parameters;
}

/**
 * One training under way: it can be gone on with, looked at between two batches, and be written down
 * to be continued another day with the same bits.
 *
 * @example
 * const training = await Training.start(net2, trainingData(net2, dataset));
 * for await (const epoch of training.epochs()) console.log(epoch.validRmse);
 * const checkpoint = await training.checkpoint();
 * await training.close();
 */
export class Training {
  private readonly stepsAnEpoch: number;
  private last: Finished | undefined;
  private best: Finished | undefined;
  private epoch: number;
  private underway: Underway;

  private constructor(
    private readonly parts: Parts,
    private learner: Learner,
    /** First address of the engine's memory that belongs to the learner. */
    private readonly base: number,
  ) {
    const { recipe, data, options } = parts;
    this.stepsAnEpoch = Math.ceil(data.split.train.length / recipe.batch);
    const { checkpoint } = options;
    const { epoch = 0, underway = NOTHING_UNDERWAY, record, best } = checkpoint ?? {};
    this.epoch = epoch;
    this.underway = underway;
    // A checkpoint in the midst of an epoch has no older weights than its own.
    this.last = record && {
      record,
      parameters: () => checkpoint!.averages ?? checkpoint!.parameters,
    };
    this.best = best && { record: best.record, parameters: () => best.parameters };
  }

  /**
   * Gets everything ready for the first step, or for the next one after a checkpoint.
   *
   * @param taken what the recipe takes from a table
   * @throws InputError where the recipe does not fit the data, the pretrained model, the teacher or the checkpoint
   */
  static async start(
    asked: Recipe,
    taken: TrainingData,
    options: TrainOptions = {},
  ): Promise<Training> {
    const network = networkFor(asked, taken.dataset.schema);
    checkTuning(network, asked);
    const { checkpoint, pretrained, teacher } = options;
    if (teacher) requireTeacher(teacher, taken.dataset.schema);
    const isTaught = taken.dataset.schema.points.every((name) =>
      teacher?.schema.points.includes(name),
    );
    requireLabels(asked, taken, isTaught);
    const data = chooseMirrorAxis(asked, taken);
    const { schema } = data.dataset;
    const parameters = checkpoint?.parameters ?? firstWeights(network, asked, pretrained);
    const engine = options.engine ?? (await Engine.start(options));
    try {
      const fingerprint = fingerprintOf(data);
      const recipe = checkpoint
        ? resumedRecipe(asked, checkpoint, {
            data: fingerprintText(fingerprint),
            build: engine.build,
            newLearningRate: options.newLearningRate,
          })
        : asked;
      const { learningRate, momentum, epochs } = recipe;
      const notes = [
        spanNote('learning rate', learningRate, epochs),
        spanNote('momentum', momentum, epochs),
        rateNote(checkpoint?.recipe ?? recipe, recipe),
        ...labelNotes(data, isTaught),
        mirrorNote(recipe, schema),
        conventionNote(recipe, schema),
        mirrorAxisNote(schema),
      ];
      for (const note of notes) if (note) options.onNotice?.(note);
      const scaling = scalingFor(recipe, data);
      const parts: Parts = { engine, recipe, data, network, scaling, fingerprint, options };
      const base = engine.nextAddress;
      const { epoch = 0, averages, states = [], stepsDone = 0 } = checkpoint ?? {};
      const state = { parameters, averages, states, stepsDone };
      const learner = await learnerFor(epoch + 1, parts, state);
      return new Training(parts, learner, base);
    } catch (error) {
      if (!options.engine) await engine.close();
      throw error;
    }
  }

  /** As it is trained; the schedules of a run that was made longer keep their length. */
  get recipe(): Recipe {
    return this.parts.recipe;
  }

  get data(): TrainingData {
    return this.parts.data;
  }

  /** Checksums of the table and its split. */
  get fingerprint(): Fingerprint {
    return this.parts.fingerprint;
  }

  /** Of the engine that trains. */
  get build(): EngineBuild {
    return this.parts.engine.build;
  }

  get network(): NetworkSpec {
    return this.parts.network;
  }

  /** Epochs that are finished. */
  get epochsDone(): number {
    return this.epoch;
  }

  /** The epoch with the smallest validation loss so far. */
  get bestRecord(): EpochRecord | undefined {
    return this.best?.record;
  }

  /** Whether early stopping has ended it: the best epoch is longer ago than the recipe's patience. */
  get stoppedEarly(): boolean {
    return stopsEarly(this.recipe, this.best?.record, this.epoch);
  }

  /**
   * Goes on to the last epoch and yields after each; ends before where early stopping or the signal says.
   *
   * @throws Divergence at the first batch whose loss is no finite number
   */
  async *epochs(): AsyncGenerator<Epoch, void> {
    const { recipe, options } = this.parts;
    while (this.epoch < recipe.epochs && !this.stoppedEarly) {
      if (!(await this.trainEpoch(this.epoch + 1))) return;
      const best = await this.validate();
      yield { ...this.last!.record, best, model: () => this.model() };
      if (options.signal?.aborted) return;
      await this.changeLearner();
    }
  }

  /** The model that the recipe keeps: that of the best epoch so far, or of the last finished one. */
  async model(): Promise<Model> {
    const { recipe, data, engine, network, scaling } = this.parts;
    const { record, parameters } = (recipe.keep === 'best' ? this.best : this.last)!;
    const { train, valid } = data.split;
    // The same training gives the same model, however long it takes.
    const { seconds: _, ...measured } = record;
    return {
      network,
      schema: data.dataset.schema,
      scaling,
      engine: engine.build,
      training: {
        recipe: recipe.name,
        seed: recipe.seed,
        trainRows: train.length,
        validRows: valid.length,
        ...measured,
      },
      meanPoints: meanPoints(data.dataset, train),
      parameters: parameters(),
    };
  }

  /**
   * Everything that is needed to go on from here, between two batches.
   *
   * @throws Divergence where that is no more than to diverge
   */
  async checkpoint(): Promise<Checkpoint> {
    const { recipe, engine, fingerprint } = this.parts;
    const { epoch, underway, last, best } = this;
    await this.requireFiniteWeights(epoch + 1);
    return {
      ...(await this.learner.state()),
      ...{ recipe, build: engine.build, data: fingerprintText(fingerprint), epoch, underway },
      record: last?.record,
      best: best && { record: best.record, parameters: best.parameters() },
    };
  }

  /** Ends its engine, where it has one of its own. */
  async close(): Promise<void> {
    const { engine, options } = this.parts;
    if (!options.engine) await engine.close();
  }

  /** Trains what is left of an epoch; false where the signal ended it before its last batch. */
  private async trainEpoch(epoch: number): Promise<boolean> {
    const { recipe, data, options } = this.parts;
    const { batch, seed } = recipe;
    const { train } = data.split;
    const order = recipe.shuffle ? shuffled(train, seed, epoch) : train;
    let portion = 1;
    while (this.underway.rowsDone < order.length) {
      if (options.signal?.aborted) return false;
      const start = performance.now();
      const steps: TrainingStep[] = [];
      let { rowsDone, lossSum, lossCount, seconds } = this.underway;
      while (steps.length < portion && rowsDone < order.length) {
        steps.push(this.step(epoch, order.subarray(rowsDone, rowsDone + batch), rowsDone / batch));
        rowsDone = Math.min(rowsDone + batch, order.length);
      }
      const first = this.underway.rowsDone / batch + 1;
      for (const [i, { sum, count }] of (await this.learner.train(steps)).entries()) {
        if (!Number.isFinite(sum)) {
          const at = { number: first + i, count: this.stepsAnEpoch };
          await this.refuseDivergence({ epoch, batch: at, loss: { of: 'training', value: sum } });
        }
        lossSum += sum;
        lossCount += count;
      }
      const milliseconds = performance.now() - start;
      portion = Math.round((PORTION_MS * steps.length) / milliseconds);
      portion = Math.max(1, Math.min(MAX_STEPS, portion));
      seconds += milliseconds / 1000;
      this.underway = { rowsDone, lossSum, lossCount, seconds };
      options.onProgress?.({ epoch, rowsDone, rows: order.length });
    }
    return true;
  }

  private step(epoch: number, order: Uint32Array, place: number): TrainingStep {
    const { recipe, stepsAnEpoch } = this;
    const { seed, epochs, augmentation } = recipe;
    const step = (epoch - 1) * stepsAnEpoch + place;
    const moment = { epoch, step, epochs, stepsAnEpoch };
    return {
      order,
      transforms: drawTransforms(augmentation, { seed, step, rows: order.length }),
      learningRate: scheduleValue(recipe.learningRate, moment),
      momentum: scheduleValue(recipe.momentum, moment),
    };
  }

  /** Ends an epoch; returns whether none before had a smaller validation loss. */
  private async validate(): Promise<boolean> {
    const start = performance.now();
    const { lossSum, lossCount, seconds } = this.underway;
    const validated = await this.learner.evaluate(this.parts.data.split.valid);
    const epoch = this.epoch + 1;
    if (!Number.isFinite(validated.sum)) {
      const loss = { of: 'validation', value: validated.sum } as const;
      await this.refuseDivergence({ epoch, loss });
    }
    await this.requireFiniteWeights(epoch);
    const validLoss = ratio(validated);
    const record: EpochRecord = {
      epoch,
      trainLoss: lossSum / lossCount,
      validLoss,
      validRmse: Math.sqrt(validated.squares / validated.count) * this.parts.scaling.labelScale,
      seconds: seconds + (performance.now() - start) / 1000,
    };
    this.epoch = epoch;
    this.underway = NOTHING_UNDERWAY;
    this.last = { record, parameters: await this.learner.snapshot() };
    // Where nothing can be validated, the last epoch counts as the best.
    const { best } = this;
    const improved = !best || Number.isNaN(validLoss) || validLoss < best.record.validLoss;
    if (improved) this.best = this.last;
    return improved;
  }

  private async refuseDivergence(place: DivergencePlace): Promise<never> {
    const layer = await this.learner.notFinite();
    throw new Divergence({ ...place, layer }, this.recipe.learningRate);
  }

  /** An update may leave weights that only the next batch would have shown not to be finite. */
  private async requireFiniteWeights(epoch: number): Promise<void> {
    const layer = await this.learner.notFiniteWeights();
    if (!layer) return;
    throw new Divergence({ epoch, layer: { layer, what: 'weights' } }, this.recipe.learningRate);
  }

  /** Before an epoch in which other layers learn than in the one before, makes the learner for it. */
  private async changeLearner(): Promise<void> {
    const { engine, recipe } = this.parts;
    const [before, next] = [this.epoch, this.epoch + 1].map((epoch) =>
      JSON.stringify([...learningIn(epoch, recipe)]),
    );
    if (before === next || this.epoch >= recipe.epochs) return;
    const state = await this.learner.state();
    engine.release(this.base);
    this.learner = await learnerFor(this.epoch + 1, this.parts, state);
  }
}

/** What stays as it is throughout a training. */
interface Parts {
  readonly engine: Engine;
  readonly recipe: Recipe;
  readonly data: TrainingData;
  readonly network: NetworkSpec;
  readonly scaling: Scaling;
  readonly fingerprint: Fingerprint;
  readonly options: TrainOptions;
}

function scalingFor({ augmentation }: Recipe, { dataset, split }: TrainingData): Scaling {
  const { side } = dataset.schema;
  return standardScaling(side, standardisationOf(augmentation, dataset, split.train));
}

/** What is good to know of a run that goes on with another learning rate. */
function rateNote(before: Recipe, now: Recipe): string | undefined {
  const [old, rate] = [before, now].map(({ learningRate }) =>
    scheduleText(withLength(learningRate, before.epochs)),
  );
  return old === rate
    ? undefined
    : `From here on the learning rate is ${rate}; so far it was ${old}.`;
}

/** The learner of an epoch. */
const learnerFor = (
  epoch: number,
  { engine, recipe, data, network, scaling, options }: Parts,
  state: LearnerState,
): Promise<Learner> =>
  Learner.create(
    engine,
    {
      ...{ network, recipe, data, scaling },
      learning: learningIn(epoch, recipe),
      teacher: options.teacher,
      cacheBytes: options.cacheBytes ?? CACHE_BYTES,
      onNotice: options.onNotice ?? (() => {}),
    },
    state,
  );

function shuffled(rows: Uint32Array, seed: number, epoch: number): Uint32Array {
  const order = randomStream(seed, `order/${epoch}`).permutation(rows.length);
  return order.map((place) => rows[place]!);
}

/** The loss; `NaN` without any label. */
const ratio = ({ sum, count }: LossSum): number => sum / count;
