import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { LETTER, shortened, wrap } from './fit-text.ts';
import { footnotes, heading, NOTE_LINE, type Panel, panelDocument } from './panel.ts';
import { SERIES_COLOURS, type SeriesColour, type Theme } from './theme.ts';
import { element, group, rounded, text } from './xml.ts';

/** One side of a chart. */
export interface Axis {
  readonly label: string;
  /** Default `linear`; `log` leaves out what is not above 0. */
  readonly scale?: 'linear' | 'log';
  /** Smallest and largest value; default: what the series have, and a little more. */
  readonly domain?: readonly [number, number];
  /** Ticks at whole numbers only: epochs, counts. */
  readonly whole?: boolean;
}

/** The vertical axis in another unit, drawn on the right. */
export interface SecondAxis {
  readonly label: string;
  /** The second unit for a value of the first, ascending. */
  readonly convert: (value: number) => number;
  readonly invert: (value: number) => number;
}

/** A colour of a series, or that of text for what sums the others up. */
export type MarkColour = SeriesColour | 'ink';

/** A line of a chart. */
export interface Series {
  /** As the legend calls it; a series without a name is not in the legend. */
  readonly name?: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Default: the next colour in turn. */
  readonly colour?: MarkColour;
  /** Default `line`; `scatter` draws dots without a line, `area` fills down to the lowest value. */
  readonly kind?: 'line' | 'scatter' | 'area';
  /** Broken line: validation, published, … */
  readonly dashed?: boolean;
  /** Marks on the points, for few points. */
  readonly dots?: boolean;
  /** Twice as wide as the others. */
  readonly bold?: boolean;
}

export interface ChartOptions {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly right?: SecondAxis;
  readonly series: readonly Series[];
  /** Sentences under the chart. */
  readonly note?: string;
  /** Of the whole figure, in pixels; default 720 x 440. */
  readonly width?: number;
  readonly height?: number;
  readonly theme?: Theme;
}

/** Space around the field in which marks are drawn, in pixels. */
export const MARGIN = { top: 46, left: 64, bottom: 48, right: 20 };
const RIGHT_AXIS = 48;
/** Height of a row of the legend, in pixels. */
export const LEGEND_LINE = 18;

export type Scale = ((value: number) => number) & {
  ticks(count: number): number[];
  range(): number[];
};

/**
 * Lines over two axes, as SVG.
 *
 * Values that are no numbers (and, on a logarithmic axis, those not above 0) break a line instead of
 * bending it; more points than pixels are thinned to the extremes of every pixel column.
 *
 * @example
 * lineChart({ title: 'net1', x: { label: 'epoch' }, y: { label: 'loss', scale: 'log' },
 *   series: [{ name: 'train', points: [[1, 0.1], [2, 0.02]] }] });
 */
export const lineChart = (options: ChartOptions): string =>
  panelDocument(chartPanel(options), options.theme);

/** The same as a part of a larger sheet. */
export function chartPanel(options: ChartOptions): Panel {
  const { width = 720, height = 440, series, title, note, right } = options;
  const legend = legendRows(series, width - MARGIN.left - MARGIN.right);
  const notes = note === undefined ? [] : wrap(note, width - 2 * MARGIN.right);
  const field = {
    left: MARGIN.left,
    right: width - MARGIN.right - (right ? RIGHT_AXIS : 0),
    top: MARGIN.top + legend.length * LEGEND_LINE,
    bottom: height - MARGIN.bottom - notes.length * NOTE_LINE,
  };
  const values = (axis: 0 | 1): number[] =>
    series.flatMap(({ points }) => points.map((point) => point[axis]));
  const x = scaleFor(options.x, values(0), [field.left, field.right]);
  const y = scaleFor(options.y, values(1), [field.bottom, field.top]);
  const content = [
    heading(title, width, MARGIN.left),
    ...legend.map((row, i) => group('legend', row, MARGIN.left, MARGIN.top - 2 + i * LEGEND_LINE)),
    horizontalAxis(options.x.label, x, field, options.x.whole),
    verticalAxis(options.y.label, y, field),
    right ? rightAxis(right, y, field, options.y.scale === 'log') : '',
    ...series.map((one, i) =>
      one.kind === 'scatter'
        ? scatterMarkup(one, colourOf(one, i), options, x, y)
        : seriesMarkup(one, colourOf(one, i), options, x, y),
    ),
    ...footnotes(notes, height, MARGIN.right),
  ];
  return { width, height, content: content.filter((part) => part !== '').join('\n') };
}

/** The rectangle in which marks are drawn, in pixels. */
export interface Field {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * A scale from values to pixels.
 *
 * @param values all that will be drawn; those that cannot be are ignored
 * @param range pixels of the smallest and the largest value
 */
export function scaleFor(
  axis: Axis,
  values: readonly number[],
  range: readonly [number, number],
): Scale {
  const log = axis.scale === 'log';
  const [low, high] = axis.domain ?? extent(values, log);
  return log
    ? scaleLog().domain([low, high]).range(range)
    : scaleLinear().domain([low, high]).range(range);
}

/** Smallest and largest of the values that can be drawn; something sensible where there are none. */
function extent(values: readonly number[], log: boolean): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!drawable(value, log)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) return low === high ? [low / 2, high * 2] : [low / 1.1, high * 1.1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

const drawable = (value: number, log: boolean): boolean =>
  Number.isFinite(value) && (!log || value > 0);

/** A number as an axis shows it, short: 0.001, 10, 2,000, 1e9. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) return value.toExponential().replace('e+', 'e');
  return Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 6 });
}

/** Ticks of a logarithmic axis have those leading digits that leave room between them. */
function ticksOf(scale: Scale, room: number): number[] {
  const wanted = Math.max(2, Math.floor(room));
  const ticks = scale.ticks(wanted);
  if (!('base' in scale)) return ticks;
  const apart = (some: readonly number[]): boolean =>
    some.every((tick, i) => i === 0 || Math.abs(scale(tick) - scale(some[i - 1]!)) >= TICK_ROOM);
  const choices = LEADING_DIGITS.map((digits) =>
    ticks.filter((tick) => digits.includes(tick.toExponential()[0]!)),
  );
  return choices.find((some) => some.length > 1 && apart(some)) ?? choices.at(-1)!;
}

const TICK_ROOM = 18;
const LEADING_DIGITS = ['123456789', '1235', '125', '1'];

/** The axis at the bottom with its grid. */
export function horizontalAxis(label: string, x: Scale, field: Field, whole = false): string {
  const ticks = ticksOf(x, (field.right - field.left) / 80).filter(
    (tick) => !whole || Number.isInteger(tick),
  );
  return group('axis x', [
    ...ticks.map((tick) => gridLine(x(tick), field.top, x(tick), field.bottom)),
    ...ticks.map((tick) =>
      text(tickText(tick), x(tick), field.bottom + 17, { anchor: 'middle', class: 'fill-muted' }),
    ),
    text(label, (field.left + field.right) / 2, field.bottom + 36, { anchor: 'middle' }),
  ]);
}

/** The axis on the left with its grid. */
function verticalAxis(label: string, y: Scale, field: Field): string {
  const ticks = ticksOf(y, (field.bottom - field.top) / 40);
  const middle = (field.top + field.bottom) / 2;
  return group('axis y', [
    ...ticks.map((tick) => gridLine(field.left, y(tick), field.right, y(tick))),
    ...ticks.map((tick) =>
      text(tickText(tick), field.left - 8, y(tick) + 4, { anchor: 'end', class: 'fill-muted' }),
    ),
    // A label may be a little longer than its axis; the figure's edge would cut more.
    text(shortened(label, field.bottom - field.top + 80), 15, middle, {
      anchor: 'middle',
      rotate: -90,
    }),
  ]);
}

function rightAxis(
  { label, convert, invert }: SecondAxis,
  y: Scale,
  field: Field,
  log: boolean,
): string {
  const [low, high] = [field.bottom, field.top].map((pixel) => convert(inverse(y, pixel))) as [
    number,
    number,
  ];
  // Even steps over a short way; over a long one they would all stand at the top.
  const second = log && high > 4 * low ? scaleLog() : scaleLinear();
  const ticks = ticksOf(
    second.domain([low, high]).range([field.bottom, field.top]),
    (field.bottom - field.top) / 40,
  );
  const middle = (field.top + field.bottom) / 2;
  const places = ticks.map((tick) => ({ tick, at: y(invert(tick)) }));
  // On a logarithmic axis even steps crowd.
  const apart = places.filter(
    ({ at }, i) => i === 0 || places.slice(0, i).every((other) => Math.abs(other.at - at) >= 14),
  );
  return group('axis right', [
    ...apart.map(({ tick, at }) =>
      text(tickText(tick), field.right + 8, at + 4, { class: 'fill-muted' }),
    ),
    text(label, field.right + RIGHT_AXIS, middle, { anchor: 'middle', rotate: 90 }),
  ]);
}

const inverse = (scale: Scale, pixel: number): number =>
  (scale as unknown as { invert(pixel: number): number }).invert(pixel);

const gridLine = (x1: number, y1: number, x2: number, y2: number): string =>
  element('path', {
    d: `M${rounded(x1)} ${rounded(y1)}L${rounded(x2)} ${rounded(y2)}`,
    class: 'stroke-grid',
    'stroke-width': 1,
  });

const colourOf = (series: Series, index: number): MarkColour =>
  series.colour ?? SERIES_COLOURS[index % SERIES_COLOURS.length]!;

/** Whether a point can be drawn on the axes of a chart. */
const drawableOn =
  ({ x, y }: ChartOptions) =>
  ([a, b]: readonly [number, number]): boolean =>
    drawable(a, x.scale === 'log') && drawable(b, y.scale === 'log');

/** Dots as one path of lines without length, whose round ends are what is seen. */
function scatterMarkup(
  { points }: Series,
  colour: MarkColour,
  options: ChartOptions,
  x: Scale,
  y: Scale,
): string {
  const dots = points
    .filter(drawableOn(options))
    .map(([a, b]) => `M${rounded(x(a))} ${rounded(y(b))}h0`);
  return group(
    'series',
    element('path', { d: dots.join(''), ...DOT, class: `stroke-${colour}`, 'stroke-width': 3.6 }),
  );
}

const DOT = { fill: 'none', 'stroke-linecap': 'round', 'stroke-opacity': 0.45 } as const;

function seriesMarkup(
  { points, dashed, dots, bold, kind }: Series,
  colour: MarkColour,
  options: ChartOptions,
  x: Scale,
  y: Scale,
): string {
  const defined = drawableOn(options);
  const thinned = thin(points, defined, x);
  const path = line<readonly [number, number]>()
    .defined(defined)
    .x((point) => x(point[0]))
    .y((point) => y(point[1]))
    .digits(2)(thinned);
  const filled = area<readonly [number, number]>()
    .defined(defined)
    .x((point) => x(point[0]))
    .y0(y.range()[0]!)
    .y1((point) => y(point[1]))
    .digits(2);
  // A point between two gaps has no line; it is drawn as a dot, and so is a series of one point.
  const lonely = thinned.filter(
    (point, i) =>
      defined(point) &&
      (dots ||
        !(
          (i > 0 && defined(thinned[i - 1]!)) ||
          (i + 1 < thinned.length && defined(thinned[i + 1]!))
        )),
  );
  return group('series', [
    kind === 'area'
      ? element('path', {
          d: filled(thinned) ?? '',
          class: `fill-${colour}`,
          'fill-opacity': 0.25,
        })
      : '',
    element('path', {
      d: path ?? '',
      fill: 'none',
      class: `stroke-${colour}`,
      'stroke-width': bold ? 3.6 : 1.8,
      'stroke-linejoin': 'round',
      ...(dashed ? { 'stroke-dasharray': '5 4' } : {}),
    }),
    // Hollow where the line is broken, so that points of both kinds can be told apart.
    ...lonely.map(([a, b]) =>
      element('circle', {
        cx: x(a),
        cy: y(b),
        r: 2.6,
        ...(dashed
          ? { class: `fill-ground stroke-${colour}`, 'stroke-width': 1.4 }
          : { class: `fill-${colour}` }),
      }),
    ),
  ]);
}

/** At most four points for every pixel column: the first, the smallest, the largest and the last. */
function thin(
  points: Series['points'],
  defined: (point: readonly [number, number]) => boolean,
  x: Scale,
): Series['points'] {
  if (points.length <= 2000) return points;
  const kept: (readonly [number, number])[] = [];
  for (let first = 0; first < points.length; ) {
    const column = Math.floor(x(points[first]![0]));
    let end = first;
    let low = first;
    let high = first;
    while (
      end < points.length &&
      defined(points[end]!) === defined(points[first]!) &&
      Math.floor(x(points[end]![0])) === column
    ) {
      if (points[end]![1] < points[low]![1]) low = end;
      if (points[end]![1] > points[high]![1]) high = end;
      end++;
    }
    end = Math.max(end, first + 1);
    const chosen = new Set([first, low, high, end - 1]);
    kept.push(...[...chosen].sort((a, b) => a - b).map((i) => points[i]!));
    first = end;
  }
  return kept;
}

/** Entries of the legend in as many rows as they need. */
export function legendRows(series: readonly Series[], room: number): string[] {
  if (series.length < 2) return [];
  const rows: string[] = [];
  let row = '';
  let at = 0;
  series.forEach((one, i) => {
    if (one.name === undefined) return;
    const name = shortened(one.name, room - 34);
    const width = 34 + name.length * LETTER + 18;
    if (at > 0 && at + width > room) {
      rows.push(row);
      row = '';
      at = 0;
    }
    row += element('path', {
      ...(one.kind === 'scatter'
        ? { d: `M${rounded(at + 20)} -4h0`, ...DOT, 'stroke-width': 5 }
        : { d: `M${rounded(at)} -4h26`, 'stroke-width': one.bold ? 3.6 : 2.4 }),
      class: `stroke-${colourOf(one, i)}`,
      ...(one.dashed ? { 'stroke-dasharray': '5 4' } : {}),
    });
    row += text(name, at + 32, 0);
    at += width;
  });
  return row === '' ? rows : [...rows, row];
}
