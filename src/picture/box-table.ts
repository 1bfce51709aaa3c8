import { DECIMAL } from '../data/coordinate.ts';
import { parseCsv, recordsOf } from '../data/csv.ts';
import { InputError } from '../errors.ts';
import { type Box, requireArea } from './box.ts';

/** A box that somebody gave. */
export interface GivenBox {
  readonly box: Box;
  /** For messages: "faces.csv, row 3". */
  readonly where: string;
}

const SHORT = ['x', 'y', 'width', 'height'] as const;
const LONG = ['box_x', 'box_y', 'box_width', 'box_height'] as const;

/**
 * A box as options have it.
 *
 * @param text "x,y,width,height" in pixels
 * @param option for messages: "--box"
 * @throws InputError where these are no four numbers, and where width or height is not above 0
 * @example
 * parseBox('120,80,200,220', '--box'); // { x: 120, y: 80, width: 200, height: 220 }
 */
export function parseBox(text: string, option: string): Box {
  return boxOf(
    text.split(',').map((field) => field.trim()),
    option,
  );
}

/**
 * Reads a table of boxes: columns `picture`, `x`, `y`, `width`, `height` in pixels, or `box_x`, `box_y`,
 * `box_width`, `box_height` as predictions have them; others are left out. A picture may have several.
 *
 * @param text the whole file
 * @param fileName for messages
 * @returns the boxes of each picture in their order, by its name
 * @throws InputError where a column or a name is missing, or a row has no box
 * @example
 * parseBoxTable('picture,x,y,width,height\na.jpg,12,30,80,80\n', 'boxes.csv').get('a.jpg');
 */
export function parseBoxTable(text: string, fileName: string): Map<string, GivenBox[]> {
  const table = parseCsv(text, fileName);
  const columns = table.header.includes(LONG[0]) ? LONG : SHORT;
  const boxes = new Map<string, GivenBox[]>();
  recordsOf(table, ['picture', ...columns]).forEach((record, index) => {
    const where = `${fileName}, row ${index + 1}`;
    const { picture } = record;
    if (picture === '') {
      throw new InputError(`${where}, column picture: no picture is named`, 'Name its file.');
    }
    const given = {
      box: boxOf(
        columns.map((column) => record[column]),
        where,
      ),
      where,
    };
    const others = boxes.get(picture);
    if (others) others.push(given);
    else boxes.set(picture, [given]);
  });
  return boxes;
}

function boxOf(fields: readonly string[], where: string): Box {
  if (fields.length !== 4 || !fields.every((field) => DECIMAL.test(field))) {
    throw new InputError(
      `${where}: "${fields.join(',')}" is no box`,
      'Give four numbers, x,y,width,height, in pixels from the upper left corner of the picture.',
    );
  }
  const [x, y, width, height] = fields.map(Number) as [number, number, number, number];
  const box = { x, y, width, height };
  requireArea(box, where);
  return box;
}
