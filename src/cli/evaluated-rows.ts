import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../model/model-file.ts';

/** Rows that a model was trained on, others of that table, and those of another table. */
export const PART_NAMES = ['train', 'valid', 'all'] as const;
export type PartName = (typeof PART_NAMES)[number];

/** Rows that are measured together. */
export interface Part {
  readonly name: PartName;
  /** Indices into the dataset. */
  readonly rows: Uint32Array;
}

export interface EvaluatedRows {
  /** The table with the model's points alone. */
  readonly dataset: Dataset;
  /** The parts of a run's own table, or all rows of another one. */
  readonly parts: readonly Part[];
  /** Per row of the dataset its row of the table, counted from 0. */
  readonly tableRows: Uint32Array;
}

/**
 * The rows of a table on which a model is measured: training and validation rows apart where the
 * model's run was trained on this very table, else all of them together.
 *
 * @param path the folder of the run, or a model file
 * @param groups the file of groups that the run was split by
 * @throws InputError where the table lacks a point of the model, and where it cannot be told which of
 *   its rows the run has seen
 */
export async function evaluatedRows(
  path: string,
  { schema }: Model,
  table: Dataset,
  groups?: string,
): Promise<EvaluatedRows> {
  const [
    { readRecipe, readRunFacts, readRunTable },
    { crc32 },
    { allRows, narrowPoints },
    { splitAs },
    { trainingData },
    { splitCrc32 },
    { readGroups },
    { InputError },
  ] = await Promise.all([
    import('../node/run-folder.ts'),
    import('../crc32.ts'),
    import('../data/select.ts'),
    import('../data/split-conventions.ts'),
    import('../train/training-data.ts'),
    import('../train/fingerprint.ts'),
    import('../node/read-groups.ts'),
    import('../errors.ts'),
  ]);
  const all = allRows(table);
  const facts = await readRunFacts(path);
  if (facts?.imagesCrc32 !== crc32(table.images)) {
    const dataset = narrowPoints(splitAs(schema, table), schema.points);
    return { dataset, parts: [{ name: 'all', rows: all }], tableRows: all };
  }
  const recipe = await readRecipe(path);
  const groupOfRow = groups ? await readGroups(groups, table) : undefined;
  // The model knows which conventions it has learnt; labels need not be asked again.
  const own = { ...recipe, conventions: 'one' as const };
  const data = trainingData(own, splitAs(schema, table), groupOfRow);
  if (facts.splitCrc32 !== undefined && facts.splitCrc32 !== splitCrc32(data)) {
    const { corrections } = await readRunTable(path);
    throw new InputError(
      `${path}: on this table it is not the same rows that are trained and validated on as when it was trained: other labels are missing, or the groups are others`,
      corrections
        ? `Give what it was trained with: --corrections ${corrections}`
        : 'Give the labels and --groups with which it was trained, without --corrections.',
    );
  }
  const { dataset, split, tableRows } = data;
  const parts: Part[] = [
    { name: 'train', rows: split.train },
    { name: 'valid', rows: split.valid },
  ];
  return {
    dataset,
    parts: parts.filter(({ rows }) => rows.length > 0),
    tableRows,
  };
}

/** The part that tells how good a model is: rows that it was not trained on, where there are such. */
export const honestPart = (parts: readonly Part[]): Part =>
  parts.find(({ name }) => name !== 'train') ?? parts[0]!;

/** A part in words: `428 validation faces`. */
export const partText = ({ name, rows }: Part): string =>
  `${rows.length} ${{ train: 'training faces', valid: 'validation faces', all: 'faces' }[name]}`;
