import { type Block, blocksOf } from '../nn/blocks.ts';
import type { LayerSpec } from '../nn/layers.ts';
import { flatLayers, type NetworkSpec, type Shape, sizeOf } from '../nn/network.ts';
import { shortened, wrap } from './fit-text.ts';
import { footnotes, heading, INSET, NOTE_LINE, panelDocument } from './panel.ts';
import type { SeriesColour, Theme } from './theme.ts';
import { element, group, rounded, text } from './xml.ts';

export interface ArchitectureOptions {
  readonly title: string;
  /** Of the whole figure, in pixels; default 720, at least 620. */
  readonly width?: number;
  readonly theme?: Theme;
}

/** A line of the drawing. */
interface Row {
  readonly name: string;
  readonly what: string;
  readonly output: Shape;
  readonly parameters: number | undefined;
  readonly colour: SeriesColour | 'muted';
}

const TOP = 66;
const ROW_GAP = 14;
const SMALLEST = 14;

/**
 * A network from input to output, as SVG: every block (activation and dropout folded into the layer
 * before them) with its name, what it does, the shape of its output and its parameters. Bars are as wide as
 * maps have pixels and as thick as there are channels, both on logarithmic scales; those of dense layers
 * are as wide as they have units.
 *
 * @example
 * architectureFigure(networkFor(net2, schema), { title: 'net2' });
 */
export function architectureFigure(spec: NetworkSpec, options: ArchitectureOptions): string {
  const width = Math.max(620, options.width ?? 720);
  const columns = columnsOf(width);
  const rows = rowsOf(spec);
  const bar = barSizes(rows, columns.picture);
  const middle = INSET + columns.picture / 2;
  let top = TOP;
  const marks: string[] = [];
  rows.forEach((row, i) => {
    const size = bar(row.output);
    const height = Math.max(SMALLEST, size.height);
    const centre = top + height / 2;
    marks.push(
      group('block', [
        i === 0 ? '' : arrow(middle, top - ROW_GAP, top + (height - size.height) / 2),
        element('rect', {
          ...{ x: middle - size.width / 2, y: centre - size.height / 2 },
          ...{ width: size.width, height: size.height, rx: 2 },
          class: `fill-${row.colour}`,
        }),
        rowText(row, centre + 4, columns),
      ]),
    );
    top += height + ROW_GAP;
  });
  const total = rows.reduce((sum, { parameters = 0 }) => sum + parameters, 0);
  const notes = wrap(
    'Bars: as wide as maps have pixels, as thick as there are channels; dense layers as wide as they have units; all on logarithmic scales.',
    width - 2 * INSET,
  );
  const height = top + 34 + notes.length * NOTE_LINE;
  const content = [
    heading(options.title, width),
    ...header(columns),
    ...marks,
    element('path', {
      d: `M${rounded(columns.name)} ${rounded(top - 2)}H${width - INSET}`,
      class: 'stroke-grid',
      'stroke-width': 1,
    }),
    text('total', columns.name, top + 16, { bold: true }),
    text(`${megabytes(total)} as float32`, columns.what, top + 16, { class: 'fill-muted' }),
    text(counted(total), columns.parameters, top + 16, { bold: true, anchor: 'end' }),
    ...footnotes(notes, height),
  ];
  return panelDocument({ width, height, content: content.join('\n') }, options.theme);
}

/** The input, and a row for each block. */
function rowsOf(spec: NetworkSpec): Row[] {
  const input: Row = {
    name: 'input',
    what: spec.input.length === 3 ? 'picture' : 'values',
    output: spec.input,
    parameters: undefined,
    colour: 'muted',
  };
  return [
    input,
    ...blocksOf(spec).map(
      (block): Row => ({
        name: block.name,
        what: describe(block),
        output: block.output,
        parameters: flatLayers(block.layers)
          .flatMap(({ parameters }) => parameters)
          .reduce((sum, { shape }) => sum + sizeOf(shape), 0),
        colour: COLOURS[block.main.spec.type] ?? 'muted',
      }),
    ),
  ];
}

const COLOURS: Partial<Record<LayerSpec['type'], SeriesColour>> = {
  conv2d: 'blue',
  maxPool2d: 'sky',
  globalAveragePool2d: 'sky',
  softArgmax2d: 'sky',
  dense: 'orange',
  residual: 'green',
};

const NAMES = { relu: 'ReLU', sigmoid: 'sigmoid', tanh: 'tanh', silu: 'SiLU' } as const;

/** A block in words: `3 × 3 convolution, ReLU, dropout 0.1`. */
const describe = ({ layers }: Block): string =>
  layers
    .filter(({ spec }, _, { length }) => spec.type !== 'flatten' || length === 1)
    .map(({ spec }) => layerText(spec))
    .join(', ');

function layerText(spec: LayerSpec): string {
  switch (spec.type) {
    case 'conv2d':
      return [
        `${spec.kernel} × ${spec.kernel} convolution`,
        ...(spec.padding === 'same' ? ['padded'] : []),
        ...(spec.stride === 2 ? ['stride 2'] : []),
      ].join(', ');
    case 'maxPool2d':
      return `${spec.size} × ${spec.size} max-pooling`;
    case 'dense':
      return 'dense';
    case 'batchNorm':
      return 'batch normalisation';
    case 'leakyRelu':
      return `leaky ReLU ${Number(spec.slope.toPrecision(3))}`;
    case 'dropout':
      return `dropout ${Number(spec.rate.toPrecision(3))}`;
    case 'flatten':
      return 'flatten';
    case 'globalAveragePool2d':
      return 'mean of each map';
    case 'softArgmax2d':
      return 'soft-argmax of each map';
    case 'residual':
      return `input + (${spec.layers.map(layerText).join(', ')})`;
    default:
      return NAMES[spec.type];
  }
}

interface Columns {
  /** Width of the bars' column. */
  readonly picture: number;
  readonly name: number;
  readonly what: number;
  /** Right edges. */
  readonly output: number;
  readonly parameters: number;
}

const columnsOf = (width: number): Columns => ({
  picture: width - 530,
  name: width - 490,
  what: width - 400,
  output: width - 110,
  parameters: width - INSET,
});

/** Sizes of the bars in pixels, for the largest map and the longest vector at hand. */
function barSizes(rows: readonly Row[], room: number) {
  const largest = (length: number, of: (shape: Shape) => number): number =>
    Math.max(1, ...rows.map(({ output }) => (output.length === length ? of(output) : 0)));
  const side = largest(3, (shape) => shape[2]!);
  const units = largest(1, (shape) => shape[0]!);
  const across = (value: number, most: number): number =>
    6 + (room - 6) * (Math.log1p(value) / Math.log1p(most));
  return (shape: Shape): { width: number; height: number } =>
    shape.length === 3
      ? { width: across(shape[2]!, side), height: 4 + 3 * Math.log2(shape[0]!) }
      : { width: across(shape[0]!, units) * 0.8, height: 6 };
}

function arrow(x: number, from: number, to: number): string {
  const [start, end] = [rounded(from + 2), rounded(to - 2)];
  return element('path', {
    d: `M${rounded(x)} ${start}V${end}m-3 -4l3 4l3 -4`,
    fill: 'none',
    class: 'stroke-muted',
    'stroke-width': 1,
  });
}

const header = (columns: Columns): string[] => {
  const style = { size: 11, class: 'fill-muted' };
  return [
    text('layer', columns.name, 48, style),
    text('output', columns.output, 48, { ...style, anchor: 'end' }),
    text('parameters', columns.parameters, 48, { ...style, anchor: 'end' }),
  ];
};

const rowText = ({ name, what, output, parameters }: Row, y: number, columns: Columns): string =>
  [
    text(shortened(name, columns.what - columns.name - 8), columns.name, y, { bold: true }),
    text(shortened(what, columns.output - columns.what - 84), columns.what, y),
    text(output.map(counted).join(' × '), columns.output, y, { anchor: 'end' }),
    parameters ? text(counted(parameters), columns.parameters, y, { anchor: 'end' }) : '',
  ].join('');

const counted = (count: number): string => count.toLocaleString('en');

const megabytes = (parameters: number): string =>
  parameters < 25_000
    ? `${counted(Math.round(parameters / 250))} kB`
    : `${(parameters / 250_000).toFixed(1)} MB`;
