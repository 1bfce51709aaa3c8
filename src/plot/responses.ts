import { formatOfSize } from '../data/image-format.ts';
import { wrap } from './fit-text.ts';
import { colourAt, greyScale, sharpUri, shortNumber } from './heat-map.ts';
import { footnotes, heading, INSET, NOTE_LINE, panelDocument } from './panel.ts';
import type { Theme } from './theme.ts';
import { tileGrid } from './tiles.ts';
import { group } from './xml.ts';

/** A picture that a unit was driven by, see `ascend` in `src/engine/probe.ts`. */
export interface ResponsePicture {
  /** Counted from 0; drawn counted from 1. */
  readonly unit: number;
  /** Of shape (channels, side, side), one channel or three. */
  readonly input: ArrayLike<number>;
  readonly activation: number;
}

export interface ResponsesOptions {
  readonly title: string;
  /** Pictures in a row; default 6. */
  readonly columns?: number;
  /** How many are drawn: those with the largest activation; default 12. */
  readonly count?: number;
  readonly note?: string;
  /** Of a picture, in pixels; default 116. */
  readonly size?: number;
  readonly theme?: Theme;
}

/** Standard deviations from the mean to black and to white. */
const SPREAD = 2.5;

/**
 * The pictures that the units of a layer respond to most, the strongest response first, as SVG. Every
 * picture has its own brightness, from 2.5 standard deviations below its mean to as many above it.
 *
 * @example
 * responsesFigure(await ascend(engine, net, parameters, 'conv3'), { title: 'conv3 of net2' });
 */
export function responsesFigure(
  responses: readonly ResponsePicture[],
  options: ResponsesOptions,
): string {
  const { title, columns = 6, count = 12, note, size = 116, theme } = options;
  const best = strongest(responses, count);
  const tiles = best.map(({ unit, input, activation }) => ({
    uri: responseUri(input, size),
    caption: `${unit + 1}: ${Number.isFinite(activation) ? shortNumber(activation) : activation}`,
  }));
  const grid = tileGrid(tiles, { columns, width: size, height: size, gap: 10 });
  const width = 2 * INSET + Math.max(320, grid.width);
  const sentences = `Below each picture: its filter and the mean activation. Every picture goes from ${SPREAD} standard deviations below its mean, black, to as many above.${note === undefined ? '' : ` ${note}`}`;
  const notes = wrap(sentences, width - 2 * INSET);
  const height = 44 + grid.height + INSET + notes.length * NOTE_LINE;
  const content = [
    heading(title, width),
    group('responses', grid.content, INSET, 44),
    ...footnotes(notes, height),
  ];
  return panelDocument({ width, height, content: content.join('\n') }, theme);
}

/** The largest activations first, equal ones in the order of their units; what is no number last. */
export function strongest(responses: readonly ResponsePicture[], count: number): ResponsePicture[] {
  const rank = ({ activation }: ResponsePicture): number =>
    Number.isNaN(activation) ? Number.NEGATIVE_INFINITY : activation;
  const order = (a: ResponsePicture, b: ResponsePicture): number =>
    rank(a) === rank(b) ? a.unit - b.unit : rank(b) - rank(a);
  return [...responses].sort(order).slice(0, count);
}

function responseUri(input: ArrayLike<number>, size: number): string {
  const { side, channels } = formatOfSize(input.length)!;
  const values = Float64Array.from(input);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const reach = SPREAD * Math.sqrt(variance);
  const scale = greyScale(mean - reach, mean + reach);
  const level = (i: number): number => colourAt(scale, values[i]!)?.[0] ?? 0;
  const [green, blue] = channels === 3 ? [side ** 2, 2 * side ** 2] : [0, 0];
  return sharpUri((i) => [level(i), level(green + i), level(blue + i)], side, side, size);
}
