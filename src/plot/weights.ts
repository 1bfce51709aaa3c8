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
 * Weights of a layer in colours from negative to positive, as SVG. Units that see one channel are tiles
 * with their numbers; with more channels, every row is a unit and every column a channel.
 *
 * @example
 * weightsFigure({ shape: [32, 1, 3, 3], values }, { title: 'conv1 of net2' });
 */
export function weightsFigure(weights: PictureWeights, options: WeightsOptions): string {
  const width = Math.max(360, options.width ?? 720);
  const room = width - 2 * INSET;
  const { high } = scaleOf(weights.values);
  const scale = divergingScale(Math.max(high, Number.MIN_VALUE));
  const body =
    weights.shape[1] === 1 ? unitTiles(weights, scale, room) : channelMatrix(weights, scale, room);
  const notes = options.note === undefined ? [] : wrap(options.note, room);
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
  const [units, , height, width] = shape;
  const columns = Math.min(columnsFor(units), Math.floor(room / 28));
  const size = Math.min(LARGEST_TILE, Math.floor((room + 8) / columns) - 8);
  const tiles = Array.from({ length: units }, (_, unit) => ({
    uri: heatMapUri(part(values, unit, height * width), width, height, scale, size),
    caption: String(unit + 1),
  }));
  return tileGrid(tiles, { columns, width: size, height: (size * height) / width });
}

/** One picture with a pixel a weight, and a transparent pixel between kernels. */
function channelMatrix({ shape, values }: PictureWeights, scale: Scale, room: number): Panel {
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
      pixels(heatMapUri(matrix, columns, rows, scale, drawnWidth), 0, 0, drawnWidth, drawnHeight) +
        frame(drawnWidth, drawnHeight),
      left,
      top,
    ),
  ];
  return { width: left + drawnWidth, height: top + drawnHeight, content: content.join('\n') };
}

function part(values: ArrayLike<number>, index: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => values[index * size + i]!);
}
