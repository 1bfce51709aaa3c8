import type { Model } from '../model/model-file.ts';
import { joinErrors } from '../predict/joined.ts';
import type { Recipe } from '../train/recipe.ts';
import type { SpecialistsRecipe } from '../train/specialists.ts';
import { textTable } from './text-table.ts';

/** What a specialist has come to, from its model. */
export interface SpecialistResult {
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
export function specialistResult(name: string, { schema, training }: Model): SpecialistResult {
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
export const jointRmse = (results: readonly SpecialistResult[]): number =>
  joinErrors(
    results.map(({ validRmse, values }) => ({ rmse: validRmse, count: values, perPoint: [] })),
  ).rmse;

/** What is going to be trained, and which points of the table are left out. */
export function specialistsHeader(
  { name, about, specialists }: SpecialistsRecipe,
  runs: readonly { readonly recipe: Recipe }[],
  unlearned: readonly string[],
): string {
  const table = textTable(
    ['specialist', 'points', 'epochs'],
    specialists.map((specialist, i) => [
      specialist.name,
      String(specialist.points.length),
      String(runs[i]!.recipe.epochs),
    ]),
  );
  const left =
    unlearned.length > 0
      ? `\nPoints of the table that no specialist learns: ${unlearned.join(', ')}.\n`
      : '';
  return `${name}: ${about}\n\n${table.join('\n')}\n${left}\n`;
}

/** What all have come to, alone and together. */
export function specialistsSummary(results: readonly SpecialistResult[], out: string): string {
  const table = textTable(
    ['specialist', 'train rows', 'valid rows', 'epoch', 'valid RMSE (px)'],
    results.map(({ name, trainRows, validRows, epoch, validRmse }) => [
      name,
      String(trainRows),
      String(validRows),
      String(epoch),
      pixels(validRmse),
    ]),
  );
  const joint = jointRmse(results);
  const together = Number.isNaN(joint)
    ? ''
    : `\nTogether ${pixels(joint)} pixels RMSE on their validation rows.`;
  return (
    `\n${table.join('\n')}\n${together}\nThe specialists are in ${out}; to see their curves:` +
    ` fiducial plot curves --specialists ${out} --out specialists.svg\n`
  );
}

const pixels = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3));
