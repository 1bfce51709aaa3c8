import { type Dataset, imageOf } from '../data/dataset.ts';
import { formatOfSize, type ImageFormat } from '../data/image-format.ts';
import { InputError } from '../errors.ts';
import { cross, ring } from './face-marks.ts';
import { shortened, wrap } from './fit-text.ts';
import { imageUri } from './image-png.ts';
import { footnotes, NOTE_LINE, type Panel, panelDocument } from './panel.ts';
import type { Theme } from './theme.ts';
import { element, rounded, text } from './xml.ts';

/** A picture with points on it. */
export interface SheetFace {
  /** Bytes of shape (channels, side, side), as `Dataset.images` has them. */
  readonly image: Uint8Array;
  /** Predicted points, x before y, in pixels, drawn as crosses; `NaN` is left out. */
  readonly predicted?: ArrayLike<number>;
  /** True points in the same form, drawn as rings. */
  readonly truth?: ArrayLike<number>;
  /** One line under the picture. */
  readonly caption?: string;
}

export interface FaceSheetOptions {
  /** Faces in a row of the sheet. Default 4. */
  readonly columns?: number;
  /** Size of a picture's pixel on the sheet. Default 2. */
  readonly scale?: number;
  /** A line above the faces. */
  readonly title?: string;
  /** Sentences under the faces. */
  readonly note?: string;
  readonly theme?: Theme;
}

/**
 * The first faces of a dataset with their labels, or with what a model predicts instead.
 *
 * @param predicted coordinates of shape (dataset.rows, points, 2), in pixels
 */
export function sheetFaces(dataset: Dataset, count: number, predicted?: Float32Array): SheetFace[] {
  const values = 2 * dataset.schema.points.length;
  return Array.from({ length: Math.min(count, dataset.rows) }, (_, row) => {
    const image = imageOf(dataset, row);
    const of = (points: Float32Array): Float32Array =>
      points.subarray(row * values, (row + 1) * values);
    return predicted ? { image, predicted: of(predicted) } : { image, truth: of(dataset.labels) };
  });
}

const GAP = 8;
const LINE = 18;
const FONT_SIZE = 12;
/** A sheet with a title, a legend or a note is at least so wide, in pixels. */
const ROOM_FOR_WORDS = 200;

/**
 * A sheet of faces with their predicted (crosses) and true points (rings), as SVG. A legend stands
 * above where both kinds occur.
 *
 * @param faces in reading order; all of one side and as many channels
 * @throws InputError for no faces, an image that is not square, points that are not pairs
 * @example
 * faceSheet([{ image, predicted: Float32Array.of(66, 37, 30, 37), caption: 'row 7' }], { columns: 1 });
 */
export const faceSheet = (faces: readonly SheetFace[], options: FaceSheetOptions = {}): string =>
  panelDocument(faceSheetPanel(faces, options), options.theme);

/** The same as a part of a larger sheet. */
export function faceSheetPanel(faces: readonly SheetFace[], options: FaceSheetOptions = {}): Panel {
  const { columns = 4, scale = 2, title, note } = options;
  if (faces.length === 0) throw new InputError('a sheet of no faces', 'Give at least one face.');
  if (!(Number.isInteger(columns) && columns > 0)) {
    throw new InputError(`columns is ${columns}, expected a whole number above 0`);
  }
  if (!(scale > 0 && scale < Infinity)) {
    throw new InputError(`scale is ${scale}, expected a number above 0`);
  }
  const format = formatOf(faces);
  const width = format.side * scale;
  const captioned = faces.some((face) => face.caption !== undefined);
  const cell = { width: width + GAP, height: width + GAP + (captioned ? LINE : 0) };
  const across = Math.min(columns, faces.length);
  const legend = faces.some((face) => face.truth) && faces.some((face) => face.predicted);
  const header = (title === undefined ? 0 : LINE) + (legend ? LINE : 0);
  const pictures = faces.map((face, i) => {
    const x = GAP + (i % across) * cell.width;
    const y = GAP + header + Math.floor(i / across) * cell.height;
    return element(
      'g',
      { class: 'face', transform: `translate(${rounded(x)} ${rounded(y)})` },
      faceMarkup(face, format, scale),
    );
  });
  const worded = title !== undefined || note !== undefined || legend;
  const sheetWidth = Math.max(GAP + across * cell.width, worded ? ROOM_FOR_WORDS : 0);
  const notes = note === undefined ? [] : wrap(note, sheetWidth - 2 * GAP);
  const height =
    GAP +
    header +
    Math.ceil(faces.length / across) * cell.height +
    (notes.length && notes.length * NOTE_LINE + 4);
  const heading = title === undefined ? '' : shortened(title, sheetWidth - 2 * GAP);
  return {
    width: sheetWidth,
    height,
    content: [
      ...(heading === '' ? [] : [text(heading, GAP, GAP + FONT_SIZE)]),
      ...(legend ? [legendMarkup(GAP + header - LINE)] : []),
      ...pictures,
      ...footnotes(notes, height, GAP),
    ].join('\n'),
  };
}

function formatOf(faces: readonly SheetFace[]): ImageFormat {
  const size = faces[0]!.image.length;
  const format = formatOfSize(size);
  faces.forEach(({ image, predicted, truth }, i) => {
    if (!format || image.length !== size) {
      throw new InputError(
        `face ${i + 1}: ${image.length} pixels, expected a square picture as large as the others`,
      );
    }
    for (const points of [predicted, truth]) {
      if (points && points.length % 2 !== 0) {
        throw new InputError(`face ${i + 1}: ${points.length} coordinates, expected x, y, x, y …`);
      }
    }
  });
  return format!;
}

/** A face with its points and its caption, its upper left corner at the origin. */
export function faceMarkup(face: SheetFace, format: ImageFormat, scale: number): string {
  const size = format.side * scale;
  const picture = element('image', {
    width: size,
    height: size,
    href: imageUri(face.image, format),
    style: 'image-rendering:pixelated',
  });
  const caption =
    face.caption === undefined
      ? ''
      : text(face.caption, size / 2, size + FONT_SIZE + 2, { anchor: 'middle' });
  return [
    picture,
    ...marks(face.truth ?? [], scale, ring),
    ...marks(face.predicted ?? [], scale, cross),
    caption,
  ].join('');
}

function marks(
  points: ArrayLike<number>,
  scale: number,
  mark: (x: number, y: number) => string,
): string[] {
  const drawn: string[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i]! * scale, points[i + 1]! * scale];
    if (Number.isFinite(x) && Number.isFinite(y)) drawn.push(mark(x, y));
  }
  return drawn;
}

function legendMarkup(y: number): string {
  const middle = y + FONT_SIZE / 2;
  return element(
    'g',
    { class: 'legend' },
    cross(GAP + 4, middle) +
      text('predicted', GAP + 12, y + FONT_SIZE - 2) +
      ring(GAP + 84, middle) +
      text('true', GAP + 92, y + FONT_SIZE - 2),
  );
}
