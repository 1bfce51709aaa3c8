import type { Box } from '../picture/box.ts';
import type { FoundFace } from '../predict/detector.ts';
import { LIGHT } from './theme.ts';
import { element, escapeXml } from './xml.ts';

/** Above so many points, their names would lie on each other. */
const MOST_NAMES = 5;
/** Radii of the dots, in pixels of the drawing. */
const SMALLEST_DOT = 1.5;
const LARGEST_DOT = 6;

/**
 * What is laid over a photograph: every face's box and points, the points' names where there are few,
 * and the faces' numbers where there are several. Each mark has a light and a dark edge, so that it is
 * seen on dark and on bright pictures.
 *
 * @param faces in pixels of the photograph
 * @param width and `height` of the drawing in pixels
 * @param scale pixels of the drawing for one of the photograph
 * @returns SVG without a background
 * @example
 * pointsOnPicture([{ box, points }], 1600, 1200, 0.4);
 */
export function pointsOnPicture(
  faces: readonly FoundFace[],
  width: number,
  height: number,
  scale: number,
): string {
  const content = faces.map(({ box, points }, i) => {
    const names = Object.keys(points);
    const size = (scale * Math.max(box.width, box.height)) / (20 * Math.sqrt(names.length));
    const radius = Math.min(Math.max(size, SMALLEST_DOT), LARGEST_DOT);
    const places = names.map((name) => ({
      name,
      x: points[name]!.x * scale,
      y: points[name]!.y * scale,
    }));
    return [
      boxMarkup(box, scale),
      ...places.map(({ x, y }) => dot(x, y, radius)),
      ...(names.length <= MOST_NAMES
        ? places.map(({ name, x, y }) => label(name, x, y, radius + 4, width))
        : []),
      faces.length > 1
        ? label(String(i + 1), box.x * scale, Math.max(box.y * scale, 0) + 12, 6, width)
        : '',
    ].join('');
  });
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', 'font-family': 'Inter', ...size },
    // Without any content it would be no picture at all.
    content.join('') || '<g/>',
  );
}

function boxMarkup({ x, y, width, height }: Box, scale: number): string {
  const place = { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
  return [
    { stroke: '#000', 'stroke-width': 3, 'stroke-opacity': 0.5 },
    { stroke: '#fff', 'stroke-width': 1.25 },
  ]
    .map((line) => element('rect', { ...place, ...line, fill: 'none' }))
    .join('');
}

function dot(cx: number, cy: number, r: number): string {
  const edge = Math.max(0.75, r / 4);
  return [
    { r: r + 1.5 * edge, fill: '#000', 'fill-opacity': 0.5 },
    { r: r + edge, fill: '#fff' },
    { r, fill: LIGHT.vermilion },
  ]
    .map((circle) => element('circle', { cx, cy, ...circle }))
    .join('');
}

/** A text beside a place, on the side with more room. */
function label(text: string, x: number, y: number, distance: number, width: number): string {
  const isRight = x > 0.6 * width;
  return element(
    'text',
    {
      x: isRight ? x - distance : x + distance,
      y: y + 5,
      'text-anchor': isRight ? 'end' : 'start',
      'font-size': 14,
      'font-weight': 700,
      fill: '#fff',
      stroke: '#000',
      'stroke-width': 3,
      'stroke-linejoin': 'round',
      'paint-order': 'stroke',
    },
    escapeXml(text),
  );
}
