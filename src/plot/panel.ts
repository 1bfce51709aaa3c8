import { shortened, wrap } from './fit-text.ts';
import type { Theme } from './theme.ts';
import { group, svgDocument, text } from './xml.ts';

/** A figure that is not yet a document, so that several can stand on one sheet. */
export interface Panel {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Markup; colours come from classes, see `styleSheet`. */
  readonly content: string;
}

/** A panel as a whole SVG document. */
export const panelDocument = ({ width, height, content }: Panel, theme?: Theme): string =>
  svgDocument(width, height, content, theme);

/**
 * Panels from left to right, their upper edges level.
 *
 * @param gap space between two, in pixels
 */
export function beside(panels: readonly Panel[], gap = 0): Panel {
  let width = -gap;
  const content = panels.map((panel) => {
    const at = width + gap;
    width = at + panel.width;
    return group('panel', panel.content, at, 0);
  });
  return { width, height: largest(panels, 'height'), content: content.join('\n') };
}

/** Panels from top to bottom, their left edges level. */
export function stacked(panels: readonly Panel[], gap = 0): Panel {
  let height = -gap;
  const content = panels.map((panel) => {
    const at = height + gap;
    height = at + panel.height;
    return group('panel', panel.content, 0, at);
  });
  return { width: largest(panels, 'width'), height, content: content.join('\n') };
}

/** Panels in reading order, `columns` in a row. */
export function inRows(panels: readonly Panel[], columns: number, gap = 0): Panel {
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) =>
    beside(panels.slice(row * columns, (row + 1) * columns), gap),
  );
  return stacked(rows, gap);
}

/** Left and upper edge of the text of a panel, in pixels. */
export const INSET = 20;

/** The heading of a panel, cut where it is wider than that. */
export const heading = (title: string, width: number, x = INSET): string =>
  text(shortened(title, width - x - INSET, TITLE_LETTER), x, 24, { size: 15, bold: true });

const TITLE_LETTER = 8.4;

/** A line over a whole sheet. */
export const titlePanel = (title: string, width: number): Panel => ({
  width,
  height: 34,
  content: heading(title, width),
});

/** Small grey sentences, one a line, the last of them at the lower edge of a panel. */
export const footnotes = (lines: readonly string[], height: number, x = INSET): string[] =>
  lines.map((line, i) =>
    text(line, x, height - 8 - (lines.length - 1 - i) * NOTE_LINE, {
      size: 11,
      class: 'fill-muted',
    }),
  );

/** Height of a line of a note, in pixels. */
export const NOTE_LINE = 16;

/** A panel that says a sentence where there is nothing to draw. */
export function sentencePanel(title: string, sentence: string, width: number): Panel {
  const lines = wrap(sentence, width - 2 * INSET);
  const content = [
    heading(title, width),
    ...lines.map((line, i) => text(line, INSET, 48 + i * NOTE_LINE, { class: 'fill-muted' })),
  ];
  return { width, height: 60 + lines.length * NOTE_LINE, content: content.join('\n') };
}

const largest = (panels: readonly Panel[], side: 'width' | 'height'): number =>
  Math.max(...panels.map((panel) => panel[side]));
