import { exponential } from './exponential';
import { multiplyAdd } from './simd';
import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class SoftArgmaxArguments {
  input: MapLayout;
  /** A vector: x and y of the first map, of the second, … */
  output: MapLayout;
  /** Or 0 where nothing before needs it. */
  inputGradient: MapLayout;
  outputGradient: MapLayout;
  /** What each pixel weighs in its map, [image][y][x][padded channels], and 1 / their sum, [image][padded channels]. */
  weights: usize;
  shares: usize;
  /** Factor of the values. */
  beta: f32;

  // @ts-ignore: decorator
  @inline
  get paddedPixel(): usize {
    return <usize>((this.input.channels + 3) & -4) << 2;
  }

  // @ts-ignore: decorator
  @inline
  line(image: i32, y: i32): usize {
    return this.weights + <usize>((image * this.input.height + y) * this.input.width) * this.paddedPixel;
  }
}

/** Centre of a pixel in [-1, 1]: (2 i + 1) / count - 1. */
// @ts-ignore: decorator
@inline
function centre(i: i32, share: f32): f32 {
  return <f32>((i << 1) + 1) * share - 1;
}

/**
 * The mean place of each map, four maps at a time. Where they are fewer, the values of the pixel that
 * follows are computed too and not used.
 */
export function softArgmax(a: SoftArgmaxArguments, step: Step): void {
  const input = a.input;
  const pixel = <usize>input.channels << 2;
  const padded = a.paddedPixel;
  const beta = f32x4.splat(a.beta);
  const columnShare = <f32>1 / <f32>input.width;
  const lineShare = <f32>1 / <f32>input.height;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    for (let c = 0; c < input.channels; c += 4) {
      const from = <usize>c << 2;
      let most = v128.load(input.row(image, 0) + from);
      for (let y = 0; y < input.height; y++) {
        let value = input.row(image, y) + from;
        for (let x = 0; x < input.width; x++, value += pixel) most = f32x4.pmax(most, v128.load(value));
      }
      let sum = f32x4.splat(0), sumX = sum, sumY = sum;
      for (let y = 0; y < input.height; y++) {
        let value = input.row(image, y) + from;
        let weight = a.line(image, y) + from;
        let line = f32x4.splat(0), lineX = line;
        for (let x = 0; x < input.width; x++, value += pixel, weight += padded) {
          const e = exponential(f32x4.mul(beta, f32x4.sub(v128.load(value), most)));
          v128.store(weight, e);
          line = f32x4.add(line, e);
          lineX = multiplyAdd(e, f32x4.splat(centre(x, columnShare)), lineX);
        }
        sum = f32x4.add(sum, line);
        sumX = f32x4.add(sumX, lineX);
        sumY = multiplyAdd(line, f32x4.splat(centre(y, lineShare)), sumY);
      }
      const share = f32x4.div(f32x4.splat(1), sum);
      v128.store(a.shares + <usize>image * padded + from, share);
      putPairs(a.output.row(image, 0) + (from << 1), f32x4.mul(sumX, share), f32x4.mul(sumY, share), input.channels - c);
    }
  }
}

/** Writes x and y of up to four maps. */
function putPairs(target: usize, x: v128, y: v128, count: i32): void {
  v128.store64_lane(target, v128.shuffle<i32>(x, y, 0, 4, 1, 5), 0);
  if (count > 1) v128.store64_lane(target + 8, v128.shuffle<i32>(x, y, 0, 4, 1, 5), 1);
  if (count > 2) v128.store64_lane(target + 16, v128.shuffle<i32>(x, y, 2, 6, 3, 7), 0);
  if (count > 3) v128.store64_lane(target + 24, v128.shuffle<i32>(x, y, 2, 6, 3, 7), 1);
}

/** With p the share of a pixel in its map: dX = beta p (gx (x - mean x) + gy (y - mean y)). */
export function softArgmaxBackward(a: SoftArgmaxArguments, step: Step): void {
  const target = a.inputGradient;
  const pixel = <usize>target.channels << 2;
  const padded = a.paddedPixel;
  const columnShare = <f32>1 / <f32>target.width;
  const lineShare = <f32>1 / <f32>target.height;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    for (let c = 0; c < target.channels; c += 4) {
      const from = <usize>c << 2;
      const count = target.channels - c;
      const means = a.output.row(image, 0) + (from << 1);
      const gradients = a.outputGradient.row(image, 0) + (from << 1);
      const m0 = v128.load(means), m1 = v128.load(means, 16);
      const g0 = v128.load(gradients), g1 = v128.load(gradients, 16);
      const meanX = v128.shuffle<i32>(m0, m1, 0, 2, 4, 6), meanY = v128.shuffle<i32>(m0, m1, 1, 3, 5, 7);
      const factor = f32x4.mul(v128.load(a.shares + <usize>image * padded + from), f32x4.splat(a.beta));
      const gx = f32x4.mul(factor, v128.shuffle<i32>(g0, g1, 0, 2, 4, 6));
      const gy = f32x4.mul(factor, v128.shuffle<i32>(g0, g1, 1, 3, 5, 7));
      for (let y = 0; y < target.height; y++) {
        const below = f32x4.mul(gy, f32x4.sub(f32x4.splat(centre(y, lineShare)), meanY));
        let to = target.row(image, y) + from;
        let weight = a.line(image, y) + from;
        for (let x = 0; x < target.width; x++, to += pixel, weight += padded) {
          const slope = multiplyAdd(gx, f32x4.sub(f32x4.splat(centre(x, columnShare)), meanX), below);
          put(to, f32x4.mul(v128.load(weight), slope), count);
        }
      }
    }
  }
}

/** Writes up to four values. */
// @ts-ignore: decorator
@inline
function put(target: usize, values: v128, count: i32): void {
  if (count >= 4) {
    v128.store(target, values);
    return;
  }
  v128.store32_lane(target, values, 0);
  if (count > 1) v128.store32_lane(target + 4, values, 1);
  if (count > 2) v128.store32_lane(target + 8, values, 2);
}
