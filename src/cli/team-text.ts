import type { Model } from '../model/model-file.ts';
import { joinErrors } from '../predict/joined.ts';
import type { Recipe } from '../train/recipe.ts';
import { isEnsemble, type TeamRecipe } from '../train/team.ts';
import { shellLine } from './output.ts';
import { pixels, textTable } from './text-table.ts';

/** What one of several nets has come to, from its model. */
export interface NetResult {
  readonly name: string;
  /** Epoch of the model. */
  readonly epoch: number;
  readonly trainRows: number;
  readonly validRows: number;
  /** Coordinates that it was validated on. */
  readonly values: number;
  /** On the validation rows, in pixels; `NaN` where there are none. */
  readonly validRmse: number;
}

/** @param model as `fit` saved it */
export function netResult(name: string, { schema, training }: Model): NetResult {
  const number = (key: string): number => Number(training[key] ?? Number.NaN);
  const validRows = number('validRows');
  return {
    name,
    epoch: number('epoch'),
    trainRows: number('trainRows'),
    validRows,
    values: 2 * schema.points.length * validRows,
    validRmse: number('validRmse'),
  };
}

/** The error of all specialists together, in pixels: every validated coordinate counts alike. */
export const jointRmse = (results: readonly NetResult[]): number =>
  joinErrors(
    results.map(({ validRmse, values }) => ({ rmse: validRmse, count: values, perPoint: [] })),
  ).rmse;

/** What is going to be trained, and which points of the table are left out. */
export function teamHeader(
  { name, about }: TeamRecipe,
  nets: readonly { readonly name: string; readonly recipe: Recipe }[],
  unlearned: readonly string[],
): string {
  const table = textTable(
    ['net', 'points', 'epochs'],
    nets.map(({ name, recipe: { points, epochs } }) => [
      name,
      points === 'all' ? points : String(points.length),
      String(epochs),
    ]),
  );
  const left =
    unlearned.length > 0
      ? `\nPoints of the table that no net learns: ${unlearned.join(', ')}.\n`
      : '';
  return `${name}: ${about}\n\n${table.join('\n')}\n${left}\n`;
}

/**
 * What all have come to, alone and together.
 *
 * @param joint their error together, in pixels
 */
export function teamSummary(
  recipe: TeamRecipe,
  results: readonly NetResult[],
  joint: number,
  out: string,
): string {
  const table = textTable(
    ['net', 'train rows', 'valid rows', 'epoch', 'valid RMSE (px)'],
    results.map(({ name, trainRows, validRows, epoch, validRmse }) => [
      name,
      String(trainRows),
      String(validRows),
      String(epoch),
      pixels(validRmse),
    ]),
  );
  const how = isEnsemble(recipe) ? 'The mean of what they find has' : 'Together';
  const together = Number.isNaN(joint)
    ? ''
    : `\n${how} ${pixels(joint)} pixels RMSE on their validation rows.`;
  const curves = isEnsemble(recipe)
    ? shellLine('plot', 'curves', out, '--out', 'ensemble.svg')
    : shellLine('plot', 'curves', '--specialists', out, '--out', 'specialists.svg');
  return `\n${table.join('\n')}\n${together}\nThe nets are in ${out}; to see their curves: ${curves}\n`;
}
