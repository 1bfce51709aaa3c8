import { multiplyAdd, sumLanes } from './simd';

/**
 * A list of what is not zero: pairs of words, the place of a vector in bytes from some base, and its
 * factor. Whatever a gradient passes through sparsely is such a list, and its product a weighted sum.
 */
export const ENTRY_BYTES: usize = 8;

/** Writes an entry. */
// @ts-ignore: decorator
@inline
export function putEntry(entry: usize, offset: i32, factor: f32): void {
  store<i32>(entry, offset);
  store<f32>(entry, factor, 4);
}

/**
 * target[i] += Σ over entries of factor * base[offset + i], 32 floats.
 *
 * Eight accumulators hide the latency of a multiply-add on machines that begin two in a cycle.
 */
export function addWeightedSum32(target: usize, base: usize, entry: usize, end: usize): void {
  let a0 = v128.load(target);
  let a1 = v128.load(target, 16);
  let a2 = v128.load(target, 32);
  let a3 = v128.load(target, 48);
  let a4 = v128.load(target, 64);
  let a5 = v128.load(target, 80);
  let a6 = v128.load(target, 96);
  let a7 = v128.load(target, 112);
  for (; entry < end; entry += ENTRY_BYTES) {
    const x = base + <usize>load<u32>(entry);
    const g = v128.load32_splat(entry, 4);
    a0 = multiplyAdd(g, v128.load(x), a0);
    a1 = multiplyAdd(g, v128.load(x, 16), a1);
    a2 = multiplyAdd(g, v128.load(x, 32), a2);
    a3 = multiplyAdd(g, v128.load(x, 48), a3);
    a4 = multiplyAdd(g, v128.load(x, 64), a4);
    a5 = multiplyAdd(g, v128.load(x, 80), a5);
    a6 = multiplyAdd(g, v128.load(x, 96), a6);
    a7 = multiplyAdd(g, v128.load(x, 112), a7);
  }
  v128.store(target, a0);
  v128.store(target, a1, 16);
  v128.store(target, a2, 32);
  v128.store(target, a3, 48);
  v128.store(target, a4, 64);
  v128.store(target, a5, 80);
  v128.store(target, a6, 96);
  v128.store(target, a7, 112);
}

/**
 * The same for 48 floats: with twelve accumulators an entry's own loads weigh less. It must keep two
 * callers: compiled into one, V8 moves all its loads before the first multiply-add and spills.
 */
export function addWeightedSum48(target: usize, base: usize, entry: usize, end: usize): void {
  let a0 = v128.load(target);
  let a1 = v128.load(target, 16);
  let a2 = v128.load(target, 32);
  let a3 = v128.load(target, 48);
  let a4 = v128.load(target, 64);
  let a5 = v128.load(target, 80);
  let a6 = v128.load(target, 96);
  let a7 = v128.load(target, 112);
  let a8 = v128.load(target, 128);
  let a9 = v128.load(target, 144);
  let a10 = v128.load(target, 160);
  let a11 = v128.load(target, 176);
  for (; entry < end; entry += ENTRY_BYTES) {
    const x = base + <usize>load<u32>(entry);
    const g = v128.load32_splat(entry, 4);
    a0 = multiplyAdd(g, v128.load(x), a0);
    a1 = multiplyAdd(g, v128.load(x, 16), a1);
    a2 = multiplyAdd(g, v128.load(x, 32), a2);
    a3 = multiplyAdd(g, v128.load(x, 48), a3);
    a4 = multiplyAdd(g, v128.load(x, 64), a4);
    a5 = multiplyAdd(g, v128.load(x, 80), a5);
    a6 = multiplyAdd(g, v128.load(x, 96), a6);
    a7 = multiplyAdd(g, v128.load(x, 112), a7);
    a8 = multiplyAdd(g, v128.load(x, 128), a8);
    a9 = multiplyAdd(g, v128.load(x, 144), a9);
    a10 = multiplyAdd(g, v128.load(x, 160), a10);
    a11 = multiplyAdd(g, v128.load(x, 176), a11);
  }
  v128.store(target, a0);
  v128.store(target, a1, 16);
  v128.store(target, a2, 32);
  v128.store(target, a3, 48);
  v128.store(target, a4, 64);
  v128.store(target, a5, 80);
  v128.store(target, a6, 96);
  v128.store(target, a7, 112);
  v128.store(target, a8, 128);
  v128.store(target, a9, 144);
  v128.store(target, a10, 160);
  v128.store(target, a11, 176);
}

/** The same for four floats. */
export function addWeightedSum4(target: usize, base: usize, entry: usize, end: usize): void {
  let total = v128.load(target);
  for (; entry < end; entry += ENTRY_BYTES) {
    total = multiplyAdd(v128.load32_splat(entry, 4), v128.load(base + <usize>load<u32>(entry)), total);
  }
  v128.store(target, total);
}

/** The same for one float. */
export function addWeightedSum1(target: usize, base: usize, entry: usize, end: usize): void {
  let total = load<f32>(target);
  for (; entry < end; entry += ENTRY_BYTES) {
    total += load<f32>(entry, 4) * load<f32>(base + <usize>load<u32>(entry));
  }
  store<f32>(target, total);
}

/** The sum of a list's factors, in an order that depends on its length alone. */
export function sumFactors(entry: usize, end: usize): f32 {
  let lanes = f32x4.splat(0);
  for (; entry + 4 * ENTRY_BYTES <= end; entry += 4 * ENTRY_BYTES) {
    lanes = f32x4.add(lanes, v128.shuffle<f32>(v128.load(entry), v128.load(entry, 16), 1, 3, 5, 7));
  }
  let total = sumLanes(lanes);
  for (; entry < end; entry += ENTRY_BYTES) total += load<f32>(entry, 4);
  return total;
}
