import type { Theme } from './theme.ts';
import { group, svgDocument } from './xml.ts';

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

const largest = (panels: readonly Panel[], side: 'width' | 'height'): number =>
  Math.max(...panels.map((panel) => panel[side]));
