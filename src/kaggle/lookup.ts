import { formatCoordinate } from '../data/coordinate.ts';
import { csvLine, parseCsv, recordsOf } from '../data/csv.ts';
import type { Dataset } from '../data/dataset.ts';
import { labelColumns } from '../data/schema.ts';
import { InputError } from '../errors.ts';

/** A question of the competition: where is this coordinate in that picture? */
export interface LookupRow {
  readonly rowId: string;
  readonly imageId: string;
  /** A column of the labels: `nose_tip_x`. */
  readonly feature: string;
}

/** All questions, in the order in which they are answered. */
export interface Lookup {
  /** Name of the file, for messages. */
  readonly fileName: string;
  /** `rows[0]` is "row 1" in messages. */
  readonly rows: readonly LookupRow[];
}

/**
 * Reads Kaggle's lookup table: `RowId,ImageId,FeatureName,Location` with an empty `Location`.
 *
 * @param text the whole file
 * @param fileName for messages
 * @throws InputError where a column is missing or a `RowId` stands twice
 * @example
 * const lookup = parseLookup(await readText('IdLookupTable.csv'), 'IdLookupTable.csv');
 */
export function parseLookup(text: string, fileName: string): Lookup {
  const records = recordsOf(parseCsv(text, fileName), ['RowId', 'ImageId', 'FeatureName']);
  const rowOf = new Map<string, number>();
  const rows = records.map(({ RowId, ImageId, FeatureName }, index): LookupRow => {
    const earlier = rowOf.get(RowId);
    if (earlier !== undefined) {
      throw new InputError(
        `${fileName}, row ${index + 1}, column RowId: ${RowId} stands in row ${earlier} already`,
        'Every RowId may stand once; take the lookup table as the competition gives it.',
      );
    }
    rowOf.set(RowId, index + 1);
    return { rowId: RowId, imageId: ImageId, feature: FeatureName };
  });
  return { fileName, rows };
}

/**
 * A lookup table that asks for every label of a dataset, with the answers in `Location`: questions for
 * `parseLookup` and answers for `parseLocations` in one.
 *
 * @returns CSV `RowId,ImageId,FeatureName,Location`, both ids counted from 1
 * @example
 * await writeFileAtomically('lookup.csv', lookupTable(synthesize({ rows: 100, seed: 7 })));
 */
export function lookupTable({ schema, labels }: Dataset): string {
  const features = labelColumns(schema.points);
  const lines = [csvLine(['RowId', 'ImageId', 'FeatureName', 'Location'])];
  labels.forEach((label, i) => {
    if (Number.isNaN(label)) return;
    const image = Math.floor(i / features.length) + 1;
    const feature = features[i % features.length]!;
    lines.push(csvLine([`${lines.length}`, `${image}`, feature, formatCoordinate(label)]));
  });
  return lines.join('');
}
