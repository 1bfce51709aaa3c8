import type { Description } from '../data/describe.ts';
import { LETTER, longest, shortened, wrap } from './fit-text.ts';
import { footnotes, heading, INSET, NOTE_LINE, type Panel, sentencePanel } from './panel.ts';
import { element, group, rounded, text } from './xml.ts';

const TITLE = 'Which labels are missing together';
const PATTERNS_SHOWN = 16;
const WIDEST_NAME = 200;
const COLUMN = 36;
const TOP = 72;
const BARS = 90;
const SMALLEST_WIDTH = 480;

/**
 * Patterns of missing labels, the most frequent on the left: how many rows have each as bars, and under
 * them which points those rows lack (after Lex et al., "UpSet", 2014).
 */
export function missingPatterns({ missing, points, rows }: Description): Panel {
  if (points.length === 0) {
    return sentencePanel(TITLE, 'The table has no keypoints.', SMALLEST_WIDTH);
  }
  const shown = missing.slice(0, PATTERNS_SHOWN);
  const rest = missing.slice(PATTERNS_SHOWN);
  const step = points.length > 30 ? 11 : 17;
  const size = step > 12 ? 12 : 9;
  const letter = LETTER * (size / 12);
  const names = points.map((name) => shortened(name, WIDEST_NAME, letter));
  const left = INSET + letter * longest(names) + 12;
  const width = Math.max(SMALLEST_WIDTH, left + shown.length * COLUMN + INSET);
  const restRows = rest.reduce((sum, pattern) => sum + pattern.rows, 0);
  const notes = rest.length
    ? wrap(
        `${rest.length} rarer patterns, ${restRows.toLocaleString('en')} of ${rows.toLocaleString('en')} rows, are not drawn.`,
        width - 2 * INSET,
      )
    : [];
  const matrix = TOP + BARS + 10;
  const height = matrix + points.length * step + 14 + notes.length * NOTE_LINE;
  const right = left + shown.length * COLUMN;
  const most = shown[0]?.rows ?? 1;
  const lines = names.map((name, i) => {
    const middle = matrix + (i + 0.5) * step;
    return group('point', [
      text(name, left - 12, middle + size * 0.36, { anchor: 'end', size }),
      element('path', {
        d: `M${rounded(left)} ${rounded(middle)}H${rounded(right)}`,
        class: 'stroke-grid',
      }),
    ]);
  });
  const columns = shown.map((pattern, i) => {
    const middle = left + (i + 0.5) * COLUMN;
    const bar = (BARS * pattern.rows) / most;
    const lacking = new Set(pattern.missing);
    return group('pattern', [
      element('rect', {
        x: middle - 9,
        y: TOP + BARS - bar,
        width: 18,
        height: bar,
        class: 'fill-blue',
      }),
      text(pattern.rows.toLocaleString('en'), middle, TOP + BARS - bar - 5, {
        anchor: 'middle',
        size: 11,
      }),
      ...points.map((point, row) =>
        dot(middle, matrix + (row + 0.5) * step, step, lacking.has(point)),
      ),
    ]);
  });
  const content = [
    heading(TITLE, width),
    group('legend', [
      dot(INSET + 6, 44, 16, true),
      text('label missing', INSET + 18, 48),
      dot(INSET + 118, 44, 16, false),
      text('there', INSET + 130, 48),
      text('bars: rows', INSET + 190, 48, { class: 'fill-muted' }),
    ]),
    ...lines,
    ...columns,
    ...footnotes(notes, height),
  ];
  return { width, height, content: content.join('\n') };
}

/** Missing is a full dot, there a small grey one. */
const dot = (cx: number, cy: number, step: number, missing: boolean): string =>
  element('circle', {
    cx,
    cy,
    r: step * (missing ? 0.36 : 0.14),
    class: missing ? 'missing fill-vermilion' : 'fill-muted',
  });
