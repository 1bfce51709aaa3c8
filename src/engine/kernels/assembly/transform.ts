import { FillMode } from '../opcodes';
import { MapLayout } from './step';

/** Where a row's picture goes: a point p is seen at matrix p + shift, in coordinates from -1 to 1. */
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

  /** Whether the picture is seen as it is or in a mirror, so that no pixel need be computed. */
  isFlip(): bool {
    if (this.isToned()) return false;
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

/** What stands beyond a picture's edge. */
@unmanaged
export class Fill {
  mode: i32;
  /** For `Constant`, of white = 1. */
  value: f32;
}

/** The brightest value of a picture's numbers. */
// @ts-ignore: decorator
@inline
export function white<T>(): f32 {
  return sizeof<T>() == 1 ? 255 : 1;
}

/**
 * A picture seen through a transform. Each pixel's centre is traced back to a place in the picture,
 * where the four pixels around it are mixed by their distance.
 *
 * @param tones what each byte becomes, of white = 255; floats are taken as they are
 */
export function resample<T>(
  source: usize, tones: usize, input: MapLayout, image: i32, t: RowTransform, fill: Fill,
): void {
  const width = input.width;
  const height = input.height;
  const channels = input.channels;
  const lastColumn = <u32>(width - 1);
  const lastLine = <u32>(height - 1);
  // From here on coordinates are pixels, from the centre.
  const halfWidth = 0.5 * <f64>width;
  const halfHeight = 0.5 * <f64>height;
  const determinant = t.determinant;
  const xx = t.yy / determinant;
  const xy = (-t.xy / determinant) * (halfWidth / halfHeight);
  const yx = (-t.yx / determinant) * (halfHeight / halfWidth);
  const yy = t.xx / determinant;
  const firstRight = 0.5 - halfWidth - t.x * halfWidth;
  const firstDown = 0.5 - halfHeight - t.y * halfHeight;
  const columnStep = fixed(xx);
  const lineStep = fixed(yx);
  for (let y = 0; y < height; y++) {
    const down = <f64>y + firstDown;
    let column = fixed(xx * firstRight + xy * down + halfWidth - 0.5);
    let line = fixed(yx * firstRight + yy * down + halfHeight - 0.5);
    let target = input.row(image, y);
    for (let x = 0; x < width; x++) {
      const x0 = whole(column);
      const y0 = whole(line);
      const shareRight = fraction(column);
      const shareBelow = fraction(line);
      column += columnStep;
      line += lineStep;
      const inside = <u32>x0 < lastColumn && <u32>y0 < lastLine;
      for (let channel = 0; channel < channels; channel++) {
        const plane = source + <usize>(channel * height * width) * sizeof<T>();
        let a: f32, b: f32, c: f32, d: f32;
        if (inside) {
          const at = plane + <usize>(y0 * width + x0) * sizeof<T>();
          const below = at + <usize>width * sizeof<T>();
          a = brightness<T>(at, tones);
          b = brightness<T>(at + sizeof<T>(), tones);
          c = brightness<T>(below, tones);
          d = brightness<T>(below + sizeof<T>(), tones);
        } else {
          a = pixel<T>(plane, x0, y0, width, height, fill, tones);
          b = pixel<T>(plane, x0 + 1, y0, width, height, fill, tones);
          c = pixel<T>(plane, x0, y0 + 1, width, height, fill, tones);
          d = pixel<T>(plane, x0 + 1, y0 + 1, width, height, fill, tones);
        }
        const above = a + (b - a) * shareRight;
        const beneath = c + (d - c) * shareRight;
        store<f32>(target, (above + (beneath - above) * shareBelow) / white<T>());
        target += 4;
      }
    }
  }
}

/** The pixel at an address, once its tone is changed. */
// @ts-ignore: decorator
@inline
function brightness<T>(at: usize, tones: usize): f32 {
  return sizeof<T>() == 1 ? load<f32>(tones + (<usize>load<u8>(at) << 2)) : load<f32>(at);
}

/** A coordinate as a whole number of 2^-32 pixels: sums are exact, and its whole part costs nothing. */
// @ts-ignore: decorator
@inline
function fixed(coordinate: f64): i64 {
  return <i64>(coordinate * 4294967296);
}

/** The pixel to the left of a coordinate, or above it. */
// @ts-ignore: decorator
@inline
function whole(coordinate: i64): i32 {
  return <i32>(coordinate >> 32);
}

/** How far it lies beyond that pixel's centre. */
// @ts-ignore: decorator
@inline
function fraction(coordinate: i64): f32 {
  return <f32>(coordinate & 0xffffffff) * <f32>(1.0 / 4294967296);
}

/** A pixel of a picture that goes on beyond its edge. */
function pixel<T>(plane: usize, x: i32, y: i32, width: i32, height: i32, fill: Fill, tones: usize): f32 {
  const column = place(x, width, fill.mode);
  const line = place(y, height, fill.mode);
  if (column < 0 || line < 0) return fill.value * white<T>();
  return brightness<T>(plane + <usize>(line * width + column) * sizeof<T>(), tones);
}

/** The index within a line of `length` pixels whose value stands at an index beyond it; -1 for none. */
function place(index: i32, length: i32, mode: i32): i32 {
  if (index >= 0 && index < length) return index;
  switch (mode) {
    case FillMode.Nearest:
      return index < 0 ? 0 : length - 1;
    case FillMode.Reflect: {
      const again = modulo(index, 2 * length);
      return again < length ? again : 2 * length - 1 - again;
    }
    case FillMode.Wrap:
      return modulo(index, length);
    default:
      return -1;
  }
}

function modulo(index: i32, length: i32): i32 {
  const rest = index % length;
  return rest < 0 ? rest + length : rest;
}

/**
 * Keypoints where the picture shows them; in a mirror, partners change names. A coordinate that is
 * missing (NaN) makes those missing that depend on it.
 */
export function moveTargets(source: usize, target: usize, points: i32, partners: usize, t: RowTransform): void {
  const mirrored = partners != 0 && t.determinant < 0;
  for (let point = 0; point < points; point++) {
    const other = mirrored ? load<u32>(partners + (<usize>point << 2)) : point;
    const from = source + (<usize>other << 3);
    const x = <f64>load<f32>(from);
    const y = <f64>load<f32>(from, 4);
    const to = target + (<usize>point << 3);
    store<f32>(to, <f32>(t.xx * x + (t.xy == 0 ? 0 : t.xy * y) + t.x));
    store<f32>(to, <f32>(t.yy * y + (t.yx == 0 ? 0 : t.yx * x) + t.y), 4);
  }
}
