import type { Dataset } from '../data/dataset.ts';
import {
  meanImage,
  type PointDistribution,
  pointDistributions,
} from '../data/point-distribution.ts';
import { allRows, completeRows } from '../data/select.ts';
import { LETTER, longest, shortened, wrap } from './fit-text.ts';
import { imageUri } from './image-png.ts';
import { footnotes, heading, INSET, NOTE_LINE, type Panel, sentencePanel } from './panel.ts';
import { LIGHT } from './theme.ts';
import { element, group, rounded, text } from './xml.ts';

const TITLE = 'Every keypoint on the mean face';
/** Width of the face on the figure, in pixels. */
const FACE = 460;
const TOP = 40;
const LINE = 15;
/** Dots of all points together. */
const DOTS = 3000;

/**
 * Where the keypoints lie: the mean face, every point's mean with an ellipse of one standard deviation,
 * and the labels of some rows, evenly chosen, as dots.
 */
export function pointsOnFace(dataset: Dataset): Panel {
  const { schema, rows } = dataset;
  if (schema.points.length === 0 || rows === 0) {
    return sentencePanel(TITLE, 'The table has no keypoints.', FACE + 2 * INSET);
  }
  const complete = completeRows(dataset);
  const all = allRows({ rows });
  const [faces, kind] = complete.length > 0 ? [complete, 'complete'] : [all, ''];
  const distributions = pointDistributions(dataset);
  const list = pointList(distributions);
  const width = INSET + FACE + INSET + list.width + INSET;
  const every = Math.max(1, Math.ceil((rows * schema.points.length) / DOTS));
  const notes = wrap(
    `The picture is the mean of ${faces.length.toLocaleString('en')} ${kind} rows. Ellipses: one standard deviation. ` +
      `Dots: ${every === 1 ? 'all labels' : `labels of one row in ${every}`}. Standard deviations in pixels.`,
    width - 2 * INSET,
  );
  const height = TOP + Math.max(FACE, list.height) + 14 + notes.length * NOTE_LINE;
  const scale = FACE / schema.side;
  const numberSize = schema.points.length > 30 ? 9 : 12;
  const picture = element(
    'svg',
    { x: INSET, y: TOP, width: FACE, height: FACE, viewBox: `0 0 ${FACE} ${FACE}` },
    [
      element('image', {
        width: FACE,
        height: FACE,
        href: imageUri(meanImage(dataset, faces), schema),
      }),
      dots(dataset, every, scale),
      ...distributions.map((point, i) => pointMarkup(point, i, scale, numberSize)),
    ].join(''),
  );
  return {
    width,
    height,
    content: [
      heading(TITLE, width),
      picture,
      group('list', list.content, INSET + FACE + INSET, TOP),
      ...footnotes(notes, height),
    ].join('\n'),
  };
}

/** Labels as one path of lines without length. */
function dots({ schema, labels, rows }: Dataset, every: number, scale: number): string {
  const { points, side } = schema;
  let d = '';
  for (let row = 0; row < rows; row += every) {
    for (let point = 0; point < points.length; point++) {
      const at = 2 * (row * points.length + point);
      const [x, y] = [labels[at]!, labels[at + 1]!];
      if (x >= 0 && x <= side && y >= 0 && y <= side) {
        d += `M${rounded(x * scale)} ${rounded(y * scale)}h0`;
      }
    }
  }
  return element('path', {
    d,
    fill: 'none',
    stroke: LIGHT.sky,
    'stroke-width': 2.2,
    'stroke-linecap': 'round',
    'stroke-opacity': 0.55,
  });
}

/** Ellipse, mean and number of a point; nothing where it has no label. */
function pointMarkup(
  { mean, covariance, count }: PointDistribution,
  i: number,
  scale: number,
  numberSize: number,
): string {
  if (count === 0) return '';
  const [x, y] = mean.map((value) => value * scale) as [number, number];
  const { major, minor, angle } = standardEllipse(covariance);
  const shape = { rx: major * scale, ry: minor * scale, fill: 'none' };
  return element(
    'g',
    { class: 'point', transform: `translate(${rounded(x)} ${rounded(y)})` },
    [
      ...[
        { stroke: '#fff', 'stroke-width': 3.2, 'stroke-opacity': 0.8 },
        { stroke: LIGHT.vermilion, 'stroke-width': 1.6 },
      ].map((line) =>
        element('ellipse', { ...shape, ...line, transform: `rotate(${rounded(angle)})` }),
      ),
      element('circle', { r: 2.4, fill: LIGHT.vermilion, stroke: '#fff', 'stroke-width': 1 }),
      element(
        'text',
        {
          x: 5,
          y: -5,
          'font-size': numberSize,
          'font-weight': 700,
          fill: '#111',
          stroke: '#fff',
          'stroke-width': 3,
          'paint-order': 'stroke',
        },
        String(i + 1),
      ),
    ].join(''),
  );
}

/**
 * The ellipse of one standard deviation: square roots of the covariance's eigenvalues, and the angle of
 * the first eigenvector in degrees.
 */
export function standardEllipse({ xx, xy, yy }: PointDistribution['covariance']): {
  major: number;
  minor: number;
  angle: number;
} {
  const middle = (xx + yy) / 2;
  const radius = Math.hypot((xx - yy) / 2, xy);
  return {
    major: Math.sqrt(middle + radius),
    minor: Math.sqrt(Math.max(0, middle - radius)),
    angle: (Math.atan2(2 * xy, xx - yy) * 90) / Math.PI,
  };
}

/** Number, name and standard deviations of every point, in columns as high as the face. */
function pointList(distributions: readonly PointDistribution[]): Panel {
  const lines = distributions.map(({ name, count, covariance: { xx, yy } }, i) => [
    String(i + 1),
    shortened(name, 190),
    ...(count === 0 ? ['no label', ''] : [xx, yy].map((value) => deviation(Math.sqrt(value)))),
  ]);
  const perColumn = Math.floor(FACE / LINE) - 1;
  const names = Math.max(60, LETTER * longest(lines.map(([, name]) => name!)));
  const column = 26 + names + 2 * 52 + 16;
  const columns = Math.ceil(lines.length / perColumn);
  const content = Array.from({ length: columns }, (_, c) => {
    const at = c * column;
    const row = ([number, name, x, y]: readonly string[], baseline: number, style = 'fill-ink') =>
      [
        text(number!, at + 18, baseline, { size: 11, anchor: 'end', class: 'fill-muted' }),
        text(name!, at + 26, baseline, { size: 12, class: style }),
        text(x!, at + 26 + names + 50, baseline, { size: 11, anchor: 'end', class: 'fill-muted' }),
        text(y!, at + 26 + names + 102, baseline, { size: 11, anchor: 'end', class: 'fill-muted' }),
      ].join('');
    return [
      row(['', 'keypoint', 'sd of x', 'sd of y'], 11, 'fill-muted'),
      ...lines
        .slice(c * perColumn, (c + 1) * perColumn)
        .map((line, i) => row(line, 11 + (i + 1) * LINE)),
    ].join('');
  });
  return {
    width: columns * column - 16,
    height: (Math.min(lines.length, perColumn) + 1) * LINE,
    content: content.join(''),
  };
}

const deviation = (pixels: number): string =>
  pixels < 1e4 ? pixels.toFixed(1) : pixels.toPrecision(2);
