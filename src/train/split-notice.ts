import { counted } from '../counted.ts';
import { nearDuplicates } from '../data/near-duplicates.ts';
import type { Recipe } from './recipe.ts';
import type { TrainingData } from './training-data.ts';

/**
 * What is good to know of near-duplicates in a table and a split: how many it keeps together, or how
 * many straddle one that does not know them; undefined where there are none, or where groups are given.
 *
 * @example
 * splitNotice({ split: { type: 'random', fraction: 0.2 } }, data);
 * // '394 of 668 validation rows show nearly the same as a training row, …'
 */
export function splitNotice(
  { split: { type } }: Pick<Recipe, 'split'>,
  { table, tableRows, split: { train, valid } }: TrainingData,
): string | undefined {
  if (type === 'group' || type === 'fold' || valid.length === 0) return undefined;
  const groups = nearDuplicates(table);
  if (type === 'similar') {
    return groups.length === 0
      ? undefined
      : `Pictures that show nearly the same are kept on one side of the split: ${counted(groups.flat().length, 'row')} in ${counted(groups.length, 'group')}.`;
  }
  const learned = new Set(Array.from(train, (row) => tableRows[row]!));
  const known = new Set(groups.filter((group) => group.some((row) => learned.has(row))).flat());
  const straddling = valid.filter((row) => known.has(tableRows[row]!)).length;
  return straddling === 0
    ? undefined
    : `${straddling} of ${counted(valid.length, 'validation row')} ${straddling === 1 ? 'shows' : 'show'} nearly the same as a training row, so the validation error flatters: --set split=similar keeps them on one side, --groups those that belong together.`;
}
