import { encode } from 'fast-png';
import { tickText } from './chart.ts';
import { dataUri } from './image-png.ts';
import { element, group, text } from './xml.ts';

type Colour = readonly [red: number, green: number, blue: number];

/** Colours for the values between two limits; values beyond them have the colour of the limit. */
export interface ColourScale {
  readonly low: number;
  readonly high: number;
  /** From the colour of `low` to that of `high`, evenly spaced. */
  readonly stops: readonly Colour[];
}

const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];
const BLUE: Colour = [0, 114, 178];
const PALE: Colour = [247, 247, 247];
const VERMILION: Colour = [213, 94, 0];

/** Black at the lowest value, white at the highest. */
export const greyScale = (low: number, high: number): ColourScale => ({
  low,
  high,
  stops: [BLACK, WHITE],
});

/** Blue below zero, nearly white at zero, vermilion above: told apart by the colour-blind, too. */
export const divergingScale = (limit: number): ColourScale => ({
  low: -limit,
  high: limit,
  stops: [BLUE, PALE, VERMILION],
});

/** Grey from zero on for values that are never below, else diverging; covers all that are numbers. */
export function scaleOf(values: ArrayLike<number>): ColourScale {
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < 0 ? divergingScale(Math.max(-low, high)) : greyScale(0, high);
}

/** The colour of a value; undefined for what is no number. */
export function colourAt({ low, high, stops }: ColourScale, value: number): Colour | undefined {
  if (Number.isNaN(value)) return undefined;
  // Half of each limit, so that the difference of huge ones is a number.
  const span = high / 2 - low / 2;
  const share = span > 0 ? (value / 2 - low / 2) / span : 0;
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [stops[index]!, stops[index + 1]!];
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + (to[channel] - from[channel]) * (place - index));
  return [mix(0), mix(1), mix(2)];
}

/**
 * Values as a picture, a square each; what is no number is transparent.
 *
 * @param values of shape (height, width)
 * @param drawnWidth in pixels: not every program that draws SVG keeps enlarged pixels sharp, so the
 *   picture has twice as many as are drawn
 * @returns a `data:` address of a PNG
 * @example
 * heatMapUri([-1, 0, 1, Number.NaN], 2, 2, divergingScale(1), 40);
 */
export function heatMapUri(
  values: ArrayLike<number>,
  width: number,
  height: number,
  scale: ColourScale,
  drawnWidth = width,
): string {
  return sharpUri((i) => colourAt(scale, values[i]!), width, height, drawnWidth);
}

/**
 * A picture that stays sharp when it is enlarged, a square a pixel, as a `data:` address of a PNG.
 *
 * @param colourOf a pixel of (height, width); undefined is transparent
 */
export function sharpUri(
  colourOf: (pixel: number) => Colour | undefined,
  width: number,
  height: number,
  drawnWidth: number,
): string {
  const zoom = Math.max(1, Math.min(100, Math.round((2 * drawnWidth) / width)));
  const line = 4 * width * zoom;
  const data = new Uint8Array(line * height * zoom);
  for (let y = 0; y < height; y++) {
    const first = y * zoom * line;
    for (let x = 0; x < width; x++) {
      const colour = colourOf(y * width + x);
      if (!colour) continue;
      for (let i = x * zoom; i < (x + 1) * zoom; i++) data.set([...colour, 255], first + 4 * i);
    }
    for (let i = 1; i < zoom; i++) data.copyWithin(first + i * line, first, first + line);
  }
  return dataUri(
    encode({ width: width * zoom, height: height * zoom, data, channels: 4, depth: 8 }),
  );
}

/** A picture whose pixels stay sharp squares, at (x, y). */
export const pixels = (uri: string, x: number, y: number, width: number, height: number): string =>
  element('image', {
    ...{ x, y, width, height, href: uri },
    preserveAspectRatio: 'none',
    style: 'image-rendering:pixelated',
  });

/** Width of the bar of a colour key, in pixels. */
const KEY = 90;

/** A bar of a scale's colours between its limits, which ends at x; its text stands on the line y. */
export function colourKey(scale: ColourScale, x: number, y: number, label = ''): string {
  const { low, high } = scale;
  const half = (high / 2 - low / 2) / (KEY - 1);
  const ramp = Float64Array.from({ length: KEY }, (_, i) => low + half * i + half * i);
  const highText = shortNumber(high);
  const right = x - highText.length * 6 - 6;
  const style = { size: 11, anchor: 'end', class: 'fill-muted' } as const;
  return group('key', [
    text(`${label} ${shortNumber(low)}`.trim(), right - KEY - 6, y, style),
    pixels(heatMapUri(ramp, KEY, 1, scale), right - KEY, y - 8, KEY, 8),
    text(highText, x, y, style),
  ]);
}

/** A number with two digits that count. */
export const shortNumber = (value: number): string => tickText(Number(value.toPrecision(2)));
