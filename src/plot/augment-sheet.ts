import { formatOfSize } from '../data/image-format.ts';
import { faceMarkup, type SheetFace } from './face-sheet.ts';
import { shortened, wrap } from './fit-text.ts';
import { footnotes, heading, INSET, NOTE_LINE, panelDocument } from './panel.ts';
import type { Theme } from './theme.ts';
import { group, text } from './xml.ts';

/** One way of changing faces. */
export interface AugmentColumn {
  readonly name: string;
  /** How much, in a few words. */
  readonly strength: string;
  readonly faces: readonly SheetFace[];
}

export interface AugmentSheetOptions {
  readonly title: string;
  readonly note: string;
  /** Width of a face, in pixels. Default 120. */
  readonly size?: number;
  readonly theme?: Theme;
}

const GAP = 6;
const HEADER = 38;
/** Space between the title and the names of the columns. */
const TOP = 40;

/**
 * What augmentation makes of some faces, as SVG: a column for each way of changing them, a line for each
 * face, with its points where they belong.
 *
 * @param columns each with the same number of faces, all of one size
 * @example
 * augmentSheet([{ name: 'noise', strength: 'up to 5 %', faces }], { title: 'faces.csv', note: '' });
 */
export function augmentSheet(
  columns: readonly AugmentColumn[],
  { title, note, size = 120, theme }: AugmentSheetOptions,
): string {
  const faces = columns[0]!.faces.length;
  const format = formatOfSize(columns[0]!.faces[0]!.image.length)!;
  const step = size + GAP;
  const width = 2 * INSET + columns.length * step - GAP;
  const lines = wrap(note, width - 2 * INSET);
  const height = TOP + HEADER + faces * step + 8 + lines.length * NOTE_LINE;
  const content = columns.map(({ name, strength, faces: shown }, i) =>
    group(
      'column',
      [
        text(shortened(name, size), size / 2, 14, { anchor: 'middle', size: 13, bold: true }),
        text(shortened(strength, size, 6), size / 2, 30, {
          ...{ anchor: 'middle', size: 11, class: 'fill-muted' },
        }),
        ...shown.map((face, row) =>
          group('face', faceMarkup(face, format, size / format.side), 0, HEADER + row * step),
        ),
      ],
      INSET + i * step,
      TOP,
    ),
  );
  return panelDocument(
    {
      width,
      height,
      content: [heading(title, width), ...content, ...footnotes(lines, height)].join('\n'),
    },
    theme,
  );
}
