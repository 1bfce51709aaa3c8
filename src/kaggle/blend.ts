import { counted } from '../counted.ts';
import { formatCoordinate } from '../data/coordinate.ts';
import { type CsvTable, csvLine } from '../data/csv.ts';
import { type NumberTable, numberTable, requireSameRows } from '../data/number-table.ts';
import { keypointColumns } from '../data/schema.ts';
import { InputError } from '../errors.ts';

/** Stands for the key where rows have no names and go by their place. */
const PLACE = 'row';
const SAME_ROWS = 'Only tables about the same rows can be averaged.';

/**
 * Averages submissions (`RowId,Location`) or tables of predictions (`ImageId` or `Row`, where they have
 * it, and `<name>_x,<name>_y` of every point), coordinate by coordinate: sum(weight * value) / sum(weight).
 *
 * @param tables two or more of one kind, with the same rows and columns in any order; rows without an
 *   `ImageId` go by their place
 * @param weights a positive number for each table
 * @returns CSV in the order of the first table
 * @throws InputError where there are fewer than two tables or not as many weights, where rows or
 *   columns differ, a name stands twice or a field is no number
 * @example
 * blend([parseCsv(a, 'a.csv'), parseCsv(b, 'b.csv')], [2, 1]);
 */
export function blend(tables: readonly CsvTable[], weights: readonly number[]): string {
  const [first] = tables;
  if (!first || tables.length < 2) {
    throw new InputError(
      `${counted(tables.length, 'table')} to blend, expected two or more`,
      'Give the files that should be averaged, one after the other.',
    );
  }
  if (weights.length !== tables.length) {
    throw new InputError(
      `${counted(weights.length, 'weight')} for ${tables.length} tables`,
      'Give one weight for each table, in their order, with commas between.',
    );
  }
  const key = ['RowId', 'ImageId', 'Row'].find((name) => first.header.includes(name));
  const columns = key === 'RowId' ? ['Location'] : coordinateColumns(first, key);
  const read = tables.map((table) => readNumbers(table, first, key, columns));
  for (const other of read.slice(1)) {
    requireSameRows(other, read[0]!, SAME_ROWS);
  }
  // Shares of the largest: the sum of huge weights would not be finite.
  const largest = Math.max(...weights);
  const shares = weights.map((weight) => weight / largest);
  const total = shares.reduce((sum, share) => sum + share);
  const lines = Array.from(read[0]!.rows.keys(), (name) => {
    const rows = read.map((table) => table.rows.get(name)!.values);
    const means = columns.map((_, column) =>
      rows.reduce((sum, values, table) => sum + (shares[table]! / total) * values[column]!, 0),
    );
    const fields = means.map(formatCoordinate);
    return csvLine(key ? [name, ...fields] : fields);
  });
  return csvLine(key ? [key, ...columns] : columns) + lines.join('');
}

/** The columns of a table of predictions besides its key; all are coordinates. */
function coordinateColumns(table: CsvTable, key: string | undefined): string[] {
  const columns = table.header.filter((column) => column !== key);
  const other = columns[keypointColumns(columns, table.fileName).slots.indexOf(-1)];
  if (other === undefined && columns.length > 0) return columns;
  throw new InputError(
    other === undefined
      ? `${table.fileName}: there are no coordinates besides the ${key}`
      : `${table.fileName}, header: the column "${other}" holds no coordinates`,
    'Give submissions (RowId,Location) or tables of predictions (<name>_x,<name>_y), as fiducial writes them.',
  );
}

/** The numbers of a table that must be of the kind of the first one. */
function readNumbers(
  table: CsvTable,
  first: CsvTable,
  key: string | undefined,
  columns: readonly string[],
): NumberTable {
  if (key !== 'RowId') {
    const more = table.header.find((column) => !first.header.includes(column));
    if (more !== undefined) {
      throw new InputError(
        `${table.fileName}, header: the column "${more}" is not in ${first.fileName}`,
        'Only tables with the same columns can be averaged.',
      );
    }
  }
  if (key !== undefined) return numberTable(table, key, columns);
  if (table.rows.length !== first.rows.length) {
    throw new InputError(
      `${table.fileName}: the number of rows is ${table.rows.length}, ${first.fileName} has ${first.rows.length}`,
      SAME_ROWS,
    );
  }
  const rows = table.rows.map((fields, index) => [`${index + 1}`, ...fields]);
  return numberTable({ ...table, header: [PLACE, ...table.header], rows }, PLACE, columns);
}
