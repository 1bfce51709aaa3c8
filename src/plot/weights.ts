import { wrap } from './fit-text.ts';
import { colourKey, divergingScale, heatMapUri, pixels, scaleOf } from './heat-map.ts';
import { footnotes, heading, INSET, NOTE_LINE, type Panel, panelDocument } from './panel.ts';
import type { Theme } from './theme.ts';
import { columnsFor, frame, tileGrid } from './tiles.ts';
import { group, text } from './xml.ts';

/** Weights that can be seen as pictures: of a convolution, or of a dense layer over pictures. */
export interface PictureWeights {
  /** (units, channels, height, width). */
  readonly shape: readonly [number, number, number, number];
  readonly values: ArrayLike<number>;
}

export interface WeightsOptions {
  readonly title: string;
  readonly note?: string;
  /** Of the whole figure, in pixels; default 720, at least 360. */
  readonly width?: number;
  readonly theme?: Theme;
}

const TOP = 64;
const KEY_WIDTH = 240;
const LARGEST_TILE = 76;

/**
 * Weights of a layer in colours from negative to positive, as SVG. Units that see a picture, grey or of
 * three channels, are tiles with their numbers; with more channels, every row is a unit and every column
 * a channel.
 *
 * @example
 * weightsFigure({ shape: [32, 1, 3, 3], values }, { title: 'conv1 of net2' });
 */
export function weightsFigure(weights: PictureWeights, options: WeightsOptions): string {
  const width = Math.max(360, options.width ?? 720);
  const room = width - 2 * INSET;
  const { high } = scaleOf(weights.values);
  const scale = divergingScale(Math.max(high, Number.MIN_VALUE));
  const channels = weights.shape[1];
  const asTiles = channels === 1 || channels === 3;
  const body = asTiles ? unitTiles(weights, scale, room) : channelMatrix(weights, scale, room);
  const order = channels === 3 ? 'Within a tile, the three input channels stand side by side.' : '';
  const notes = [order, options.note ?? '']
    .filter((note) => note !== '')
    .flatMap((note) => wrap(note, room));
  const height = TOP + body.height + INSET + notes.length * NOTE_LINE;
  const content = [
    heading(options.title, width),
    colourKey(scale, INSET + Math.max(KEY_WIDTH, Math.min(room, body.width)), TOP - 16, 'weight:'),
    group('weights', body.content, INSET, TOP),
    ...footnotes(notes, height),
  ];
  return panelDocument({ width, height, content: content.join('\n') }, options.theme);
}

type Scale = ReturnType<typeof divergingScale>;

function unitTiles({ shape, values }: PictureWeights, scale: Scale, room: number): Panel {
  const [units, channels, height, width] = shape;
  const columns = Math.min(columnsFor(units), Math.floor(room / (28 * channels)));
  const size = Math.min(LARGEST_TILE * channels, Math.floor((room + 8) / columns) - 8);
  const weights = channels * height * width;
  const pictures = Array.from({ length: units }, (_, unit) =>
    matrixOf({ shape: [1, channels, height, width], values: part(values, unit, weights) }),
  );
  const tiles = pictures.map((picture, unit) => ({
    uri: heatMapUri(picture.values, picture.columns, height, scale, size),
    caption: String(unit + 1),
  }));
  const { columns: across } = pictures[0]!;
  return tileGrid(tiles, { columns, width: size, height: (size * height) / across });
}

/** One picture of all units and channels. */
function channelMatrix(weights: PictureWeights, scale: Scale, room: number): Panel {
  const [units, channels] = weights.shape;
  const { values, columns, rows } = matrixOf(weights);
  const left = 18;
  const top = 20;
  const size = Math.min(10, (room - left) / columns);
  const [drawnWidth, drawnHeight] = [columns * size, rows * size];
  const content = [
    text(`${channels} input channels`, left, 12, { size: 11, class: 'fill-muted' }),
    text(`${units} filters`, 10, top + drawnHeight / 2, {
      ...{ size: 11, class: 'fill-muted', anchor: 'middle', rotate: -90 },
    }),
    group(
      'matrix',
      pixels(heatMapUri(values, columns, rows, scale, drawnWidth), 0, 0, drawnWidth, drawnHeight) +
        frame(drawnWidth, drawnHeight),
      left,
      top,
    ),
  ];
  return { width: left + drawnWidth, height: top + drawnHeight, content: content.join('\n') };
}

/** A row a unit and a column a channel: a pixel a weight, and a transparent pixel between kernels. */
function matrixOf({ shape, values }: PictureWeights): {
  readonly values: Float64Array;
  readonly columns: number;
  readonly rows: number;
} {
  const [units, channels, height, width] = shape;
  const columns = channels * (width + 1) - 1;
  const rows = units * (height + 1) - 1;
  const matrix = new Float64Array(rows * columns).fill(Number.NaN);
  for (let i = 0; i < units * channels * height * width; i++) {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const channel = Math.floor(i / (width * height)) % channels;
    const unit = Math.floor(i / (width * height * channels));
    const row = unit * (height + 1) + y;
    matrix[row * columns + channel * (width + 1) + x] = values[i]!;
  }
  return { values: matrix, columns, rows };
}

function part(values: ArrayLike<number>, index: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => values[index * size + i]!);
}
