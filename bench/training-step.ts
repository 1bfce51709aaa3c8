import { Engine, type EngineOptions } from '../src/engine/engine.ts';
import type { Build } from '../src/engine/wasm-module.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { ceiling } from './ceiling.ts';
import { type Timing, timing } from './statistics.ts';
import { type Phase, Subject } from './subject.ts';
import { startTorch, TORCH_LAYOUTS, type TorchLayout } from './torch.ts';

export interface TrainingStepOptions {
  readonly batch: number;
  /** Turns of each side after warming up; a turn is one step, or several short ones. */
  readonly steps: number;
  readonly engine: EngineOptions;
  readonly peer: boolean;
}

/** Speed of a recipe's training step, and of the same step in PyTorch. */
export interface TrainingStepResult {
  readonly recipe: string;
  readonly batch: number;
  readonly build: Build;
  readonly threads: number;
  /** Best speed of multiply-adds on registers, in GFLOP/s. */
  readonly ceiling: number;
  readonly step: Timing;
  readonly phases: readonly Phase[];
  readonly peer: PeerResult | { readonly absent: string };
}

export interface PeerResult {
  readonly name: string;
  readonly layouts: Readonly<Record<TorchLayout, Timing>>;
  /** Our median over that of the faster layout. */
  readonly ratio: number;
}

const WARM_UP = 3;
/** Short steps are repeated for about this long, as in training, before the other side has its turn. */
const TURN_MS = 250;

/**
 * Times training steps, ours and PyTorch's in turn, so that both see the same weather on a shared
 * machine.
 */
export async function benchTrainingStep(
  recipe: Recipe,
  options: TrainingStepOptions,
): Promise<TrainingStepResult> {
  const { batch, steps } = options;
  const engine = await Engine.start(options.engine);
  try {
    const subject = await Subject.create(engine, recipe, batch);
    const before = await ceiling(engine);
    const torch = options.peer
      ? await startTorch(subject.network, batch, engine.threads)
      : 'not asked for';
    const ours: number[] = [];
    const theirs: Record<TorchLayout, number[]> = { contiguous: [], channels_last: [] };
    try {
      for (let i = 0; i < WARM_UP + steps; i++) {
        ours.push(await turn(() => subject.step()));
        if (typeof torch === 'string') continue;
        for (const layout of TORCH_LAYOUTS)
          theirs[layout].push(await turn(() => torch.step(layout)));
      }
    } finally {
      // Else its process would wait for the next question, and ours for its end.
      if (typeof torch !== 'string') torch.close();
    }
    const warm = (times: readonly number[]): Timing => timing(times.slice(WARM_UP));
    const step = warm(ours);
    const phases = await subject.phases(steps);
    return {
      recipe: recipe.name,
      batch,
      build: engine.build,
      threads: engine.threads,
      // What else runs on the machine can only lower it.
      ceiling: Math.max(before, await ceiling(engine)),
      step,
      phases,
      peer:
        typeof torch === 'string'
          ? { absent: torch }
          : peerResult(`PyTorch ${torch.version}`, step, {
              contiguous: warm(theirs.contiguous),
              channels_last: warm(theirs.channels_last),
            }),
    };
  } finally {
    await engine.close();
  }
}

function peerResult(name: string, step: Timing, layouts: PeerResult['layouts']): PeerResult {
  const fastest = Math.min(...TORCH_LAYOUTS.map((layout) => layouts[layout].median));
  return { name, layouts, ratio: step.median / fastest };
}

/** The median of the steps of one turn. */
async function turn(step: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let spent = 0; spent < TURN_MS; ) {
    const milliseconds = await step();
    times.push(milliseconds);
    spent += milliseconds;
  }
  return timing(times).median;
}
