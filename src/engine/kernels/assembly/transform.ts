import { MOST_BOXES } from '../augmentation-constants';
import { settle } from './elastic';

/**
 * Where a row's picture goes: a point p is seen at matrix p + shift, in coordinates from -1 to 1, before
 * the picture is bent. `MOST_BOXES` boxes follow it.
 */
@unmanaged
export class RowTransform {
  xx: f64;
  xy: f64;
  yx: f64;
  yy: f64;
  x: f64;
  y: f64;
  /** Added to every pixel, of white = 1. */
  channelShift: f64;
  /** Of the tones, see `tone.ts`; 1 for none. */
  contrast: f64;
  brightness: f64;
  gamma: f64;
  /** Standard deviation of the noise, of white = 1, and the key of its random numbers. */
  noise: f64;
  noiseKey: f64;
  /** How far the picture is bent, as a share of its side, and the key of that. */
  elastic: f64;
  elasticKey: f64;

  /** Whether the picture is seen as it is or in a mirror, so that no pixel need be computed. */
  isFlip(): bool {
    if (this.isToned() || this.elastic != 0) return false;
    return abs(this.xx) == 1 && this.xy == 0 && this.yx == 0 && abs(this.yy) == 1 && this.x == 0 && this.y == 0;
  }

  isToned(): bool {
    return this.contrast != 1 || this.brightness != 1 || this.gamma != 1;
  }

  // @ts-ignore: decorator
  @inline
  get determinant(): f64 {
    return this.xx * this.yy - this.xy * this.yx;
  }
}

/** A part of the picture that is cut out, in coordinates from -1 to 1; nothing where it is empty. */
@unmanaged
export class Box {
  left: f64;
  top: f64;
  right: f64;
  bottom: f64;
  /** What is seen instead, of white = 1; below 0 the picture's mean. */
  grey: f64;
}

export const TRANSFORM_BYTES: usize = offsetof<RowTransform>() + MOST_BOXES * offsetof<Box>();

// @ts-ignore: decorator
@inline
export function boxOf(t: RowTransform, i: i32): Box {
  return changetype<Box>(changetype<usize>(t) + offsetof<RowTransform>() + <usize>i * offsetof<Box>());
}

/**
 * Keypoints where the picture shows them; in a mirror, partners change names. A coordinate that is
 * missing (NaN) makes those missing that depend on it.
 *
 * @param onlyInside whether points outside the picture become missing
 * @param bend how the picture is bent, if it is (`elastic.ts`)
 */
export function moveTargets(
  source: usize, target: usize, points: i32, partners: usize, onlyInside: bool, t: RowTransform, bend: usize,
): void {
  const mirrored = partners != 0 && t.determinant < 0;
  for (let point = 0; point < points; point++) {
    const other = mirrored ? load<u32>(partners + (<usize>point << 2)) : point;
    const from = source + (<usize>other << 3);
    const x = <f64>load<f32>(from);
    const y = <f64>load<f32>(from, 4);
    const to = target + (<usize>point << 3);
    let seenX = t.xx * x + (t.xy == 0 ? 0 : t.xy * y) + t.x;
    let seenY = t.yy * y + (t.yx == 0 ? 0 : t.yx * x) + t.y;
    if (t.elastic != 0) {
      const settled = settle(bend, seenX, seenY);
      seenX = settled.x;
      seenY = settled.y;
    }
    if (onlyInside && !(abs(seenX) <= 1 && abs(seenY) <= 1)) seenX = seenY = NaN;
    store<f32>(to, <f32>seenX);
    store<f32>(to, <f32>seenY, 4);
  }
}
