import { mirrorImage, mirrorLabels, mirrorPartners } from '../data/mirror.ts';
import type { KeypointSchema } from '../data/schema.ts';
import { InputError } from '../errors.ts';
import { shortened, wrap } from './fit-text.ts';
import { imageUri } from './image-png.ts';
import {
  beside,
  INSET,
  NOTE_LINE,
  type Panel,
  panelDocument,
  stacked,
  titlePanel,
} from './panel.ts';
import type { Theme } from './theme.ts';
import { LIGHT } from './theme.ts';
import { element, rounded, text } from './xml.ts';

export interface FlipOptions {
  readonly title: string;
  /** Width of each of the three pictures, in pixels. Default 264. */
  readonly size?: number;
  readonly theme?: Theme;
}

/** Upper edge of the pictures, in pixels. */
const TOP = 30;

/** A point that is drawn: where it is, and as what it counts. */
interface Mark {
  readonly point: number;
  readonly letter: string;
  readonly colour: string;
}

/**
 * Why a mirrored face needs its points renamed, as SVG: the face, the face mirrored with its points
 * mirrored but not renamed, and the right way. Two pairs of points are drawn with their letters, and
 * one point without a partner.
 *
 * @param image bytes of shape (channels, side, side)
 * @param labels coordinates of shape (points, 2), in pixels; `NaN` where missing
 * @throws InputError where no pair of points that mirror each other has labels
 * @example
 * flipFigure(image, labels, dataset.schema, { title: 'Row 1 of training.zip' });
 */
export function flipFigure(
  image: Uint8Array,
  labels: Float32Array,
  schema: KeypointSchema,
  { title, size = 264, theme }: FlipOptions,
): string {
  const { side, points } = schema;
  const marks = chooseMarks(labels, schema);
  const left = points[marks[0]!.point];
  const right = points[marks[1]!.point];
  const mirrored = mirrorImage(image, side);
  const keptNames = mirrorLabels(labels, { ...schema, mirrorPairs: [] });
  const body = beside([
    picturePanel({
      name: 'The face',
      image,
      labels,
      words: `L marks ${left}, R marks ${right}: left and right of the person, not of the picture.`,
    }),
    picturePanel({
      name: 'Mirrored, names kept: wrong',
      image: mirrored,
      labels: keptNames,
      words: `x became ${side} - x and nothing else: ${left} lies where every other face has ${right}.`,
    }),
    picturePanel({
      name: 'Mirrored, names swapped: right',
      image: mirrored,
      labels: mirrorLabels(labels, schema),
      words: `x became ${side} - x, and each pair swapped names: L is on the side where it always is.`,
    }),
  ]);
  return panelDocument(stacked([titlePanel(title, body.width), body]), theme);

  function picturePanel(shown: Shown): Panel {
    const lines = wrap(shown.words, size);
    const scale = size / side;
    const below = TOP + size + 18;
    const content = [
      text(shortened(shown.name, size), INSET, TOP - 10, { bold: true }),
      element('image', {
        x: INSET,
        y: TOP,
        width: size,
        height: size,
        href: imageUri(shown.image, schema),
        style: 'image-rendering:pixelated',
      }),
      ...marks.map((mark) => {
        const [x, y] = shown.labels.subarray(2 * mark.point, 2 * mark.point + 2);
        return discMarkup(INSET + x! * scale, TOP + y! * scale, mark);
      }),
      ...lines.map((line, i) =>
        text(line, INSET, below + i * NOTE_LINE, { size: 11, class: 'fill-muted' }),
      ),
    ];
    return {
      width: size + 2 * INSET,
      height: below + lines.length * NOTE_LINE,
      content: content.join('\n'),
    };
  }
}

/** One of the three pictures. */
interface Shown {
  readonly name: string;
  readonly image: Uint8Array;
  readonly labels: Float32Array;
  readonly words: string;
}

/**
 * The first and the last pair that have labels, the left of each before the right, and one point that
 * is its own mirror image: more would hide the mistake among marks.
 */
function chooseMarks(labels: Float32Array, schema: KeypointSchema): Mark[] {
  const { points, mirrorPairs } = schema;
  const labelled = (point: number): boolean =>
    Number.isFinite(labels[2 * point]! + labels[2 * point + 1]!);
  const pairs = mirrorPairs.filter((pair) => pair.every(labelled));
  if (pairs.length === 0) {
    throw new InputError(
      mirrorPairs.length === 0
        ? `no two of the points mirror each other: ${points.join(', ')}`
        : 'this row has no labels of two points that mirror each other',
      mirrorPairs.length === 0
        ? 'Names that differ in left and right alone make a pair, such as left_eye and right_eye; others are given with --mirror.'
        : 'Choose another row with --row.',
    );
  }
  const partners = mirrorPartners(schema);
  const alone = points.findIndex((_, point) => partners[point] === point && labelled(point));
  const shown = [...new Set([pairs[0]!, pairs.at(-1)!])];
  return [
    ...shown.flatMap((pair): Mark[] => {
      const leftFirst = !points[pair[0]]!.includes('right');
      const [left, right] = leftFirst ? pair : [pair[1], pair[0]];
      return [
        { point: left, letter: 'L', colour: LIGHT.blue },
        { point: right, letter: 'R', colour: LIGHT.vermilion },
      ];
    }),
    ...(alone < 0 ? [] : [{ point: alone, letter: '', colour: LIGHT.ink }]),
  ];
}

/** A disc with its letter, edged in white so that it shows on any picture. */
const discMarkup = (x: number, y: number, { letter, colour }: Mark): string =>
  element(
    'g',
    { class: 'mark', transform: `translate(${rounded(x)} ${rounded(y)})` },
    element('circle', { r: letter ? 8 : 4, fill: colour, stroke: '#fff', 'stroke-width': 1.5 }) +
      (letter &&
        element(
          'text',
          { y: 4, 'font-size': 11, 'font-weight': 700, 'text-anchor': 'middle', fill: '#fff' },
          letter,
        )),
  );
