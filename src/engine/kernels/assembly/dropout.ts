import { MapLayout, Step } from './step';
import { claim } from './team';
import { threefry4 } from './threefry';

@unmanaged
export class DropoutArguments {
  /** The same as `target` where it may be overwritten. */
  source: MapLayout;
  target: MapLayout;
  /** Codes of the convolution that made the values (see there), in which 255 is to say what was silenced; or 0. */
  codes: usize;
  /** Number of the dropout layer, from 0. */
  layer: i32;
  /** What is kept: values whose 16 random bits are at least this number. */
  threshold: i32;
  /** Factor of what is kept. */
  scale: f32;
}

/**
 * Silences values at random and scales the others up: target[i] = bits[i] >= threshold ? source[i] * scale : 0.
 *
 * The bits depend on the seed, the layer, the step, the row and the unit alone, as `reference/dropout.ts`
 * says, so they can be drawn again instead of being kept. Four neighbours in memory share one number of
 * Threefry; a vector of four such numbers serves a tile of sixteen values.
 */
export function dropout(a: DropoutArguments, step: Step, scratch: usize): void {
  const layout = a.target;
  // Groups of four end with the channels of a place, or where these are whole groups, with the line.
  const endWithLine = (layout.channels & 3) == 0 || layout.channels == 1;
  const runs = endWithLine ? 1 : layout.width;
  const run = endWithLine ? layout.width * layout.channels : layout.channels;
  const groups = (run + 3) >> 2;
  const runBytes = <usize>run << 2;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    let first = image * layout.height * runs;
    for (let y = 0; y < layout.height; y++) {
      let from = a.source.row(image, y);
      let to = layout.row(image, y);
      for (let i = 0; i < runs; i++) {
        const codes = a.codes ? a.codes + <usize>first * <usize>run : 0;
        dropRun(a, step, first * groups, from, to, codes, run, scratch);
        first++;
        from += runBytes;
        to += runBytes;
      }
    }
  }
}

/** Values that lie in order, of which the first one begins a group with the given number. */
function dropRun(
  a: DropoutArguments, step: Step, group: i32, from: usize, to: usize, codes: usize, count: i32, scratch: usize,
): void {
  const key0 = load<u32>(step.dropoutKeys);
  const key1 = load<u32>(step.dropoutKeys + 4 + (<usize>a.layer << 2));
  const threshold = i16x8.splat(<i16>a.threshold);
  const scale = f32x4.splat(a.scale);
  for (; count > 0; count -= 16) {
    threefry4(key0, key1, group, scratch + 64);
    const kept0 = i16x8.ge_u(v128.load(scratch, 64), threshold);
    const kept1 = i16x8.ge_u(v128.load(scratch, 80), threshold);
    if (count >= 16) {
      put(from, to, kept0, kept1, scale);
      if (codes) putCodes(codes, codes, kept0, kept1);
    } else {
      // What lies behind the run is read, but not written.
      put(from, scratch, kept0, kept1, scale);
      memory.copy(to, scratch, <usize>count << 2);
      if (codes) {
        putCodes(codes, scratch, kept0, kept1);
        memory.copy(codes, scratch, count);
      }
    }
    group += 4;
    from += 64;
    to += 64;
    if (codes) codes += 16;
  }
}

/** Sixteen values, of which masks of 16 bits each say whether they are kept. */
// @ts-ignore: decorator
@inline
function put(from: usize, to: usize, kept0: v128, kept1: v128, scale: v128): void {
  v128.store(to, v128.and(f32x4.mul(v128.load(from), scale), i32x4.extend_low_i16x8_s(kept0)));
  v128.store(to, v128.and(f32x4.mul(v128.load(from, 16), scale), i32x4.extend_high_i16x8_s(kept0)), 16);
  v128.store(to, v128.and(f32x4.mul(v128.load(from, 32), scale), i32x4.extend_low_i16x8_s(kept1)), 32);
  v128.store(to, v128.and(f32x4.mul(v128.load(from, 48), scale), i32x4.extend_high_i16x8_s(kept1)), 48);
}

/** Their codes: 255 where a value is not kept. */
// @ts-ignore: decorator
@inline
function putCodes(from: usize, to: usize, kept0: v128, kept1: v128): void {
  v128.store(to, v128.or(v128.load(from), v128.not(i8x16.narrow_i16x8_s(kept0, kept1))));
}
