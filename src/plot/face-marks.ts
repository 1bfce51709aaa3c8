import { LIGHT } from './theme.ts';
import { element, rounded } from './xml.ts';

/** A mark is drawn twice, first wider in a ground colour, so that it shows on black and on white. */
function edged(
  kind: string,
  x: number,
  y: number,
  path: string,
  colour: string,
  ground: string,
): string {
  const shape = { d: path, fill: 'none', 'stroke-linecap': 'round' };
  return element(
    'g',
    { class: kind, transform: `translate(${rounded(x)} ${rounded(y)})` },
    element('path', { ...shape, stroke: ground, 'stroke-width': 2.8 }) +
      element('path', { ...shape, stroke: colour, 'stroke-width': 1.4 }),
  );
}

/** A true point. */
export const ring = (x: number, y: number): string =>
  edged('truth', x, y, 'M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0', LIGHT.sky, LIGHT.ink);

/** A predicted point. */
export const cross = (x: number, y: number): string =>
  edged('predicted', x, y, 'M-2.8-2.8L2.8 2.8M-2.8 2.8L2.8-2.8', LIGHT.vermilion, '#fff');

/** A point that is likely to be wrong. */
export const alarm = (x: number, y: number): string =>
  edged('suspect', x, y, 'M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0', LIGHT.orange, LIGHT.ink);
