import type { EngineBuild } from '../engine/build.ts';
import type { Tensors } from '../engine/compiled-network.ts';
import type { Tensor } from '../model/safetensors.ts';
import { encodeSealed } from '../model/sealed-file.ts';
import type { StoredState } from './decode-checkpoint.ts';
import type { EpochRecord } from './epoch.ts';
import type { Recipe } from './recipe.ts';

/** An epoch that has begun. */
export interface Underway {
  /** Rows that it has learnt from; whole batches. */
  readonly rowsDone: number;
  /** Sum of the losses of these rows and how many labels they had. */
  readonly lossSum: number;
  readonly lossCount: number;
  readonly seconds: number;
}

/** Everything that a training needs to go on to the very bits that it would have come to. */
export interface Checkpoint {
  readonly recipe: Recipe;
  readonly build: EngineBuild;
  /** Fingerprint of the pictures, labels and rows that are trained on. */
  readonly data: string;
  /** Epochs finished. */
  readonly epoch: number;
  /** The last of them; `undefined` before the first has ended. */
  readonly record: EpochRecord | undefined;
  /** Of the epoch after that. */
  readonly underway: Underway;
  /** Updates made; random numbers are drawn by it. */
  readonly stepsDone: number;
  readonly parameters: Tensors;
  /** Averages of the parameters, where the recipe has them kept. */
  readonly averages?: Tensors | undefined;
  /** One map for every tensor that the update rule keeps for a parameter. */
  readonly states: readonly Tensors[];
  /** The best of them; `undefined` likewise. */
  readonly best: { readonly record: EpochRecord; readonly parameters: Tensors } | undefined;
}

/** Raised whenever a reader of the version before could not read the file. */
export const VERSION = '1';

/**
 * Writes a checkpoint as a safetensors file with a checksum: `current/<parameter>`, `average/<parameter>`,
 * `state<i>/<parameter>` and `best/<parameter>` as flat tensors, everything else as JSON in the
 * metadata.
 *
 * @returns the file, the same bytes for the same checkpoint
 * @example
 * await writeCheckpoint('runs/net2', await training.checkpoint());
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const { recipe, parameters, averages, states, best, underway, record, ...rest } = checkpoint;
  const bestIsCurrent = best !== undefined && sameBits(best.parameters, parameters);
  const groups: [string, Tensors][] = [
    ['current', parameters],
    ...(averages ? [['average', averages] as [string, Tensors]] : []),
    ...states.map((state, i): [string, Tensors] => [`state${i}`, state]),
  ];
  if (best && !bestIsCurrent) groups.push(['best', best.parameters]);
  const tensors = new Map<string, Tensor>();
  for (const [group, members] of groups) {
    for (const [name, values] of members) {
      tensors.set(`${group}/${name}`, { shape: [values.length], values });
    }
  }
  const state: StoredState = {
    ...rest,
    record: record ?? null,
    underway: { ...underway, lossSum: String(underway.lossSum) },
    states: states.length,
    best: best ? { record: best.record, current: bestIsCurrent } : null,
  };
  return encodeSealed(tensors, {
    checkpoint: VERSION,
    recipe: JSON.stringify(recipe),
    state: JSON.stringify(state),
  });
}

/** Whether two sets of tensors have the same names and values; `NaN` equals itself, 0 is not -0. */
function sameBits(a: Tensors, b: Tensors): boolean {
  const words = ({ buffer, byteOffset, length }: Float32Array): Uint32Array =>
    new Uint32Array(buffer, byteOffset, length);
  return (
    a.size === b.size &&
    [...a].every(([name, values]) => {
      const others = b.get(name);
      if (values.length !== others?.length) return false;
      const otherWords = words(others);
      return words(values).every((word, i) => word === otherWords[i]);
    })
  );
}
