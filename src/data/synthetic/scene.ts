import type { RandomStream } from '../../random.ts';
import type { Canvas, Shade, Shader } from './canvas.ts';
import { closedCurve, mirrored, type Point } from './curves.ts';
import type { Landmarks } from './landmarks.ts';
import { type Projection, skinDepth } from './pose.ts';
import type { Traits } from './traits.ts';

/** Everything that the parts of a face need to draw themselves. */
export interface Scene {
  readonly canvas: Canvas;
  readonly traits: Traits;
  readonly landmarks: Landmarks;
  readonly view: Projection;
  readonly random: RandomStream;
  /** How bright a matt surface of the head with this reflectance is at a pixel. */
  readonly light: (reflectance: number) => Shader;
  /** A smooth random pattern in [-1, 1) over the picture's pixels. */
  readonly grain: (x: number, y: number) => number;
  /** A soft ellipse on the skin, middle and half-axes in face units. */
  readonly glow: (
    middle: Point,
    radiusX: number,
    radiusY: number,
    shade: Shade,
    opacity: number,
  ) => void;
}

export const SIDES = [1, -1] as const;
/** Depth of the head's outline, of the ears and of what lies behind the head, in face units. */
export const RIM = 12;
export const EARS = 0;
export const BEHIND = -12;

/** An outline from its half on the subject's left, top to bottom. */
export const symmetric = (half: readonly Point[]): Point[] =>
  closedCurve([...half, ...mirrored(half, -1).reverse()]);

/** Lambert's law on an ellipsoid somewhat larger than the face, so that its rim is not black. */
export function lighting({ light }: Traits, view: Projection): Scene['light'] {
  const towards = 1 / Math.sqrt(1 + light.x * light.x + light.y * light.y);
  const [originX, originY] = view.unproject(0, 0);
  const [rightX, rightY] = view.unproject(1, 0);
  const [stepX, stepY] = [rightX - originX, rightY - originY];
  return (reflectance) => (x, y) => {
    const u = (originX + x * stepX - y * stepY) / 46;
    const v = (originY + x * stepY + y * stepX + 2) / 62;
    const depth = Math.sqrt(Math.max(1 - u * u - v * v, 0));
    const facing = Math.max((u * light.x + v * light.y + depth) * towards, 0);
    return reflectance * (light.ambient + (1.05 - light.ambient) * facing);
  };
}

/** Bilinear noise over a lattice of `cells` cells. */
export function grainOf(random: () => number, side: number, cells = 32): Scene['grain'] {
  const stride = cells + 2;
  const lattice = new Float64Array(stride * stride).map(() => random() * 2 - 1);
  return (x, y) => {
    const column = Math.floor((x / side) * cells);
    const row = Math.floor((y / side) * cells);
    const right = (x / side) * cells - column;
    const down = (y / side) * cells - row;
    const i = row * stride + column;
    const upper = lattice[i]! * (1 - right) + lattice[i + 1]! * right;
    const lower = lattice[i + stride]! * (1 - right) + lattice[i + stride + 1]! * right;
    return upper * (1 - down) + lower * down;
  };
}

/** Soft ellipses that lie on the skin of a pose. */
export const skinGlow =
  (canvas: Canvas, view: Projection): Scene['glow'] =>
  ([x, y], radiusX, radiusY, shade, opacity) => {
    const z = skinDepth(x, y);
    const middle = view.project([x, y, z]);
    const axis = (end: Point): Point => [end[0] - middle[0], end[1] - middle[1]];
    const alongX = axis(view.project([x + radiusX, y, z]));
    const alongY = axis(view.project([x, y + radiusY, z]));
    canvas.glow(middle, alongX, alongY, shade, opacity);
  };
