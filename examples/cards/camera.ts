/** A place in a picture, in pixels: (0, 0) is its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How a card is held before a camera. */
export interface Pose {
  /** Where its centre is seen, in pixels from the middle of the picture. */
  readonly x: number;
  readonly y: number;
  /** Pixels that a millimetre at its centre takes. */
  readonly scale: number;
  /** Turns in radians: clockwise in the picture, about the card's upright axis, about its level one. */
  readonly roll: number;
  readonly yaw: number;
  readonly pitch: number;
}

/** A flat thing seen in perspective. */
export interface View {
  /** Where a place on the thing, in millimetres from its centre, is seen in the picture. */
  toPicture(x: number, y: number): Point;
  /** The place on the thing, or on the plane around it, that is seen there. */
  toThing(point: Point): Point;
}

/** Distance of the camera from the card, in millimetres: as near as a hand holds a telephone. */
const DISTANCE = 300;

/**
 * The view of a flat thing by a pinhole camera.
 *
 * @param width of the picture, in pixels
 */
export function viewOf(pose: Pose, width: number, height: number): View {
  const focal = pose.scale * DISTANCE;
  const [right, down] = axesOf(pose);
  const centre = [(pose.x / focal) * DISTANCE, (pose.y / focal) * DISTANCE, DISTANCE] as const;
  // A place (x, y) on the thing is right * x + down * y + centre in space: a matrix times (x, y, 1);
  // these are the lines of its inverse, but for a factor.
  const [a, b, c] = [cross(down, centre), cross(centre, right), cross(right, down)];
  return {
    toPicture: (x, y) => {
      const along = (i: 0 | 1 | 2): number => right[i] * x + down[i] * y + centre[i];
      return {
        x: width / 2 + (focal * along(0)) / along(2),
        y: height / 2 + (focal * along(1)) / along(2),
      };
    },
    toThing: ({ x, y }) => {
      const ray: Vector = [(x - width / 2) / focal, (y - height / 2) / focal, 1];
      const scale = dot(c, ray);
      return { x: dot(a, ray) / scale, y: dot(b, ray) / scale };
    },
  };
}

type Vector = readonly [number, number, number];

/** The thing's own directions right and down, in space: first pitch, then yaw, then roll. */
function axesOf({ roll, yaw, pitch }: Pose): [Vector, Vector] {
  const turned = ([x, y, z]: Vector): Vector => {
    const y1 = y * Math.cos(pitch) - z * Math.sin(pitch);
    const z1 = y * Math.sin(pitch) + z * Math.cos(pitch);
    const x2 = x * Math.cos(yaw) + z1 * Math.sin(yaw);
    const z2 = z1 * Math.cos(yaw) - x * Math.sin(yaw);
    return [
      x2 * Math.cos(roll) - y1 * Math.sin(roll),
      x2 * Math.sin(roll) + y1 * Math.cos(roll),
      z2,
    ];
  };
  return [turned([1, 0, 0]), turned([0, 1, 0])];
}

const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
