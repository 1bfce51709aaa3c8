import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { DECIMAL, formatCoordinate } from './coordinate.ts';
import { csvLine, parseCsv, recordsOf } from './csv.ts';
import type { Dataset } from './dataset.ts';
import { tableRow } from './table-row.ts';

/** Where a point is, in pixels; undefined where it has no label. */
export type Label = readonly [x: number, y: number] | undefined;

/** What one label of a table, or every label of a row, should have been. */
export interface Correction {
  /** Row of the table, from 0. */
  readonly row: number;
  /** Index of the keypoint; undefined: all of the row, which then are missing. */
  readonly point: number | undefined;
  /** Where the point really is; undefined: its label is worth nothing, and counts as missing. */
  readonly to: Label;
  /** Why, for people; it changes nothing. Default: ''. */
  readonly reason?: string | undefined;
}

/** In the place of a name: every point of the row. */
const ALL = '*';
/** In the place of a coordinate. */
const MISSING = 'missing';
/** How far a label may be from what a file remembers of it, in pixels: spreadsheets round. */
const TOLERANCE = 0.01;
const COLUMNS = ['Row', 'Point', 'x', 'y'] as const;
const BEFORE = ['from_x', 'from_y'] as const;
const REASON = 'Reason';
const OTHER_TABLE =
  'Corrections are about one table, its rows counted from 1; give the table for which they were made.';

/**
 * Reads corrections of a table's labels: columns `Row` (from 1), `Point`, `x` and `y` in pixels, or the
 * word `missing`; `*` as the point means all of the row, which can only be missing. Where there are
 * columns `from_x` and `from_y`, what they hold must still be the table's label; empty ones are not
 * compared.
 *
 * @param text the whole file
 * @param fileName for messages
 * @param dataset the table as it was read, without corrections
 * @throws InputError for a row or a point that the table does not have, one that is corrected twice, a
 *   place outside the picture, a coordinate without the other and a label that is no longer the same
 * @example
 * parseCorrections('Row,Point,x,y\n12,nose_tip,48.5,60\n7,*,missing,missing\n', 'c.csv', dataset);
 */
export function parseCorrections(text: string, fileName: string, dataset: Dataset): Correction[] {
  const { points, side } = dataset.schema;
  const table = parseCsv(text, fileName);
  const guarded = BEFORE.some((column) => table.header.includes(column));
  const records = recordsOf(table, [...COLUMNS, ...(guarded ? BEFORE : [])]);
  const reasons = table.header.includes(REASON) ? recordsOf(table, [REASON]) : [];
  const lines = new Map<string, number>();
  return records.map((record, index) => {
    const where = `${fileName}, row ${index + 1}`;
    const row = tableRow(record.Row, dataset.rows, where, OTHER_TABLE);
    const point = record.Point === ALL ? undefined : pointNumber(record.Point, points, where);
    requireOnce(lines, row, record.Point, index + 1, where);
    const to = label(record.x, record.y, where);
    const reason = reasons[index]?.Reason;
    if (point === undefined) {
      if (to === undefined) return { row, point, to, reason };
      throw new InputError(
        `${where}: the points of row ${record.Row} cannot all be at ${record.x}, ${record.y}`,
        `Name one point, or write ${MISSING} for x and y, which leaves the row out.`,
      );
    }
    if (to?.some((value) => value < 0 || value > side)) {
      throw new InputError(
        `${where}: ${record.Point} at ${record.x}, ${record.y} is outside the picture, expected 0 to ${side} pixels`,
        `Write ${MISSING} for x and y of a point that the picture does not show.`,
      );
    }
    const { from_x: x = '', from_y: y = '' } = record as Partial<Record<string, string>>;
    if (x !== '' || y !== '') requireSame(label(x, y, where, BEFORE), dataset, row, point, where);
    return { row, point, to, reason };
  });
}

/**
 * A dataset with some of its labels corrected; the original stays as it is, and everything besides the
 * labels is shared with it.
 *
 * @param corrections each point of a row at most once
 * @example
 * const corrected = applyCorrections(dataset, parseCorrections(text, 'corrections.csv', dataset));
 */
export function applyCorrections(dataset: Dataset, corrections: readonly Correction[]): Dataset {
  const labels = dataset.labels.slice();
  const count = dataset.schema.points.length;
  for (const { row, point, to } of corrections) {
    const start = 2 * row * count;
    if (point === undefined) labels.fill(Number.NaN, start, start + 2 * count);
    else labels.set(to ?? [Number.NaN, Number.NaN], start + 2 * point);
  }
  return { ...dataset, labels };
}

/**
 * Corrections as a table that `parseCorrections` reads, with the label that each of them replaces.
 *
 * @param corrections in the order of the lines
 * @param dataset the table as it was read, without corrections
 * @returns CSV with the columns `Row`, `Point`, `x`, `y`, `from_x`, `from_y` and `Reason`
 * @example
 * await writeFileAtomically('corrections.csv', correctionsTable(corrections, dataset));
 */
export function correctionsTable(corrections: readonly Correction[], dataset: Dataset): string {
  const { points } = dataset.schema;
  const lines = corrections.map(({ row, point, to, reason = '' }) =>
    csvLine([
      String(row + 1),
      point === undefined ? ALL : points[point]!,
      ...fields(to),
      ...(point === undefined ? ['', ''] : fields(labelOf(dataset, row, point))),
      reason,
    ]),
  );
  return csvLine([...COLUMNS, ...BEFORE, REASON]) + lines.join('');
}

/** The label of a point in a row, both counted from 0; undefined where a coordinate is missing. */
export function labelOf({ schema, labels }: Dataset, row: number, point: number): Label {
  const at = 2 * (row * schema.points.length + point);
  const [x, y] = [labels[at]!, labels[at + 1]!];
  return Number.isNaN(x + y) ? undefined : [x, y];
}

const fields = (place: Label): string[] => place?.map(formatCoordinate) ?? [MISSING, MISSING];

function pointNumber(name: string, points: readonly string[], where: string): number {
  const point = points.indexOf(name);
  if (point >= 0) return point;
  throw new InputError(
    `${where}, column Point: no keypoint "${name}" in the table`,
    points.length === 0 ? OTHER_TABLE : didYouMean(name, points),
  );
}

/** A point of a row may be named once, and not besides all points of the row. */
function requireOnce(
  lines: Map<string, number>,
  row: number,
  name: string,
  line: number,
  where: string,
): void {
  // An entry without a name stands for any point of the row.
  const key = `${row} ${name}`;
  const earlier = lines.get(key) ?? lines.get(name === ALL ? `${row}` : `${row} ${ALL}`);
  if (earlier !== undefined) {
    throw new InputError(
      `${where}: ${name} of row ${row + 1} is corrected in row ${earlier} already`,
      'Leave one of the two.',
    );
  }
  lines.set(key, line).set(`${row}`, line);
}

/** A place or `missing`, of which y need not repeat the word. */
function label(
  x: string,
  y: string,
  where: string,
  [columnX, columnY]: readonly [string, string] = ['x', 'y'],
): Label {
  if (x === MISSING && (y === MISSING || y === '')) return undefined;
  const wrong = [columnX, columnY].findIndex((_, i) => !DECIMAL.test([x, y][i]!));
  if (wrong < 0) return [Number(x), Number(y)];
  throw new InputError(
    `${where}, column ${[columnX, columnY][wrong]}: "${[x, y][wrong]}" is not a number`,
    `Give both coordinates in pixels, or write ${MISSING} for both.`,
  );
}

function requireSame(
  before: Label,
  dataset: Dataset,
  row: number,
  point: number,
  where: string,
): void {
  const now = labelOf(dataset, row, point);
  const same =
    before && now
      ? before.every((value, axis) => Math.abs(value - now[axis]!) <= TOLERANCE)
      : before === now;
  if (same) return;
  const name = dataset.schema.points[point];
  const [was, is] = [before, now].map((place) => place?.map(formatCoordinate).join(', '));
  throw new InputError(
    `${where}: ${name} of row ${row + 1} was ${was === undefined ? MISSING : `at ${was}`} when it was corrected, and is ${is === undefined ? MISSING : `at ${is}`} in the table`,
    OTHER_TABLE,
  );
}
