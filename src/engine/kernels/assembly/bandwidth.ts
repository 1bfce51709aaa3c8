import { claim } from './team';

/** Bytes of one item of work. */
const CHUNK: i32 = 1 << 20;

@unmanaged
export class BandwidthArguments {
  source: usize;
  target: usize;
  /** Of `CHUNK` bytes each. */
  chunks: i32;
}

/**
 * target[chunk] = the sum of every fourth float of a chunk, for each of the four lanes: memory is read and
 * hardly anything else done. Four sums hide the latency of an addition.
 */
export function readMemory(a: BandwidthArguments): void {
  for (let chunk = claim(a.chunks); chunk >= 0; chunk = claim(a.chunks)) {
    let from = a.source + <usize>chunk * CHUNK;
    const end = from + CHUNK;
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    for (; from < end; from += 64) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
    }
    v128.store(a.target + (<usize>chunk << 4), f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
}

/** target[i] = source[i], with the loads and stores that kernels use. */
export function copyMemory(a: BandwidthArguments): void {
  for (let chunk = claim(a.chunks); chunk >= 0; chunk = claim(a.chunks)) {
    let from = a.source + <usize>chunk * CHUNK;
    let to = a.target + <usize>chunk * CHUNK;
    const end = from + CHUNK;
    for (; from < end; from += 64, to += 64) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to, v128.load(from, 32), 32);
      v128.store(to, v128.load(from, 48), 48);
    }
  }
}
