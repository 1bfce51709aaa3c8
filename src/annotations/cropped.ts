import type { ImageFormat } from '../data/image-format.ts';
import { InputError } from '../errors.ts';
import { type Box, boxAround, requireBox, type Square, squareOf, widened } from '../picture/box.ts';
import { cropPicture, toCrop } from '../picture/crop.ts';
import type { Picture } from '../picture/picture.ts';
import type { Annotation } from './annotations.ts';

/** By what an object is cut out: its box, the points that are marked, or the box where there is one. */
export type CropBy = 'box' | 'points' | 'either';

export interface CroppingOptions extends ImageFormat {
  readonly crop: CropBy;
  /** What is added on every side, as a share of the longer side; default: 0 for a box, 0.2 for points. */
  readonly margin?: number | undefined;
}

/** An annotated object, cut out of its picture. */
export interface Cropped {
  /** Bytes of shape (channels, side, side). */
  readonly image: Uint8Array;
  /** Coordinates of shape (points, 2) in pixels of the crop; `NaN` where missing. */
  readonly labels: Float32Array;
  /** What was cut out of the picture. */
  readonly square: Square;
  /** Number of keypoints that lie beyond the picture's edge and so became missing. */
  readonly beyondPicture: number;
  /** Number of keypoints that the crop does not show; they keep their coordinates. */
  readonly outsideCrop: number;
}

const MARGIN_OF_POINTS = 0.2;

/**
 * Cuts an annotated object out of its picture; its keypoints move with it.
 *
 * A keypoint beyond the picture's edge becomes missing: nothing there could be learnt from. One inside
 * the picture but outside the crop stays, for what is near it can be seen.
 *
 * @throws InputError where there is neither a usable box nor points that span one, and where the
 *   picture has another size than the annotation says
 * @example
 * croppedAnnotation(annotation, picture, { side: 96, channels: 1, crop: 'either' });
 */
export function croppedAnnotation(
  annotation: Annotation,
  picture: Picture,
  options: CroppingOptions,
): Cropped {
  requireAnnotatedSize(annotation, picture);
  const square = squareOf(cropBox(annotation, picture, options));
  const { labels: points, beyondPicture } = withinPicture(annotation.points, picture);
  const labels = toCrop(points, square, options.side);
  return {
    image: cropPicture(picture, square, options),
    labels,
    square,
    beyondPicture,
    outsideCrop: countOutside(labels, options.side),
  };
}

function cropBox(
  { where, box, points, picture: name }: Annotation,
  picture: Picture,
  { crop, margin }: CroppingOptions,
): Box {
  if (crop === 'points' || (crop === 'either' && !box)) {
    const around = boxAround(points, margin ?? MARGIN_OF_POINTS)!; // there is a point at least
    requireBox(around, picture, `${where}, ${name}, its keypoints`);
    return around;
  }
  if (!box) throw new InputError(`${where}, ${name}: there is no box to cut out`);
  requireBox(box, picture, `${where}, ${name}`);
  return widened(box, margin ?? 0);
}

function requireAnnotatedSize({ where, picture, pictureSize }: Annotation, found: Picture): void {
  if (!pictureSize) return;
  const { width, height } = pictureSize;
  if (width === found.width && height === found.height) return;
  throw new InputError(
    `${where}: ${picture} has ${found.width} x ${found.height} pixels, annotated were ${width} x ${height}`,
  );
}

/** The points, without those that lie beyond the picture's edge. */
function withinPicture(
  points: Float64Array,
  { width, height }: Picture,
): { labels: Float64Array; beyondPicture: number } {
  const labels = points.slice();
  let beyondPicture = 0;
  for (let i = 0; i < labels.length; i += 2) {
    const [x, y] = [labels[i]!, labels[i + 1]!];
    if (Number.isNaN(x) || (x >= 0 && x <= width && y >= 0 && y <= height)) continue;
    labels.fill(Number.NaN, i, i + 2);
    beyondPicture++;
  }
  return { labels, beyondPicture };
}

function countOutside(labels: Float32Array, side: number): number {
  let count = 0;
  for (let i = 0; i < labels.length; i += 2) {
    const [x, y] = [labels[i]!, labels[i + 1]!];
    if (x < 0 || x > side || y < 0 || y > side) count++; // never of a missing one
  }
  return count;
}
