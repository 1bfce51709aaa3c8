import type { Point } from './curves.ts';

/**
 * Face coordinates: x towards the subject's left (the viewer's right), y down, z towards the viewer;
 * the origin lies between eyes and mouth, the unit is a pixel of a 96-pixel picture at mean size.
 */
export type Point3 = readonly [number, number, number];

/** How a face is turned and where in the picture it stands. */
export interface Pose {
  /** Half-angle tangents, t = tan(angle / 2): they give sine and cosine by arithmetic alone. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** 1 is mean size. */
  readonly size: number;
  /** Where the origin of the face lies, in pixels of a 96-pixel picture. */
  readonly middle: Point;
}

/** The head as an ellipsoid; features lie on its skin. */
const HEAD = { middleY: 4, radiusX: 42, radiusY: 56, radiusZ: 42 };
/** Turning leaves this depth in place, as the crop of a photograph follows the features. */
const PIVOT_Z = 36;

/** Sine and cosine of the angle whose half has the tangent t. */
const turn = (t: number): { sine: number; cosine: number } => ({
  sine: (2 * t) / (1 + t * t),
  cosine: (1 - t * t) / (1 + t * t),
});

/** Depth of the skin at a point of the face. */
export function skinDepth(x: number, y: number): number {
  const [u, v] = [x / HEAD.radiusX, (y - HEAD.middleY) / HEAD.radiusY];
  return HEAD.radiusZ * Math.sqrt(Math.max(1 - u * u - v * v, 0.04));
}

/** A pose ready to map points into a picture. */
export interface Projection {
  /** A point of the face in pixels of the picture. */
  project(point: Point3): Point;
  /** Points on the skin, or `lift` above it, in pixels. */
  onSkin(points: readonly Point[], lift?: number): Point[];
  /** Points of a plane at depth z, in pixels. */
  atDepth(points: readonly Point[], z: number): Point[];
  /** The plane at the pivot's depth from a pixel: undoes position, size and roll, not yaw and pitch. */
  unproject(x: number, y: number): Point;
}

/**
 * The map of a pose: rotation about a pivot behind the nose (yaw, then pitch, then roll), size, shift.
 *
 * @param side width of the picture in pixels
 * @example
 * projection({ yaw: 0, pitch: 0, roll: 0, size: 1, middle: [48, 48] }, 96).project([0, 0, 36]); // [48, 48]
 */
export function projection(pose: Pose, side: number): Projection {
  const [yaw, pitch, roll] = [turn(pose.yaw), turn(pose.pitch), turn(pose.roll)];
  const pixels = side / 96;
  const scale = pose.size * pixels;
  const [middleX, middleY] = [pose.middle[0] * pixels, pose.middle[1] * pixels];
  const project = ([x, y, z]: Point3): Point => {
    const turnedX = yaw.cosine * x + yaw.sine * (z - PIVOT_Z);
    const depth = yaw.cosine * (z - PIVOT_Z) - yaw.sine * x;
    const turnedY = pitch.cosine * y - pitch.sine * depth;
    return [
      middleX + scale * (roll.cosine * turnedX - roll.sine * turnedY),
      middleY + scale * (roll.sine * turnedX + roll.cosine * turnedY),
    ];
  };
  return {
    project,
    onSkin: (points, lift = 0) => points.map(([x, y]) => project([x, y, skinDepth(x, y) + lift])),
    atDepth: (points, z) => points.map(([x, y]) => project([x, y, z])),
    unproject(x, y) {
      const [dx, dy] = [(x - middleX) / scale, (y - middleY) / scale];
      return [roll.cosine * dx + roll.sine * dy, roll.cosine * dy - roll.sine * dx];
    },
  };
}
