import { fillOf, isRandom, onlyMirrors } from '../data/augmentation.ts';
import { mirrorPartners } from '../data/mirror.ts';
import type { RowTransform } from '../data/row-transform.ts';
import { type Scaling, scaledLabels } from '../data/scaling.ts';
import { CompiledNetwork, type CompileOptions, type Tensors } from '../engine/compiled-network.ts';
import type { Engine } from '../engine/engine.ts';
import { type NotFinite, notFinite, notFiniteWeights } from '../engine/not-finite.ts';
import type { LoadedData, LossSum, TrainingStep } from '../engine/step-table.ts';
import type { Parameters } from '../nn/initialise.ts';
import type { LearningByLayer } from '../nn/learning.ts';
import { type NetworkSpec, networkOutput, sizeOf } from '../nn/network.ts';
import { Lesson, type Teacher } from './distillation.ts';
import { frozenFeatures } from './frozen-features.ts';
import { splitFrozen } from './layer-tuning.ts';
import type { Recipe } from './recipe.ts';
import type { TrainingData } from './training-data.ts';

/** Everything that a learner needs to know, besides the engine. */
export interface LearnerOptions {
  readonly network: NetworkSpec;
  readonly recipe: Recipe;
  readonly data: TrainingData;
  readonly scaling: Scaling;
  readonly learning: LearningByLayer;
  readonly teacher?: Teacher | undefined;
  /** Bytes that outputs of frozen layers may fill. */
  readonly cacheBytes: number;
  /** Told how the frozen layers are dealt with. */
  readonly onNotice: (text: string) => void;
}

/** What changes as a learner learns. */
export interface LearnerState {
  readonly parameters: Parameters;
  /** Averages of the parameters, where the recipe has them kept; default: they begin at the parameters. */
  readonly averages?: Parameters | undefined;
  readonly states: readonly Tensors[];
  readonly stepsDone: number;
}

/** Where rows of the dataset stand among the loaded ones. */
interface Places {
  readonly plain: Uint32Array;
  readonly mirrored: Uint32Array;
}

/**
 * A network on an engine as long as the same layers learn: either the whole of it, or, where a frozen
 * part comes first whose input does not vary, what stands behind that part, learning from its outputs.
 */
export class Learner {
  private constructor(
    private readonly compiled: CompiledNetwork,
    private readonly loaded: LoadedData,
    private readonly places: Places | undefined,
    /** Parameters of the frozen part that is not on the engine any more. */
    private readonly fixed: Parameters,
    private readonly averaging: boolean,
    /** Where a teacher has a say in the labels. */
    private readonly lesson: Lesson | undefined,
  ) {}

  /** Loads the data and compiles; what the state leaves out of the rule's begins with zeros. */
  static async create(
    engine: Engine,
    options: LearnerOptions,
    { parameters, averages, states, stepsDone }: LearnerState,
  ): Promise<Learner> {
    const { recipe, data, scaling, network, learning } = options;
    const { schema, images } = data.dataset;
    const { loss, rule, batch, seed } = recipe;
    const averaging = recipe.averaging ?? undefined;
    const common = { loss, rule, averaging, batch, seed, layers: learning };
    const start = async (part: NetworkSpec, more: Partial<CompileOptions>) => {
      const compiled = await CompiledNetwork.create(engine, part, { ...common, ...more });
      await compiled.setParameters(parameters);
      if (averages) await compiled.setAverages(averages);
      if (states.length > 0) await compiled.setRuleStates(states);
      compiled.stepsDone = stepsDone;
      return compiled;
    };
    const cached = cacheableSplit(options);
    if (cached) {
      const { prefix, head, dropouts } = cached;
      const features = await frozenFeatures(engine, prefix, parameters, options);
      const compiled = await start(head, { firstDropout: dropouts });
      const loaded = await compiled.load(features.values, features.labels);
      const own = new Set(compiled.plan.parameters.map(({ info }) => info.name));
      const fixed = new Map([...parameters].filter(([name]) => !own.has(name)));
      return new Learner(compiled, loaded, features, fixed, averaging !== undefined, undefined);
    }
    const compiled = await start(network, {
      mirrorPartners: mirrorPartners(schema),
      fill: fillOf(recipe.augmentation),
      outsidePoints: recipe.augmentation.outside_points,
      standardisation: scaling.standardisation,
    });
    const loaded = await compiled.load(images, scaledLabels(data.dataset));
    const { teacher } = options;
    const lesson = teacher && (await Lesson.create(engine, teacher, recipe, schema));
    return new Learner(compiled, loaded, undefined, new Map(), averaging !== undefined, lesson);
  }

  /** Trains on some batches, whose rows are those of the dataset. */
  train(batches: readonly TrainingStep[]): Promise<LossSum[]> {
    const { places, lesson } = this;
    if (lesson) return this.trainTaught(batches, lesson);
    if (!places) return this.compiled.train(this.loaded, batches);
    return this.compiled.train(
      this.loaded,
      batches.map(({ order, transforms, ...settings }) => ({
        ...settings,
        // The only transforms of cached pictures are mirrors.
        order: order.map((row, i) =>
          transforms && isMirror(transforms[i]!) ? places.mirrored[row]! : places.plain[row]!,
        ),
      })),
    );
  }

  private async trainTaught(batches: readonly TrainingStep[], lesson: Lesson): Promise<LossSum[]> {
    const losses: LossSum[] = [];
    for (const batch of batches) {
      const taught = await lesson.prepare(this.loaded, batch);
      losses.push(...(await this.compiled.train(lesson.data, [taught])));
      if (!Number.isFinite(losses.at(-1)!.sum)) break;
    }
    return losses;
  }

  evaluate(rows: Uint32Array): Promise<LossSum> {
    const { places } = this;
    return this.compiled.evaluate(
      this.loaded,
      places ? rows.map((row) => places.plain[row]!) : rows,
    );
  }

  /** Where what it computed last is not finite. */
  notFinite(): Promise<NotFinite | undefined> {
    return notFinite(this.compiled);
  }

  /** A layer with weights that are not finite. */
  notFiniteWeights(): Promise<string | undefined> {
    return notFiniteWeights(this.compiled);
  }

  /**
   * Copies all parameters of the model, averaged or not, now and quickly; what is returned makes tensors of
   * them at any later time.
   */
  async snapshot(): Promise<() => Parameters> {
    const snapshot = await this.compiled.snapshot();
    return () => new Map([...this.fixed, ...this.compiled.parametersOf(snapshot)]);
  }

  async state(): Promise<LearnerState> {
    return {
      parameters: new Map([...this.fixed, ...(await this.compiled.parameters())]),
      averages: this.averaging ? (await this.snapshot())() : undefined,
      states: await this.compiled.ruleStates(),
      stepsDone: this.compiled.stepsDone,
    };
  }
}

const isMirror = ({ matrix }: RowTransform): boolean => matrix[0] < 0;

/** The network in two where the outputs of its frozen part can be kept; says so, or why not. */
function cacheableSplit({
  network,
  recipe,
  learning,
  data,
  teacher,
  cacheBytes,
  onNotice,
}: LearnerOptions): ReturnType<typeof splitFrozen> {
  const split = splitFrozen(network, learning);
  if (!split) return undefined;
  const { train, valid } = data.split;
  const random = isRandom(recipe.augmentation);
  const mirrors = random && onlyMirrors(recipe.augmentation);
  const pictures = train.length * (mirrors ? 2 : 1) + valid.length;
  const bytes = pictures * sizeOf(networkOutput(split.prefix)) * 4;
  const last = split.prefix.layers.at(-1)!.name;
  const size = `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  if (teacher) {
    onNotice(
      `The layers up to ${last} are frozen, but a teacher looks at every picture: their output is computed in every epoch.`,
    );
    return undefined;
  }
  if (random && !mirrors) {
    onNotice(
      `The layers up to ${last} are frozen, but pictures are changed at random in front of them: their output is computed in every epoch.`,
    );
    return undefined;
  }
  if (bytes > cacheBytes) {
    onNotice(
      `The layers up to ${last} are frozen; to keep their output would take ${size}, so it is computed in every epoch.`,
    );
    return undefined;
  }
  const copies = mirrors
    ? `${pictures} pictures, mirrored ones among them,`
    : `${pictures} pictures`;
  onNotice(
    `The layers up to ${last} are frozen: their output for ${copies} is computed once and kept (${size}).`,
  );
  return split;
}
