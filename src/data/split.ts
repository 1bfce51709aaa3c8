import { counted } from '../counted.ts';
import { InputError } from '../errors.ts';
import { randomStream } from '../random.ts';
import { foldsOf } from './folds.ts';

/**
 * How rows are divided into those to train on and those to validate on. `fraction`, in [0, 1), is the
 * share for validation.
 *
 * - `random`: any rows, chosen by the seed
 * - `last`: the last rows as they stand (Keras's `validation_split`)
 * - `group`: whole groups, chosen by the seed, such as all pictures of a person
 * - `similar`: whole groups of pictures that show nearly the same, which are found in the pictures
 * - `fold`: one of the folds of a cross-validation, counted from 1; `together` says what is in one fold
 */
export type Split =
  | { readonly type: 'random'; readonly fraction: number; readonly seed?: number | undefined }
  | { readonly type: 'last'; readonly fraction: number }
  | {
      readonly type: 'group' | 'similar';
      readonly fraction: number;
      readonly seed?: number | undefined;
    }
  | {
      readonly type: 'fold';
      readonly fold: number;
      readonly folds: number;
      readonly together: 'group' | 'similar';
      readonly seed?: number | undefined;
    };

/** The share of the rows that a split leaves for validation. */
export const validationShare = (split: Split): number =>
  split.type === 'fold' ? 1 / split.folds : split.fraction;

/** What a split keeps on one side: given groups, pictures that look alike, or nothing. */
export function keptTogether(split: Split): 'group' | 'similar' | undefined {
  if (split.type === 'fold') return split.together;
  return split.type === 'group' || split.type === 'similar' ? split.type : undefined;
}

/** Rows of a dataset, both in ascending order where the rows that were split are. */
export interface SplitRows {
  readonly train: Uint32Array;
  readonly valid: Uint32Array;
}

/**
 * Divides rows into training and validation.
 *
 * Of n rows, floor(n * (1 - fraction)) are trained on, as in Keras; with groups, about as many.
 *
 * @param rows indices from 0 into a dataset, such as `completeRows(dataset)`
 * @param split how to divide them
 * @param options `seed` (default 0) where the split has none; `groups`, the group of every row of the
 *   dataset, for a split by group; for one by likeness or into folds those of `similarGroups` or others
 * @throws InputError where one side would be empty though the fraction asks for both, where groups are
 *   missing, and where there are fewer of them than folds
 * @example
 * splitRows(completeRows(dataset), { type: 'random', fraction: 0.2 }, { seed: 42 });
 */
export function splitRows(
  rows: Uint32Array,
  split: Split,
  options: { readonly seed?: number; readonly groups?: ArrayLike<number> | undefined } = {},
): SplitRows {
  if (split.type === 'fold') {
    const seed = split.seed ?? options.seed;
    const folds = foldsOf(rows, split.folds, {
      seed,
      groups: requireGroups(split, options.groups),
    });
    const chosen = folds[split.fold - 1];
    if (chosen) return chosen;
    throw new InputError(
      `fold ${split.fold} of ${split.folds}: there is no such fold`,
      `Give a whole number from 1 to ${split.folds}.`,
    );
  }
  if (!(split.fraction >= 0 && split.fraction < 1)) {
    throw new InputError(
      `the fraction of rows for validation is ${split.fraction}, expected a number in [0, 1)`,
      'The usual fraction is 0.2.',
    );
  }
  const trainCount = Math.floor(rows.length * (1 - split.fraction));
  const validAt = validationPlaces(rows, split, rows.length - trainCount, options);
  const train = rows.filter((_, place) => !validAt(place));
  const valid = rows.filter((_, place) => validAt(place));
  if (train.length === 0 || (split.fraction > 0 && valid.length === 0)) {
    throw new InputError(
      `${counted(rows.length, 'row')} cannot be split into training and validation with a fraction of ${split.fraction}` +
        ` (${train.length} and ${valid.length})`,
      'Give more rows (or groups), or another fraction.',
    );
  }
  return { train, valid };
}

/** Whether the row at a place among `rows` is for validation. */
function validationPlaces(
  rows: Uint32Array,
  split: Exclude<Split, { readonly type: 'fold' }>,
  validCount: number,
  options: { readonly seed?: number; readonly groups?: ArrayLike<number> | undefined },
): (place: number) => boolean {
  if (split.type === 'last') return (place) => place >= rows.length - validCount;
  const random = randomStream(split.seed ?? options.seed ?? 0, 'split');
  if (split.type === 'random') {
    const chosen = new Set(random.permutation(rows.length).subarray(0, validCount));
    return (place) => chosen.has(place);
  }
  const groups = requireGroups(split, options.groups);
  const sizes = new Map<number, number>();
  for (const row of rows) sizes.set(groups[row]!, (sizes.get(groups[row]!) ?? 0) + 1);
  const names = [...sizes.keys()].sort((a, b) => a - b);
  const chosen = new Set<number>();
  let count = 0;
  for (const index of random.permutation(names.length)) {
    const size = sizes.get(names[index]!)!;
    // A group that would overshoot by more than it fills is left for training, and one always is.
    if (count + size / 2 > validCount || count + size === rows.length) continue;
    chosen.add(names[index]!);
    count += size;
  }
  return (place) => chosen.has(groups[rows[place]!]!);
}

function requireGroups({ type }: Split, groups: ArrayLike<number> | undefined): ArrayLike<number> {
  if (groups) return groups;
  const key = type === 'fold' ? 'split.together' : 'split';
  throw new InputError(
    'a split by group needs the group of every row',
    `Give a table Row,Group with --groups. A new training can keep pictures together that look alike in its place: --set ${key}=similar.`,
  );
}
