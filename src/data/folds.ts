import { counted } from '../counted.ts';
import { InputError } from '../errors.ts';
import { randomStream } from '../random.ts';
import type { SplitRows } from './split.ts';

/**
 * Divides rows into folds for cross-validation: every row validates in exactly one fold and is
 * trained on in all others.
 *
 * Groups are put, the largest first and equals in random order, into the fold that is smallest so
 * far. So folds differ by one row at most, with groups by one group at most.
 *
 * @param rows indices from 0 into a dataset, such as `completeRows(dataset)`
 * @param folds how many, 2 or more
 * @param options `seed` (default 0); `groups`, the group of every row of the dataset, where rows of a
 *   group must stay together
 * @returns the rows of each fold, in the order in which they were given
 * @throws InputError where there are fewer rows, or groups, than folds
 * @example
 * for (const { train, valid } of foldsOf(allRows(dataset), 5, { seed: 42, groups })) …
 */
export function foldsOf(
  rows: Uint32Array,
  folds: number,
  options: {
    readonly seed?: number | undefined;
    readonly groups?: ArrayLike<number> | undefined;
  } = {},
): SplitRows[] {
  const { seed = 0, groups } = options;
  const members = new Map<number, number[]>();
  for (const row of rows) {
    const group = groups ? groups[row]! : row;
    const others = members.get(group);
    if (others) others.push(row);
    else members.set(group, [row]);
  }
  if (!Number.isInteger(folds) || folds < 2 || folds > members.size) {
    throw new InputError(
      `${counted(members.size, groups ? 'group' : 'row')} cannot be divided into ${folds} folds`,
      members.size < 2
        ? `Two ${groups ? 'groups' : 'rows'} or more can be divided.`
        : 'Choose a whole number of folds from 2 to that many.',
    );
  }
  const together = [...members.values()];
  const order = Array.from(
    randomStream(seed, 'folds').permutation(together.length),
    (index) => together[index]!,
  ).sort((a, b) => b.length - a.length);
  const sizes = new Array<number>(folds).fill(0);
  const foldOfRow = new Map<number, number>();
  for (const group of order) {
    const fold = sizes.indexOf(Math.min(...sizes));
    for (const row of group) foldOfRow.set(row, fold);
    sizes[fold]! += group.length;
  }
  return sizes.map((_, fold) => ({
    train: rows.filter((row) => foldOfRow.get(row) !== fold),
    valid: rows.filter((row) => foldOfRow.get(row) === fold),
  }));
}
