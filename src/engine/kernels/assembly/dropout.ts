import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class DropoutArguments {
  /** The same as `target` where it may be overwritten. */
  source: MapLayout;
  target: MapLayout;
  /** Number of the dropout layer, from 0. */
  layer: i32;
  rate: f32;
}

/**
 * Silences values at random and scales the others up. What is kept depends on the seed, the layer, the
 * step, the row and the unit alone (units counted over channel, y, x), so the way back draws the same
 * mask again instead of keeping it.
 */
export function dropout(a: DropoutArguments, step: Step): void {
  const layout = a.target;
  const seed = load<u32>(step.dropoutKeys);
  const key = load<u32>(step.dropoutKeys + 4 + (<usize>a.layer << 2));
  const area = layout.height * layout.width;
  const units = area * layout.channels;
  // Neighbours in memory are units an area apart, or the next one in a vector.
  const isVector = layout.channels == 1;
  const inner = isVector ? layout.width : layout.channels;
  const outer = isVector ? 1 : layout.width;
  const stride = isVector ? 1 : area;
  const lanes = i32x4.replace_lane(
    i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(0), 1, stride), 2, 2 * stride), 3, 3 * stride,
  );
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    for (let y = 0; y < layout.height; y++) {
      let from = a.source.row(image, y);
      let to = layout.row(image, y);
      for (let x = 0; x < outer; x++) {
        const first = image * units + y * layout.width + x;
        let i = 0;
        for (; i + 4 <= inner; i += 4) {
          const index = i32x4.add(i32x4.splat(first + i * stride), lanes);
          v128.store(to, dropped(seed, key, index, v128.load(from), a.rate));
          from += 16;
          to += 16;
        }
        for (; i < inner; i++) {
          const kept = dropped(seed, key, i32x4.splat(first + i * stride), f32x4.splat(load<f32>(from)), a.rate);
          store<f32>(to, f32x4.extract_lane(kept, 0));
          from += 4;
          to += 4;
        }
      }
    }
  }
}

/** Four values, each zero where its uniform number lies below the rate, else larger by 1 / (1 - rate). */
// @ts-ignore: decorator
@inline
function dropped(seed: u32, key: u32, index: v128, values: v128, rate: f32): v128 {
  const uniform = f32x4.mul(
    f32x4.convert_i32x4_u(i32x4.shr_u(threefry(seed, key, index), 8)), f32x4.splat(<f32>(1.0 / 16777216.0)),
  );
  const scaled = f32x4.mul(values, f32x4.splat(<f32>1 / (<f32>1 - rate)));
  return v128.andnot(scaled, f32x4.lt(uniform, f32x4.splat(rate)));
}

const PARITY: u32 = 0x1bd11bda;

// @ts-ignore: decorator
@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/**
 * The first words of Threefry-2x32 with 20 rounds at four counters: `bits(index)` of `random.ts` in
 * TypeScript for four indices at once.
 */
function threefry(key0: u32, key1: u32, index: v128): v128 {
  const k0 = i32x4.splat(key0), k1 = i32x4.splat(key1);
  const k2 = i32x4.splat(key0 ^ key1 ^ PARITY);
  let x = i32x4.add(index, k0);
  let y = k1;
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 13), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 15), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 26), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 6), x);
  x = i32x4.add(x, k1);
  y = i32x4.add(y, i32x4.add(k2, i32x4.splat(1)));
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 17), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 29), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 16), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 24), x);
  x = i32x4.add(x, k2);
  y = i32x4.add(y, i32x4.add(k0, i32x4.splat(2)));
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 13), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 15), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 26), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 6), x);
  x = i32x4.add(x, k0);
  y = i32x4.add(y, i32x4.add(k1, i32x4.splat(3)));
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 17), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 29), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 16), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 24), x);
  x = i32x4.add(x, k1);
  y = i32x4.add(y, i32x4.add(k2, i32x4.splat(4)));
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 13), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 15), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 26), x);
  x = i32x4.add(x, y); y = v128.xor(rotate(y, 6), x);
  x = i32x4.add(x, k2);
  return x;
}
