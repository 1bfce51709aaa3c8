import { csvLine } from '../../data/csv.ts';
import { labelColumns } from '../../data/schema.ts';
import type { FoundFace } from '../../predict/detector.ts';

/** What became of a picture. */
export type PictureRecord =
  | { readonly picture: string; readonly faces: readonly FoundFace[] }
  | { readonly picture: string; readonly fault: string };

/** How answers are written: one JSON array, an object a line, or a table. */
export type RecordFormat = 'json' | 'jsonl' | 'csv';
export const RECORD_FORMATS: readonly RecordFormat[] = ['json', 'jsonl', 'csv'];

const COLUMNS = ['picture', 'face', 'box_x', 'box_y', 'box_width', 'box_height'];

/**
 * Records as text, face after face; faults are left out. A face is
 * `{ picture, face, box: { x, y, width, height }, points: { <name>: { x, y }, … } }`, where `face`
 * counts from 1 within its picture; as a table it has the columns
 * `picture,face,box_x,box_y,box_width,box_height,<name>_x,<name>_y…`, which `import-data` reads.
 *
 * @param points names of the points, in the order of the columns
 * @example
 * await writeFileAtomically('points.json', recordText(records, 'json', detector.schema.points));
 */
export async function* recordText(
  records: AsyncIterable<PictureRecord>,
  format: RecordFormat,
  points: readonly string[],
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine([...COLUMNS, ...labelColumns(points)]);
  let separator = '[\n';
  for await (const record of records) {
    for (const face of facesOf(record)) {
      if (format === 'csv') yield csvRow(face, points);
      else if (format === 'jsonl') yield `${JSON.stringify(face)}\n`;
      else yield `${separator}${JSON.stringify(face)}`;
      separator = ',\n';
    }
  }
  if (format === 'json') yield separator === '[\n' ? '[]\n' : '\n]\n';
}

interface NumberedFace extends FoundFace {
  readonly picture: string;
  readonly face: number;
}

/** The faces of a picture as they are written, numbered from 1. */
function facesOf(record: PictureRecord): NumberedFace[] {
  if (!('faces' in record)) return [];
  const { picture, faces } = record;
  return faces.map((found, i) => ({ picture, face: i + 1, ...found }));
}

function csvRow({ picture, face, box, points }: NumberedFace, names: readonly string[]): string {
  const coordinates = names.flatMap((name) => [points[name]!.x, points[name]!.y]);
  const numbers = [face, box.x, box.y, box.width, box.height, ...coordinates];
  return csvLine([picture, ...numbers.map(String)]);
}

/** A face with its numbers rounded to thousandths of a pixel, which is all that is written. */
export const roundedFace = ({ box, points }: FoundFace): FoundFace => ({
  box: {
    x: thousandths(box.x),
    y: thousandths(box.y),
    width: thousandths(box.width),
    height: thousandths(box.height),
  },
  points: Object.fromEntries(
    Object.entries(points).map(([name, { x, y }]) => [
      name,
      { x: thousandths(x), y: thousandths(y) },
    ]),
  ),
});

const thousandths = (pixels: number): number => Math.round(pixels * 1000) / 1000 + 0;
