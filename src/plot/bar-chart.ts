import { horizontalAxis, scaleFor } from './chart.ts';
import { LETTER, longest, shortened, wrap } from './fit-text.ts';
import { footnotes, heading, INSET, NOTE_LINE, type Panel } from './panel.ts';
import type { SeriesColour } from './theme.ts';
import { element, group, rounded, text } from './xml.ts';

/** A bar of a chart. */
export interface Bar {
  readonly name: string;
  /** How long the bar is; one that is not finite has none. */
  readonly value: number;
  /** What stands at the right edge of its row, such as the value in figures. */
  readonly label: string;
}

export interface BarChartOptions {
  readonly title: string;
  /** What the bars measure, with the unit. */
  readonly axis: string;
  readonly bars: readonly Bar[];
  /** A value to compare with, as a broken line from top to bottom. */
  readonly reference?: { readonly value: number; readonly label: string };
  readonly note?: string;
  readonly colour?: SeriesColour;
  /** Of the whole figure, in pixels; default 480. */
  readonly width?: number;
  /** Default: as high as the bars need. */
  readonly height?: number;
}

const TOP = 40;
const REFERENCE = 18;
const BOTTOM = 50;
const ROW = 18;

/**
 * Horizontal bars from 0, one under the other in the order given.
 *
 * @example
 * barPanel({ title: 'Labels', axis: 'rows', bars: [{ name: 'nose_tip', value: 12, label: '12' }] });
 */
export function barPanel(options: BarChartOptions): Panel {
  const { title, axis, bars, reference, note, colour = 'blue', width = 480 } = options;
  const notes = note === undefined ? [] : wrap(note, width - 2 * INSET);
  const edge = TOP + (reference ? REFERENCE : 0);
  const around = edge + BOTTOM + notes.length * NOTE_LINE;
  const height = options.height ?? around + Math.max(1, bars.length) * ROW;
  const step = Math.max(1, height - around) / Math.max(1, bars.length);
  const size = Math.min(12, Math.max(5, step * 0.7));
  const thickness = Math.min(16, step * 0.72);
  const letter = LETTER * (size / 12);
  const names = bars.map(({ name }) => shortened(name, width * 0.45, letter));
  const gutter = letter * longest(names);
  const labels = letter * longest(bars.map(({ label }) => label));
  const field = {
    left: INSET + gutter + 8,
    right: width - INSET - labels - 10,
    top: edge,
    bottom: edge + step * bars.length,
  };
  const finite = [...bars.map(({ value }) => value), reference?.value ?? 0].filter(Number.isFinite);
  const domain = [0, Math.max(0, ...finite) || 1] as const;
  const x = scaleFor(
    { label: axis, domain },
    [],
    [field.left, Math.max(field.left + 1, field.right)],
  );
  const rows = bars.map(({ value, label }, i) => {
    const middle = field.top + (i + 0.5) * step;
    const end = Number.isFinite(value) ? x(Math.max(0, value)) : field.left;
    return group('bar', [
      text(names[i]!, field.left - 8, middle + size * 0.36, { anchor: 'end', size }),
      element('rect', {
        x: field.left,
        y: middle - thickness / 2,
        width: end - field.left,
        height: thickness,
        class: `fill-${colour}`,
      }),
      text(label, width - INSET, middle + size * 0.36, {
        anchor: 'end',
        size,
        class: 'fill-muted',
      }),
    ]);
  });
  const content = [
    heading(title, width),
    horizontalAxis(axis, x, field),
    ...rows,
    reference && Number.isFinite(reference.value)
      ? referenceLine(reference.label, x(reference.value), field.top, field.bottom, width)
      : '',
    ...footnotes(notes, height),
  ];
  return { width, height, content: content.filter((part) => part !== '').join('\n') };
}

function referenceLine(
  label: string,
  x: number,
  top: number,
  bottom: number,
  width: number,
): string {
  const half = (label.length * LETTER) / 2;
  const at = Math.max(INSET + half, Math.min(width - INSET - half, x));
  return group('reference', [
    element('path', {
      d: `M${rounded(x)} ${rounded(top - 4)}V${rounded(bottom)}`,
      class: 'stroke-vermilion',
      'stroke-width': 1.4,
      'stroke-dasharray': '5 4',
    }),
    text(label, at, top - 9, { anchor: 'middle' }),
  ]);
}
