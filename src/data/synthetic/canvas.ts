import type { Point } from './curves.ts';

/** Which part of each pixel of a rectangle lies inside an outline. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Covered share of each pixel in [0, 1], row-major. */
  readonly coverage: Float64Array;
}

/** A grey value worked out from a pixel's middle and from what lies below. */
export type Shader = (x: number, y: number, below: number) => number;
/** One grey value (0 black, 1 white), or one for each pixel. */
export type Shade = number | Shader;

/** A shade that keeps this share of the light: below 1 a shadow, above 1 a highlight. */
export const times =
  (share: number): Shader =>
  (_x, _y, below) =>
    below * share;

/** A square grey picture to paint on, in pixels, (0, 0) the top left corner of the top left pixel. */
export class Canvas {
  readonly side: number;
  /** Grey values, row-major. */
  grey: Float64Array;

  constructor(side: number) {
    this.side = side;
    this.grey = new Float64Array(side * side);
  }

  /** Paints every pixel. */
  background(shade: (x: number, y: number) => number): void {
    for (let y = 0; y < this.side; y++) {
      for (let x = 0; x < this.side; x++) this.grey[y * this.side + x] = shade(x + 0.5, y + 0.5);
    }
  }

  /** Paints the inside of a polygon. */
  fill(outline: readonly Point[], shade: Shade, opacity = 1): void {
    this.paint(this.region(outline), shade, opacity);
  }

  /** Paints a region; `within` limits it to another. */
  paint(region: Region, shade: Shade, opacity = 1, within?: Region): void {
    for (let row = 0; row < region.height; row++) {
      for (let column = 0; column < region.width; column++) {
        let share = region.coverage[row * region.width + column]! * opacity;
        if (share === 0) continue;
        const x = region.left + column;
        const y = region.top + row;
        if (within) share *= coverageAt(within, x, y);
        this.blend(x, y, shade, share);
      }
    }
  }

  /**
   * Paints a soft ellipse that fades from its middle to its rim.
   *
   * @param middle in pixels
   * @param alongX from the middle to the rim, one half-axis as a vector
   * @param alongY the other half-axis
   */
  glow(middle: Point, alongX: Point, alongY: Point, shade: Shade, opacity: number): void {
    const determinant = alongX[0] * alongY[1] - alongX[1] * alongY[0];
    const reachX = Math.sqrt(alongX[0] * alongX[0] + alongY[0] * alongY[0]);
    const reachY = Math.sqrt(alongX[1] * alongX[1] + alongY[1] * alongY[1]);
    const [left, right] = this.span(middle[0] - reachX, middle[0] + reachX);
    const [top, bottom] = this.span(middle[1] - reachY, middle[1] + reachY);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const dx = x + 0.5 - middle[0];
        const dy = y + 0.5 - middle[1];
        const u = (dx * alongY[1] - dy * alongY[0]) / determinant;
        const v = (dy * alongX[0] - dx * alongX[1]) / determinant;
        const rest = 1 - u * u - v * v;
        if (rest > 0) this.blend(x, y, shade, opacity * rest * rest);
      }
    }
  }

  /**
   * The exact area of every pixel inside a polygon (its absolute winding number, at most 1).
   *
   * Each edge adds its signed height to the pixels it passes, shared between the pixel and its right
   * neighbour by the edge's distance; the running sum of a row then is the covered area.
   */
  region(outline: readonly Point[]): Region {
    let [minX, maxX, minY, maxY] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, y] of outline) {
      minX = Math.min(minX, x);
      maxX = Math.max(maxX, x);
      minY = Math.min(minY, y);
      maxY = Math.max(maxY, y);
    }
    const [left, right] = this.span(minX, maxX);
    const [top, bottom] = this.span(minY, maxY);
    const [width, height] = [right - left, bottom - top];
    const coverage = new Float64Array(width * height);
    const region = { left, top, width, height, coverage };
    outline.forEach((start, i) => {
      addEdge(region, start, outline[(i + 1) % outline.length]!);
    });
    for (let row = 0; row < height; row++) {
      let sum = 0;
      for (let i = row * width; i < (row + 1) * width; i++) {
        sum += coverage[i]!;
        coverage[i] = Math.min(Math.abs(sum), 1);
      }
    }
    return region;
  }

  /** Softens the picture: each pixel takes the share `amount` (0 to 1/3) from every neighbour in turn. */
  blur(amount: number): void {
    this.blurAlong(1, this.side, amount);
    this.blurAlong(this.side, 1, amount);
  }

  private blurAlong(step: number, line: number, amount: number): void {
    const { side, grey } = this;
    const soft = new Float64Array(grey.length);
    for (let i = 0; i < side; i++) {
      for (let j = 0; j < side; j++) {
        const here = i * line + j * step;
        const before = grey[j === 0 ? here : here - step]!;
        const after = grey[j === side - 1 ? here : here + step]!;
        soft[here] = grey[here]! * (1 - 2 * amount) + (before + after) * amount;
      }
    }
    this.grey = soft;
  }

  private blend(x: number, y: number, shade: Shade, share: number): void {
    const index = y * this.side + x;
    const below = this.grey[index]!;
    const value = typeof shade === 'number' ? shade : shade(x + 0.5, y + 0.5, below);
    this.grey[index] = below + (value - below) * share;
  }

  /** The pixels that a stretch of numbers touches, cut off at the picture's edges. */
  private span(low: number, high: number): [number, number] {
    const start = Math.min(Math.max(Math.floor(low), 0), this.side);
    return [start, Math.min(Math.max(Math.floor(high) + 1, start), this.side)];
  }
}

function coverageAt(region: Region, x: number, y: number): number {
  const column = x - region.left;
  const row = y - region.top;
  if (column < 0 || row < 0 || column >= region.width || row >= region.height) return 0;
  return region.coverage[row * region.width + column]!;
}

function addEdge({ left, top, width, height, coverage }: Region, from: Point, to: Point): void {
  const direction = to[1] > from[1] ? 1 : -1;
  const [upper, lower] = direction === 1 ? [from, to] : [to, from];
  const slope = (lower[0] - upper[0]) / (lower[1] - upper[1]);
  const first = Math.max(Math.floor(upper[1]), top);
  const end = Math.min(lower[1], top + height);
  for (let y = first; y < end; y++) {
    const y0 = Math.max(y, upper[1]);
    const y1 = Math.min(y + 1, lower[1]);
    if (y1 <= y0) continue;
    const x0 = upper[0] + (y0 - upper[1]) * slope - left;
    const x1 = upper[0] + (y1 - upper[1]) * slope - left;
    addSpan(
      coverage,
      (y - top) * width,
      width,
      Math.min(x0, x1),
      Math.max(x0, x1),
      direction * (y1 - y0),
    );
  }
}

/** Adds a piece of an edge inside one row of pixels, from x0 to x1, that is `rise` high. */
function addSpan(
  coverage: Float64Array,
  row: number,
  width: number,
  x0: number,
  x1: number,
  rise: number,
): void {
  const last = Math.min(Math.floor(x1), width - 1);
  for (let column = Math.floor(x0); column <= last; column++) {
    const start = Math.max(x0, column);
    const stop = Math.min(x1, column + 1);
    const part = x1 > x0 ? rise * ((stop - start) / (x1 - x0)) : rise;
    if (column < 0) {
      coverage[row]! += part;
      continue;
    }
    const right = part * ((start + stop) / 2 - column);
    coverage[row + column]! += part - right;
    if (column + 1 < width) coverage[row + column + 1]! += right;
  }
}
