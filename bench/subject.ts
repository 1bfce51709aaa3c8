import { drawTransforms } from '../src/data/augmentation.ts';
import { mirrorPartners } from '../src/data/mirror.ts';
import { CompiledNetwork } from '../src/engine/compiled-network.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { Instruction } from '../src/engine/planning/arena.ts';
import type { LoadedData } from '../src/engine/step-table.ts';
import { initialise } from '../src/nn/initialise.ts';
import type { NetworkSpec } from '../src/nn/network.ts';
import { firstValue } from '../src/nn/schedule.ts';
import { randomStream } from '../src/random.ts';
import { networkFor, type Recipe } from '../src/train/recipe.ts';
import { stopwatch, type Timing, timing } from './statistics.ts';

/** Size of Kaggle's pictures and number of its keypoints. */
const SCHEMA = {
  side: 96,
  points: Array.from({ length: 15 }, (_, i) => `point${i}`),
  mirrorPairs: [],
};

/** A short phase is repeated for at least this long: threads that slept need a while to spread out. */
const PHASE_MS = 250;

/** A part of a training step. */
export interface Phase {
  readonly label: string;
  readonly timing: Timing;
  /** Floating-point operations of the direct method a second, in 10^9; 0 for mere movement of data. */
  readonly gflops: number;
}

/** Our side of a benchmark: a recipe's network on one batch of random pictures. */
export class Subject {
  private constructor(
    readonly network: NetworkSpec,
    private readonly recipe: Recipe,
    private readonly batch: number,
    private readonly compiled: CompiledNetwork,
    private readonly data: LoadedData,
  ) {}

  static async create(engine: Engine, recipe: Recipe, batch: number): Promise<Subject> {
    const network = networkFor(recipe, SCHEMA);
    const { loss, rule, seed, gain } = recipe;
    const compiled = await CompiledNetwork.create(engine, network, {
      ...{ loss, rule, batch, seed },
      mirrorPartners: mirrorPartners(SCHEMA),
    });
    await compiled.setParameters(initialise(network, { seed, gain }));
    const random = randomStream(seed, 'bench');
    const pixels = SCHEMA.side ** 2;
    const images = Uint8Array.from({ length: batch * pixels }, () => random.below(256));
    const targets = Float32Array.from({ length: batch * 30 }, () => random.between(-1, 1));
    return new Subject(network, recipe, batch, compiled, await compiled.load(images, targets));
  }

  /** Trains one step; returns milliseconds. */
  step(): Promise<number> {
    const order = Uint32Array.from({ length: this.batch }, (_, i) => i);
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

  /** Times every operation of a step on its own, `runs` times or more. */
  async phases(runs: number): Promise<Phase[]> {
    const { gather, forward, loss, backward } = this.compiled.plan;
    const instructions = [...gather, ...forward, ...loss, ...backward];
    const phases: Phase[] = [];
    for (const instruction of instructions) {
      const run = (): Promise<number> =>
        stopwatch(() => this.compiled.runInstructions([instruction]));
      const times: number[] = [];
      for (let spent = 0; times.length < runs || spent < PHASE_MS; spent += times.at(-1)!) {
        times.push(await run());
      }
      phases.push(this.phase(instruction, timing(times)));
    }
    return phases;
  }

  private phase({ label, multiplyAdds }: Instruction, measured: Timing): Phase {
    const operations = 2 * multiplyAdds * this.batch;
    return { label, timing: measured, gflops: operations / measured.median / 1e6 };
  }
}
