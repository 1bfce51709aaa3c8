import { InputError } from '../errors.ts';
import type { Channels, ImageFormat } from './image-format.ts';

/** What a table of keypoints is about: the points, the format of the images and which points mirror each other. */
export interface KeypointSchema extends ImageFormat {
  /** Names in the order of the table's columns, without `_x` and `_y`: `left_eye_center`. */
  readonly points: readonly string[];
  /** Pairs of indices into `points` that swap when a picture is mirrored, the smaller index first. */
  readonly mirrorPairs: readonly (readonly [number, number])[];
  /**
   * Pairs of indices into `points` that are one keypoint, as rows with many labels are marked and as rows
   * with few are; the second ones stand behind all others. Default: there is one convention.
   */
  readonly conventionPairs?: readonly (readonly [many: number, few: number])[] | undefined;
  /** The x about which labels are mirrored when a picture is, in pixels; default the middle, side / 2. */
  readonly mirrorAxis?: number | undefined;
}

/**
 * How far labels lie to the right of what they mark, in pixels; what a network says is so much more in x.
 *
 * @example
 * labelShift({ ...schema, mirrorAxis: 48.7 }); // 0.7
 */
export const labelShift = ({ side, mirrorAxis = side / 2 }: KeypointSchema): number =>
  mirrorAxis - side / 2;

/** The keypoints that a table's header names. */
export interface KeypointColumns {
  /** Names in the order in which they first appear. */
  readonly points: readonly string[];
  /** Per column its place in a row of labels, 2 * point for x and 2 * point + 1 for y; -1 for others. */
  readonly slots: readonly number[];
}

/**
 * A schema whose mirror pairs follow from the names.
 *
 * @param points names without `_x` and `_y`
 * @param side width and height of the images, in pixels
 * @param channels 1 for grey images, 3 for red, green and blue; default 1
 * @example
 * keypointSchema(['left_eye', 'right_eye', 'nose'], 96).mirrorPairs; // [[0, 1]]
 */
export const keypointSchema = (
  points: readonly string[],
  side: number,
  channels: Channels = 1,
): KeypointSchema => ({
  points,
  side,
  channels,
  mirrorPairs: mirrorPairsOf(points),
});

/**
 * Finds the keypoints of a header: any two columns `<name>_x` and `<name>_y`, wherever they stand.
 *
 * @param columns names of all columns of the table
 * @param fileName for messages
 * @throws InputError for a column that stands twice and for `_x` without `_y` or the reverse
 * @example
 * keypointColumns(['nose_x', 'ImageId', 'nose_y'], 'faces.csv'); // points ['nose'], slots [0, -1, 1]
 */
export function keypointColumns(columns: readonly string[], fileName: string): KeypointColumns {
  const known = new Set<string>();
  for (const column of columns) {
    if (known.has(column)) {
      throw new InputError(
        `${fileName}, header: the column "${column}" stands twice`,
        'Rename or remove one of the two.',
      );
    }
    known.add(column);
  }
  const points: string[] = [];
  const slots = columns.map((column) => {
    const [, point, axis] = /^(.+)_([xy])$/.exec(column) ?? [];
    if (point === undefined) return -1;
    const partner = `${point}_${axis === 'x' ? 'y' : 'x'}`;
    if (!known.has(partner)) {
      throw new InputError(
        `${fileName}, header: there is a column "${column}" but no "${partner}"`,
        `A keypoint needs both; add "${partner}", or rename "${column}" if it is no coordinate.`,
      );
    }
    if (!points.includes(point)) points.push(point);
    return 2 * points.indexOf(point) + (axis === 'x' ? 0 : 1);
  });
  return { points, slots };
}

/** Names of the label columns, x before y, in the order of a row of labels. */
export const labelColumns = (points: readonly string[]): string[] =>
  points.flatMap((point) => [`${point}_x`, `${point}_y`]);

/** Points whose names differ in `left` and `right` alone: `mouth_left_corner`, `mouth_right_corner`. */
function mirrorPairsOf(points: readonly string[]): [number, number][] {
  return points.flatMap((point, index): [number, number][] => {
    const partner = points.indexOf(mirroredName(point));
    return partner > index ? [[index, partner]] : [];
  });
}

const OPPOSITE: Readonly<Record<string, string>> = { left: 'right', right: 'left' };

/** What a point is called in a mirror, where left and right in its name say so. */
export const mirroredName = (point: string): string =>
  point
    .split('_')
    .map((word) => (Object.hasOwn(OPPOSITE, word) ? OPPOSITE[word] : word))
    .join('_');
