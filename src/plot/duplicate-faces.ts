import type { Dataset } from '../data/dataset.ts';
import { duplicateImages } from '../data/duplicates.ts';
import { selectRows } from '../data/select.ts';
import { faceSheetPanel, sheetFaces } from './face-sheet.ts';
import { wrap } from './fit-text.ts';
import { pixelText } from './keypoint-bars.ts';
import {
  beside,
  heading,
  INSET,
  inRows,
  NOTE_LINE,
  type Panel,
  sentencePanel,
  stacked,
} from './panel.ts';
import { text } from './xml.ts';

const TITLE = 'Pictures that occur more than once';
const PAIRS_SHOWN = 6;
const WIDTH = 480;
/** Pictures of a face sheet stand so far from its edge, in pixels. */
const SHEET_EDGE = 8;

/**
 * Pictures that are equal to the last byte, in pairs with their labels, for people who marked the same
 * picture twice did not always mark the same places; a sentence where there are none.
 */
export function duplicateFaces(dataset: Dataset): Panel {
  const groups = duplicateImages(dataset);
  if (groups.length === 0) {
    return sentencePanel(
      TITLE,
      `None: all ${dataset.rows.toLocaleString('en')} pictures differ.`,
      WIDTH,
    );
  }
  const pairs = inRows(
    groups.slice(0, PAIRS_SHOWN).map((group) => pair(dataset, group)),
    2,
    14,
  );
  const width = Math.max(WIDTH, pairs.width + 2 * INSET);
  const more = groups.reduce((sum, group) => sum + group.length, 0);
  const sentence = `${groups.length} ${groups.length === 1 ? 'picture stands' : 'pictures stand'} in ${more} rows${
    groups.length > PAIRS_SHOWN ? `; the first ${PAIRS_SHOWN} are drawn` : ''
  }. Rings are the labels; "apart" is the largest distance between the two labels of a point.`;
  const lines = wrap(sentence, width - 2 * INSET);
  const head: Panel = {
    width,
    height: 40 + lines.length * NOTE_LINE,
    content: [
      heading(TITLE, width),
      ...lines.map((line, i) =>
        text(line, INSET, 44 + i * NOTE_LINE, { size: 11, class: 'fill-muted' }),
      ),
    ].join(''),
  };
  return stacked([head, beside([{ width: INSET - SHEET_EDGE, height: 0, content: '' }, pairs])]);
}

function pair(dataset: Dataset, group: readonly number[]): Panel {
  const two = selectRows(dataset, group.slice(0, 2));
  const apart = farthestApart(two);
  const [first, ...others] = group.map((row) => row + 1);
  const captions = [
    `row ${first}`,
    `${others.length > 1 ? `rows ${others.slice(0, 2).join(', ')}${others.length > 2 ? ' …' : ''}` : `row ${others[0]}`}${
      Number.isNaN(apart) ? '' : `: ${pixelText(apart)} px apart`
    }`,
  ];
  const faces = sheetFaces(two, 2).map((face, i) => ({ ...face, caption: captions[i]! }));
  return faceSheetPanel(faces, { columns: 2, scale: 144 / dataset.schema.side });
}

/** The largest distance between the labels of a point in two rows, in pixels; `NaN` without any. */
function farthestApart({ labels, schema }: Dataset): number {
  const values = 2 * schema.points.length;
  const distances = schema.points
    .map((_, point) =>
      Math.hypot(
        labels[2 * point]! - labels[values + 2 * point]!,
        labels[2 * point + 1]! - labels[values + 2 * point + 1]!,
      ),
    )
    .filter((distance) => !Number.isNaN(distance));
  return distances.length === 0 ? Number.NaN : Math.max(...distances);
}
