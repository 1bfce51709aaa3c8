import { pixels } from './heat-map.ts';
import type { Panel } from './panel.ts';
import { element, group, text } from './xml.ts';

/** A small picture of a grid. */
export interface Tile {
  /** Address of the picture. */
  readonly uri: string;
  readonly caption?: string;
}

export interface TileOptions {
  readonly columns: number;
  /** Of a tile, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Between tiles, in pixels; default 8. */
  readonly gap?: number;
}

const CAPTION = 15;

/** Small pictures of one size in reading order, with their captions below. */
export function tileGrid(tiles: readonly Tile[], options: TileOptions): Panel {
  const { columns, width, height, gap = 8 } = options;
  const captioned = tiles.some(({ caption }) => caption !== undefined);
  const cell = { width: width + gap, height: height + gap + (captioned ? CAPTION : 0) };
  const content = tiles.map(({ uri, caption }, i) =>
    group(
      'tile',
      [
        pixels(uri, 0, 0, width, height),
        frame(width, height),
        caption === undefined
          ? ''
          : text(caption, width / 2, height + 13, {
              size: 11,
              anchor: 'middle',
              class: 'fill-muted',
            }),
      ],
      (i % columns) * cell.width,
      Math.floor(i / columns) * cell.height,
    ),
  );
  return {
    width: Math.min(columns, tiles.length) * cell.width - gap,
    height: Math.ceil(tiles.length / columns) * cell.height - gap,
    content: content.join('\n'),
  };
}

/** A fine line around a picture, without which a pale one has no edge. */
export const frame = (width: number, height: number): string =>
  element('path', {
    d: `M0 0h${width}v${height}h${-width}z`,
    fill: 'none',
    class: 'stroke-grid',
    'stroke-width': 1,
  });

/**
 * In how many columns tiles stand best: a number that leaves no row unfinished, if there is one near
 * twice as many columns as rows.
 */
export function columnsFor(count: number, most = 16): number {
  if (count <= 8) return count;
  const wanted = Math.min(most, Math.ceil(Math.sqrt(2 * count)));
  const whole = Array.from({ length: most - 7 }, (_, i) => i + 8).filter((n) => count % n === 0);
  return whole.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? wanted;
}
