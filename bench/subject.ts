import { imageSize } from '../src/data/image-format.ts';
import { mirrorPartners } from '../src/data/mirror.ts';
import { drawTransforms } from '../src/data/row-transform.ts';
import { scaledLabels } from '../src/data/scaling.ts';
import { allRows } from '../src/data/select.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import type { Build } from '../src/engine/build.ts';
import { CompiledNetwork } from '../src/engine/compiled-network.ts';
import { Engine } from '../src/engine/engine.ts';
import type { Instruction } from '../src/engine/planning/arena.ts';
import type { LoadedData } from '../src/engine/step-table.ts';
import { initialise, type Parameters } from '../src/nn/initialise.ts';
import type { NetworkSpec } from '../src/nn/network.ts';
import { firstValue } from '../src/nn/schedule.ts';
import { networkFor, type Recipe } from '../src/train/recipe.ts';
import { stopwatch, type Timing, timing } from './statistics.ts';

const FACES = { seed: 42, missing: false };
/** Of the faces that `synthesize` draws: size of Kaggle's pictures, and its keypoints. */
const { schema: SCHEMA } = synthesize({ rows: 1, ...FACES });

/** Short steps are repeated for at least this long: threads that slept need a while to spread out. */
const PHASES_MS = 1000;

/** Bytes of a row's picture and labels. */
export const BYTES_A_ROW = imageSize(SCHEMA) + 4 * 2 * SCHEMA.points.length;

/** A part of a training step. */
export interface Phase {
  readonly label: string;
  readonly timing: Timing;
  /** Floating-point operations of the direct method a second, in 10^9; 0 for mere movement of data. */
  readonly gflops: number;
  /** Of operations that wait for memory: bytes that pass a second, in 10^9. */
  readonly traffic?: { readonly gigabytes: number; readonly writes: boolean };
}

/**
 * Our side of a benchmark: a recipe's network on one batch of drawn faces. How much ReLU silences, and
 * with it the time of a step, depends on what a network sees and learns; on noise it would be slower.
 */
export class Subject {
  private constructor(
    readonly network: NetworkSpec,
    readonly parameters: Parameters,
    /** Grey values of shape (batch, 96, 96). */
    readonly images: Uint8Array,
    private readonly recipe: Recipe,
    private readonly batch: number,
    private readonly compiled: CompiledNetwork,
    private readonly data: LoadedData,
  ) {}

  static async create(engine: Engine, recipe: Recipe, batch: number): Promise<Subject> {
    const network = networkFor(recipe, SCHEMA);
    const { loss, rule, averaging, seed, gain } = recipe;
    const compiled = await CompiledNetwork.create(engine, network, {
      ...{ loss, rule, batch, seed },
      averaging: averaging ?? undefined,
      mirrorPartners: mirrorPartners(SCHEMA),
    });
    const parameters = initialise(network, { seed, gain });
    await compiled.setParameters(parameters);
    const faces = synthesize({ rows: batch, ...FACES });
    const data = await compiled.load(faces.images, scaledLabels(faces));
    return new Subject(network, parameters, faces.images, recipe, batch, compiled, data);
  }

  /** Trains one step; returns milliseconds. */
  step(): Promise<number> {
    const order = allRows(this.data);
    const { augmentation, seed, learningRate, momentum } = this.recipe;
    return stopwatch(() =>
      this.compiled.train(this.data, [
        {
          order,
          transforms: drawTransforms(augmentation, { seed, step: 0, rows: this.batch }),
          learningRate: firstValue(learningRate),
          momentum: firstValue(momentum),
        },
      ]),
    );
  }

  /** Hands the pictures over, as if they were new, and predicts; returns the network's outputs. */
  async predict(): Promise<Float32Array> {
    const { compiled, data, images } = this;
    await compiled.engine.write(data.inputs, images);
    return compiled.predict(data, allRows(data));
  }

  /** Floating-point operations of the forward way for one row, the direct method. */
  get forwardOperations(): number {
    return operationsOf(this.compiled.plan.infer);
  }

  /** Floating-point operations of a training step for one row, the direct method. */
  get stepOperations(): number {
    const { forward, backward } = this.compiled.plan;
    return operationsOf([...forward, ...backward]);
  }

  /**
   * Times every operation of a step on its own, in the course of steps: `runs` of them, or more where
   * they are short. One that works in place, such as dropout, must not be repeated by itself.
   */
  async phases(runs: number): Promise<Phase[]> {
    const { gather, forward, loss, backward } = this.compiled.plan;
    const instructions = [...gather, ...forward, ...loss, ...backward];
    const times = instructions.map((): number[] => []);
    const start = performance.now();
    for (let run = 0; run < runs || performance.now() - start < PHASES_MS; run++) {
      for (const [i, instruction] of instructions.entries()) {
        times[i]!.push(await stopwatch(() => this.compiled.runInstructions([instruction])));
      }
    }
    return instructions.map((instruction, i) => this.phase(instruction, timing(times[i]!)));
  }

  private phase({ label, multiplyAdds, traffic }: Instruction, measured: Timing): Phase {
    const perSecond = (ofARow: number): number => (ofARow * this.batch) / measured.median / 1e6;
    return {
      ...{ label, timing: measured, gflops: perSecond(2 * multiplyAdds) },
      ...(traffic && {
        traffic: {
          gigabytes: perSecond(traffic.read + traffic.written),
          writes: traffic.written > 0,
        },
      }),
    };
  }
}

/** One for each build that is measured. */
export type Subjects = readonly [Subject, ...Subject[]];

/**
 * Measures a recipe on engines of several builds, which are closed at the end, however that comes.
 *
 * @param options `rows` of the batch, `threads` of each engine, `builds`: at least one
 * @param measure gets the subjects in the order of the builds
 */
export async function withSubjects<T>(
  recipe: Recipe,
  options: { readonly rows: number; readonly threads: number; readonly builds: readonly Build[] },
  measure: (subjects: Subjects) => Promise<T>,
): Promise<T> {
  const { rows, threads, builds } = options;
  const engines: Engine[] = [];
  try {
    const subjects: Subject[] = [];
    for (const build of builds) {
      const engine = await Engine.start({ build, threads });
      engines.push(engine);
      subjects.push(await Subject.create(engine, recipe, rows));
    }
    return await measure(subjects as [Subject]);
  } finally {
    for (const engine of engines) await engine.close();
  }
}

const operationsOf = (instructions: readonly Instruction[]): number =>
  2 * instructions.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
