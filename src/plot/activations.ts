import type { ImageFormat } from '../data/image-format.ts';
import { LETTER, shortened, wrap } from './fit-text.ts';
import {
  type ColourScale,
  colourKey,
  heatMapUri,
  pixels,
  scaleOf,
  shortNumber,
} from './heat-map.ts';
import { imageUri } from './image-png.ts';
import { footnotes, heading, INSET, NOTE_LINE, type Panel, panelDocument } from './panel.ts';
import type { Theme } from './theme.ts';
import { frame, tileGrid } from './tiles.ts';
import { element, group, rounded, text } from './xml.ts';

/** The values behind a layer, for one input. */
export interface LayerActivations {
  readonly name: string;
  /** `[channels, height, width]`, or `[units]`. */
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

export interface ActivationsOptions {
  readonly title: string;
  /** The picture that went in, bytes of shape (channels, side, side). */
  readonly image: Uint8Array;
  readonly format: ImageFormat;
  /** Maps of a layer that are drawn: those with the largest mean size of values; default 16. */
  readonly maps?: number;
  /** Of the whole figure, in pixels; default 720, at least 360. */
  readonly width?: number;
  readonly theme?: Theme;
}

const TILE = 78;
const LABEL = 18;
const LAYER_GAP = 16;
const BARS_HEIGHT = 56;
/** More units than these are a strip of cells instead of bars. */
const MOST_BARS = 128;

/**
 * What every layer makes of one picture, as SVG: the strongest maps of layers of maps under
 * their numbers, bars or a strip of
 * cells for vectors. Every layer has colours of its own, with a key: grey where nothing is below zero.
 *
 * @example
 * activationsFigure([{ name: 'conv1', shape: [32, 94, 94], values }], { title: 'net2', image });
 */
export function activationsFigure(
  layers: readonly LayerActivations[],
  options: ActivationsOptions,
): string {
  const { title, image, format, maps = 16, theme } = options;
  const width = Math.max(360, options.width ?? 720);
  const room = width - 2 * INSET;
  const { side, channels } = format;
  const about = `1 picture of ${side} × ${side}${channels === 1 ? '' : ' in colour'}`;
  const input = section('input', about, undefined, room, {
    width: TILE,
    height: TILE,
    content: pixels(imageUri(image, format), 0, 0, TILE, TILE),
  });
  const sections = [input, ...layers.map((layer) => layerSection(layer, maps, room))];
  const notes = wrap(
    'Values behind each layer’s activation. Strongest are the maps with the largest mean of |value|; their numbers stand below them. Every layer has its own scale.',
    room,
  );
  let at = 44;
  const content = sections.map((panel) => {
    const top = at;
    at += panel.height + LAYER_GAP;
    return group('layer', panel.content, INSET, top);
  });
  const height = at + notes.length * NOTE_LINE + 4;
  return panelDocument(
    {
      width,
      height,
      content: [heading(title, width), ...content, ...footnotes(notes, height)].join('\n'),
    },
    theme,
  );
}

/** A line with the layer's name and key, and the drawing below it. */
function section(
  name: string,
  about: string,
  scale: ColourScale | undefined,
  room: number,
  body: Panel,
): Panel {
  const label = shortened(name, room / 4);
  return {
    width: room,
    height: LABEL + body.height,
    content: [
      text(label, 0, 10, { bold: true }),
      text(about, label.length * (LETTER + 1) + 10, 10, { class: 'fill-muted' }),
      scale ? colourKey(scale, room, 10) : '',
      group('values', body.content, 0, LABEL),
    ].join(''),
  };
}

function layerSection(layer: LayerActivations, maps: number, room: number): Panel {
  const { name, shape, values } = layer;
  const scale = scaleOf(values);
  const [count, height, width] = shape as [number, number | undefined, number | undefined];
  if (height === undefined || width === undefined) {
    const about = `${count} ${count === 1 ? 'value' : 'values'}`;
    return count <= MOST_BARS
      ? section(name, about, undefined, room, bars(values, scale, room))
      : section(name, about, scale, room, strip(values, scale, room));
  }
  const drawn = Math.min(maps, count);
  const which = drawn < count ? `the strongest ${drawn} of ${count}` : `${count}`;
  const about = `${which} ${count === 1 ? 'map' : 'maps'} of ${height} × ${width}`;
  const columns = Math.max(1, Math.floor((room + 8) / (TILE + 8)));
  const area = height * width;
  const tiles = strongestMaps(values, count, area, drawn).map((map) => {
    const own = Float64Array.from({ length: area }, (_, i) => values[map * area + i]!);
    return { uri: heatMapUri(own, width, height, scale, TILE), caption: String(map + 1) };
  });
  const grid = tileGrid(tiles, { columns, width: TILE, height: (TILE * height) / width });
  return section(name, about, scale, room, grid);
}

/** Numbers of the maps with the largest mean of |value|, in ascending order. */
function strongestMaps(
  values: ArrayLike<number>,
  count: number,
  area: number,
  wanted: number,
): number[] {
  const sizes = Array.from({ length: count }, (_, map) => {
    let sum = 0;
    for (let i = map * area; i < (map + 1) * area; i++) {
      if (Number.isFinite(values[i]!)) sum += Math.abs(values[i]!);
    }
    return { map, sum };
  });
  return sizes
    .sort((a, b) => (a.sum === b.sum ? a.map - b.map : b.sum - a.sum))
    .slice(0, wanted)
    .map(({ map }) => map)
    .sort((a, b) => a - b);
}

/** A bar for each value, up or down from a line at zero. */
function bars(values: ArrayLike<number>, scale: ColourScale, room: number): Panel {
  const { low, high } = scale;
  const count = values.length;
  const step = Math.min(24, (room - 50) / count);
  const zero = low < 0 ? BARS_HEIGHT / 2 : BARS_HEIGHT;
  const marks = Array.from({ length: count }, (_, i) => {
    const value = values[i]!;
    if (!Number.isFinite(value) || high === 0) return '';
    const length = (value / high) * zero;
    return element('rect', {
      x: 50 + i * step,
      y: Math.min(zero, zero - length),
      width: Math.max(step * 0.8, 0.5),
      height: Math.abs(length),
      class: value < 0 ? 'fill-blue' : 'fill-vermilion',
    });
  });
  const tick = (value: number, y: number): string =>
    text(shortNumber(value), 42, y, {
      ...{ size: 11, anchor: 'end', class: 'fill-muted' },
    });
  return {
    width: room,
    height: BARS_HEIGHT + 2,
    content: [
      tick(high, 9),
      low < 0 ? tick(low, BARS_HEIGHT) : tick(0, BARS_HEIGHT),
      group('bars', marks),
      element('path', {
        d: `M50 ${rounded(zero)}h${rounded(step * count)}`,
        class: 'stroke-muted',
        'stroke-width': 1,
      }),
    ].join(''),
  };
}

/** A cell for each value, in reading order. */
function strip(values: ArrayLike<number>, scale: ColourScale, room: number): Panel {
  const columns = Math.min(values.length, 100);
  const rows = Math.ceil(values.length / columns);
  const cell = room / columns;
  const padded = new Float64Array(rows * columns).fill(Number.NaN);
  padded.set(Float64Array.from(values));
  return {
    width: room,
    height: rows * cell,
    content:
      pixels(heatMapUri(padded, columns, rows, scale, room), 0, 0, room, rows * cell) +
      frame(room, rows * cell),
  };
}
