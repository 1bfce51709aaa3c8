import type { Build } from '../src/engine/build.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { compare, type OwnResult, type PeerOptions } from './comparison.ts';
import { type Phase, withSubjects } from './subject.ts';
import { startTorch, torchContestants } from './torch.ts';
import type { Outcome } from './turns.ts';

export interface TrainingStepOptions extends PeerOptions {
  readonly batch: number;
  readonly threads: number;
  readonly builds: readonly Build[];
}

/** Speed of a recipe's training step, and of the same step in PyTorch. */
export interface TrainingStepResult {
  readonly part: 'step';
  readonly recipe: string;
  readonly batch: number;
  readonly threads: number;
  /** Floating-point operations of a step, the direct method. */
  readonly operations: number;
  readonly ours: readonly (OwnResult & { readonly phases: readonly Phase[] })[];
  readonly peers: readonly Outcome[];
}

/** Times training steps, those of our builds and PyTorch's in turn, then each build's phases. */
export async function benchTrainingStep(
  recipe: Recipe,
  options: TrainingStepOptions,
): Promise<TrainingStepResult> {
  const { batch, threads, builds, turns } = options;
  return withSubjects(recipe, { rows: batch, threads, builds }, async (subjects) => {
    const { network, stepOperations } = subjects[0];
    const { ours, peers } = await compare(
      subjects.map((subject, i) => ({ build: builds[i]!, run: () => subject.step() })),
      [
        {
          name: 'PyTorch',
          start: async () => {
            const torch = await startTorch(network, { task: 'train', batch }, options);
            return torchContestants(torch);
          },
        },
      ],
      options,
    );
    const results = [];
    for (const [i, own] of ours.entries()) {
      results.push({ ...own, phases: await subjects[i]!.phases(turns) });
    }
    return {
      part: 'step',
      ...{ recipe: recipe.name, batch, threads },
      operations: stepOperations * batch,
      ours: results,
      peers,
    };
  });
}
