import { InputError } from '../errors.ts';
import type { Box } from '../picture/box.ts';

/** One object in a picture with its keypoints, as somebody marked them. */
export interface Annotation {
  /** Where it was found, for messages: "points.csv, row 3". */
  readonly where: string;
  /** Name of the picture's file, within the folder of pictures. */
  readonly picture: string;
  /** The part of the picture that shows the object; undefined where nobody has said. */
  readonly box: Box | undefined;
  /** Coordinates of shape (points, 2), x before y, in pixels of the picture; `NaN` where missing. */
  readonly points: Float64Array;
  /** The picture's size according to the annotation, in pixels. */
  readonly pictureSize?: { readonly width: number; readonly height: number };
  /** What else is known of it, one text for each of the annotations' `columns`. */
  readonly texts?: readonly string[];
}

/** What an annotation tool wrote. */
export interface Annotations {
  /** Names of the keypoints, fit for a table's header. */
  readonly points: readonly string[];
  /** Names of what else is known of every object: `person`. */
  readonly columns?: readonly string[];
  /** Those that have one keypoint at least. */
  readonly annotations: readonly Annotation[];
  /** Number of those that have none. */
  readonly empty: number;
  /** Those that cannot be used, each with where it stands and why. */
  readonly faults: readonly InputError[];
}

/**
 * Coordinates are continuous here: the first pixel reaches from 0 to 1, its centre is 0.5. Tools that
 * number pixels instead write the number of the pixel for its centre.
 *
 * @param first what the tool writes for the centre of the first pixel: 0, 0.5 or 1
 * @returns what is to be added to its coordinates
 */
export const toContinuous = (first: number): number => 0.5 - first;

/** Whether an annotation has a keypoint. */
export const hasPoints = ({ points }: Pick<Annotation, 'points'>): boolean =>
  points.some((value) => !Number.isNaN(value));

/**
 * Annotations by picture, in the order in which pictures are first named, so that each picture has to
 * be decoded once.
 *
 * @throws InputError where two annotations are about the same part of a picture: the same box, or no
 *   box at all. Several objects in one picture are told apart by their boxes
 */
export function byPicture(annotations: readonly Annotation[]): Map<string, Annotation[]> {
  const pictures = new Map<string, Annotation[]>();
  for (const annotation of annotations) {
    const name = shortest(annotation.picture);
    const others = pictures.get(name);
    const twin = others?.find(({ box }) => sameBox(box, annotation.box));
    if (twin) {
      const part = annotation.box ? 'the same box of ' : '';
      throw new InputError(
        `${annotation.where}: ${part}"${annotation.picture}" is annotated already in ${twin.where}`,
        'Remove one of the two; where a picture shows several objects, give each a box of its own.',
      );
    }
    if (others) others.push(annotation);
    else pictures.set(name, [annotation]);
  }
  return pictures;
}

/** A path without what leads nowhere: "./a//b.jpg" is "a/b.jpg". */
const shortest = (path: string): string =>
  path.replace(/\/{2,}/g, '/').replace(/(^|\/)(?:\.\/)+/g, '$1');

const sameBox = (a: Box | undefined, b: Box | undefined): boolean =>
  a?.x === b?.x && a?.y === b?.y && a?.width === b?.width && a?.height === b?.height;
