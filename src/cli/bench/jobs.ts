import type { BenchResult } from '../../../bench/document.ts';
import { benchGrowth } from '../../../bench/growth.ts';
import { benchPrediction } from '../../../bench/prediction.ts';
import { benchReading } from '../../../bench/reading.ts';
import { benchStartup } from '../../../bench/startup.ts';
import { benchTrainingStep } from '../../../bench/training-step.ts';
import { net1 } from '../../../recipes/net1.ts';
import { net2 } from '../../../recipes/net2.ts';
import { net7 } from '../../../recipes/net7.ts';
import type { BenchFlags, BenchPart } from '../bench.ts';
import type { BenchChoice } from './choice.ts';
import { facesText, threadsText } from './tables.ts';

/** One measurement to be made. */
export interface BenchJob {
  /** What is measured. */
  readonly label: string;
  run(): Promise<BenchResult>;
}

/** The tutorial's first nets, and the largest that we have: net8, net12, keras6 and keras7 are built like it. */
export const STEP_RECIPES = [net1, net2, net7];
const STEP_BATCHES = [128, 32];
const PREDICTION_RECIPES = [net2];
const PREDICTION_ROWS = [1, 128];
const GROWTH_ROWS = [1000, 10_000, 50_000, 100_000, 200_000];
const GROWTH_BATCHES = [16, 32, 64, 128, 256, 512];

/** The measurements of a part, in their order. */
export const benchJobs = (part: BenchPart, choice: BenchChoice, flags: BenchFlags): BenchJob[] => [
  ...JOBS[part](choice, flags),
];

const JOBS: Readonly<
  Record<BenchPart, (choice: BenchChoice, flags: BenchFlags) => Iterable<BenchJob>>
> = {
  *step({ recipes, builds, threads }, { batch, ...flags }) {
    for (const recipe of recipes.length > 0 ? recipes : STEP_RECIPES) {
      for (const rows of batch ?? (recipes.length > 0 ? [recipe.batch] : STEP_BATCHES)) {
        for (const count of threads) {
          const options = { ...flags, builds, batch: rows, threads: count };
          yield {
            label: `training step of ${recipe.name}, batch ${rows}, ${threadsText(count)}`,
            run: () => benchTrainingStep(recipe, options),
          };
        }
      }
    }
  },
  *prediction({ recipes, builds, threads }, flags) {
    for (const recipe of recipes.length > 0 ? recipes : PREDICTION_RECIPES) {
      for (const rows of PREDICTION_ROWS) {
        for (const count of threads) {
          const options = { ...flags, builds, rows, threads: count };
          yield {
            label: `prediction of ${recipe.name}, ${facesText(rows)}, ${threadsText(count)}`,
            run: () => benchPrediction(recipe, options),
          };
        }
      }
    }
  },
  *reading(_, { rows, ...flags }) {
    yield {
      label: 'reading a training.zip',
      run: () => benchReading({ ...flags, rows: rows?.at(-1) }),
    };
  },
  *startup({ builds }, { turns }) {
    yield {
      label: 'start-up',
      run: () => benchStartup({ turns, training: builds.length > 0 }),
    };
  },
  *growth({ builds, threads }, { rows = GROWTH_ROWS, batch = GROWTH_BATCHES, ...flags }) {
    const engine = { build: builds[0]!, threads: Math.max(...threads) };
    yield {
      label: 'how cost grows with rows and with the batch',
      run: () => benchGrowth({ ...flags, rows, batches: batch, engine }),
    };
  },
};
