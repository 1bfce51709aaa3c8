import { DECIMAL } from '../data/coordinate.ts';
import { parseCsv } from '../data/csv.ts';
import { keypointColumns } from '../data/schema.ts';
import { InputError } from '../errors.ts';
import type { Box } from '../picture/box.ts';
import { type Annotation, type Annotations, hasPoints, toContinuous } from './annotations.ts';
import { columnNames } from './point-names.ts';

/** Names that the column with the pictures may have. */
const PICTURE = ['picture', 'image', 'file'];
/** Columns that the table of what was cut out has of its own; others of these names are left out. */
const RESERVED = ['ImageId', 'Box', 'Image'];
const BOX = ['box_x', 'box_y', 'box_width', 'box_height'];

export interface PointTableOptions {
  /** What is written for the centre of the first pixel; default 0.5: coordinates are continuous. */
  readonly firstPixel?: number | undefined;
}

/**
 * Reads a table of keypoints in pictures: a column `picture` (or `image`, or `file`) with the names of
 * their files, `<name>_x` and `<name>_y` of every keypoint in pixels, empty where it is missing, and
 * perhaps `box_x, box_y, box_width, box_height`. Other columns are kept as text.
 *
 * @param text the whole file
 * @param fileName for messages
 * @throws InputError where a column or the name of a picture is missing, where something is no number,
 *   and where only a part of a box or of a keypoint is there
 * @example
 * parsePointTable('picture,nose_x,nose_y\na.jpg,12,30.5\n', 'points.csv').points; // ['nose']
 */
export function parsePointTable(
  text: string,
  fileName: string,
  { firstPixel = 0.5 }: PointTableOptions = {},
): Annotations {
  const { header, rows } = parseCsv(text, fileName);
  const pictureColumn = pictureColumnOf(header, fileName);
  const boxColumns = boxColumnsOf(header, fileName);
  // A box has columns _x and _y too, but is no keypoint.
  const others = header.map((name, column) => (boxColumns?.includes(column) ? `(${name})` : name));
  const { points, slots } = keypointColumns(others, fileName);
  const names = columnNames(points, `${fileName}, header`);
  const kept = header.flatMap((name, column) => {
    const known = column === pictureColumn || slots[column]! >= 0 || boxColumns?.includes(column);
    return known || RESERVED.includes(name) ? [] : [column];
  });
  const annotations = rows.map((fields, index): Annotation => {
    const where = `${fileName}, row ${index + 1}`;
    const number = (column: number): number =>
      coordinate(fields[column]!, `${where}, column ${header[column]}`);
    const picture = fields[pictureColumn]!.trim();
    if (picture === '') {
      throw new InputError(
        `${where}, column ${header[pictureColumn]}: no picture is named`,
        'Write the name of its file, as it stands in the folder of pictures.',
      );
    }
    const coordinates = new Float64Array(2 * points.length);
    slots.forEach((slot, column) => {
      if (slot >= 0) coordinates[slot] = number(column) + toContinuous(firstPixel);
    });
    requireWhole(coordinates, points, where);
    const box = boxColumns && boxOf(boxColumns.map(number), where);
    const texts = kept.map((column) => fields[column]!);
    return { where, picture, box, points: coordinates, texts };
  });
  const marked = annotations.filter(hasPoints);
  return {
    points: names,
    columns: kept.map((column) => header[column]!),
    annotations: marked,
    empty: annotations.length - marked.length,
    faults: [],
  };
}

function pictureColumnOf(header: readonly string[], fileName: string): number {
  const columns = PICTURE.filter((name) => header.includes(name));
  if (columns.length === 1) return header.indexOf(columns[0]!);
  throw new InputError(
    columns.length === 0
      ? `${fileName}, header: no column names the pictures; the columns are ${header.join(', ')}`
      : `${fileName}, header: the columns ${columns.join(' and ')} both name pictures`,
    `The names of the pictures' files stand in one column, ${PICTURE.join(' or ')}.`,
  );
}

/** Where x, y, width and height of boxes stand; undefined where there are none. */
function boxColumnsOf(header: readonly string[], fileName: string): number[] | undefined {
  // box_x and box_y alone are a keypoint called "box".
  if (!header.includes('box_width') && !header.includes('box_height')) return undefined;
  const missing = BOX.filter((name) => !header.includes(name));
  if (missing.length === 0) return BOX.map((name) => header.indexOf(name));
  throw new InputError(
    `${fileName}, header: a box lacks the column ${missing.join(', ')}`,
    `A box has ${BOX.join(', ')}, in pixels.`,
  );
}

function boxOf([x, y, width, height]: readonly number[], where: string): Box | undefined {
  const values = [x!, y!, width!, height!];
  if (values.every(Number.isNaN)) return undefined;
  if (!values.some(Number.isNaN)) return { x: x!, y: y!, width: width!, height: height! };
  throw new InputError(
    `${where}: a part of the box is empty`,
    `Fill in all of ${BOX.join(', ')}, or none.`,
  );
}

function requireWhole(coordinates: Float64Array, points: readonly string[], where: string): void {
  points.forEach((point, index) => {
    const [x, y] = coordinates.subarray(2 * index, 2 * index + 2);
    if (Number.isNaN(x) === Number.isNaN(y)) return;
    throw new InputError(
      `${where}: "${point}" has ${Number.isNaN(x) ? 'y but no x' : 'x but no y'}`,
      'Fill in both, or leave both empty where the keypoint is missing.',
    );
  });
}

function coordinate(field: string, where: string): number {
  const text = field.trim();
  if (text === '') return Number.NaN;
  const value = Number(text);
  if (DECIMAL.test(text) && Number.isFinite(value)) return value;
  throw new InputError(
    `${where}: "${text}" is not a finite number`,
    'Write a coordinate in pixels, such as 66.03; leave the field empty where it is missing.',
  );
}
