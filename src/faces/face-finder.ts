import { type Box, type Square, squareOf, wholeBox } from '../picture/box.ts';
import { cropPicture } from '../picture/crop.ts';
import type { Picture } from '../picture/picture.ts';
import { type Candidate, detect, type TinyFaceDetector } from './tiny-face-detector.ts';

/**
 * Sides that a picture is resized to, in pixels: large faces are found in small pictures, and reverse.
 * Two small faces side by side are easily taken for one, so small ones count in the largest alone.
 */
const SIDES = [160, 320, 608] as const;
const LARGEST_SIDE = Math.max(...SIDES);
/** Width in pixels from which a face counts in the others. */
const LEAST_WIDTH = 64;
/** Lowest score of a face. */
const LEAST_SCORE = 0.4;
/** Of two boxes that share more of their union than this, the one that scores less is dropped. */
const MOST_OVERLAP = 0.4;

/**
 * How a face cut out as Kaggle's are, from above the eyebrows to the chin, lies about what the
 * detector finds: measured on such faces pasted into pictures. The side is a multiple of the box's
 * mean side; the centre is that much of the side higher.
 */
const SIDE = 0.99;
const RISE = 0.09;

/**
 * The faces in a picture, about a ninth of its longer side or larger.
 *
 * @param picture of any size
 * @returns a square around each face, the largest first, as tight as Kaggle's pictures are: it reaches
 *   from above the eyebrows to the chin. It may reach beyond the picture's edge.
 * @example
 * const [largest] = facesIn(picture, detector);
 */
export function facesIn(picture: Picture, detector: TinyFaceDetector): Box[] {
  const square = squareOf(wholeBox(picture));
  const candidates = SIDES.flatMap((side) =>
    detect(detector, cropPicture(picture, square, { side, channels: 3 }), side, LEAST_SCORE).filter(
      ({ width }) => side === LARGEST_SIDE || width * side >= LEAST_WIDTH,
    ),
  );
  return bestOf(candidates)
    .map((candidate) => faceBox(candidate, square))
    .sort((a, b) => b.width - a.width);
}

/** One candidate for each face: boxes that overlap show the same. */
function bestOf(candidates: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of [...candidates].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(candidate, other) <= MOST_OVERLAP)) kept.push(candidate);
  }
  return kept;
}

/** Area of the intersection over the area of the union. */
function overlap(a: Candidate, b: Candidate): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (a.width * a.height + b.width * b.height - shared);
}

function faceBox({ x, y, width, height }: Candidate, square: Square): Box {
  const side = (SIDE * (width + height)) / 2;
  const left = x + width / 2 - side / 2;
  const top = y + height / 2 - RISE * side - side / 2;
  return {
    x: square.x + left * square.side,
    y: square.y + top * square.side,
    width: side * square.side,
    height: side * square.side,
  };
}
