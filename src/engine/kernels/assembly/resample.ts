import { CELLS } from '../augmentation-constants';
import { FillMode } from '../opcodes';
import { Course } from './course';
import { bentLine, KNOTS } from './elastic';
import { MapLayout } from './step';
import { RowTransform } from './transform';

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
 * @param bend how the picture is bent, if it is (`elastic.ts`)
 * @param scratch room for two courses
 */
export function resample<T>(
  source: usize, tones: usize, input: MapLayout, image: i32, t: RowTransform, bend: usize, fill: Fill, scratch: usize,
): void {
  const columns = changetype<Course>(scratch);
  const lines = changetype<Course>(scratch + offsetof<Course>());
  const width = input.width;
  const height = input.height;
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
  for (let y = 0; y < height; y++) {
    const down = <f64>y + firstDown;
    const column = xx * firstRight + xy * down + halfWidth - 0.5;
    const line = yx * firstRight + yy * down + halfHeight - 0.5;
    let target = input.row(image, y);
    if (t.elastic == 0) {
      columns.go(column, xx);
      lines.go(line, yx);
      walk<T>(source, tones, input, target, width, columns, lines, fill);
      continue;
    }
    const knots = bentLine(bend, (<f64>y + 0.5) / halfHeight - 1);
    for (let knot = 0; knot < KNOTS; knot++) {
      const at = knots + (<usize>knot << 4);
      const right = load<f64>(at) * halfWidth, below = load<f64>(at, 8) * halfHeight;
      store<f64>(at, xx * right + xy * below);
      store<f64>(at, yx * right + yy * below, 8);
    }
    const share = CELLS / <f64>width;
    let first = 0;
    for (let cell = 0; cell < CELLS; cell++) {
      // The first pixel whose centre lies beyond the cell.
      const end = cell + 1 < CELLS ? <i32>ceil(<f64>(cell + 1) / share - 0.5) : width;
      const place = (<f64>first + 0.5) * share - <f64>cell;
      columns.bend(column + xx * <f64>first, xx, knots + (<usize>cell << 4), place, share);
      lines.bend(line + yx * <f64>first, yx, knots + (<usize>cell << 4) + 8, place, share);
      walk<T>(source, tones, input, target, end - first, columns, lines, fill);
      target += <usize>((end - first) * input.channels) << 2;
      first = end;
    }
  }
}

/** Pixels of a line, traced back along two courses. */
function walk<T>(
  source: usize, tones: usize, input: MapLayout, target: usize, count: i32, columns: Course, lines: Course, fill: Fill,
): void {
  const width = input.width;
  const height = input.height;
  const channels = input.channels;
  const lastColumn = <u32>(width - 1);
  const lastLine = <u32>(height - 1);
  let column = columns.place, columnStep = columns.step, columnTurn = columns.turn;
  let line = lines.place, lineStep = lines.step, lineTurn = lines.turn;
  const columnTwist = columns.twist, lineTwist = lines.twist;
  for (let i = 0; i < count; i++) {
    const x0 = whole(column);
    const y0 = whole(line);
    const shareRight = fraction(column);
    const shareBelow = fraction(line);
    column += columnStep;
    columnStep += columnTurn;
    columnTurn += columnTwist;
    line += lineStep;
    lineStep += lineTurn;
    lineTurn += lineTwist;
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

/** The pixel at an address, once its tone is changed. */
// @ts-ignore: decorator
@inline
function brightness<T>(at: usize, tones: usize): f32 {
  return sizeof<T>() == 1 ? load<f32>(tones + (<usize>load<u8>(at) << 2)) : load<f32>(at);
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
