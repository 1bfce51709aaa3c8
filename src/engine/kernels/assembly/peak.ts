import { multiplyAdd } from './simd';
import { claim } from './team';

@unmanaged
export class PeakArguments {
  rounds: i32;
  items: i32;
  target: usize;
}

/** Twelve chains of multiply-adds that never touch memory: 96 floating-point operations a round. */
export function peak(a: PeakArguments): void {
  for (let item = claim(a.items); item >= 0; item = claim(a.items)) {
    const x = f32x4.splat(0.999), y = f32x4.splat(0.001);
    let a0 = x, a1 = y, a2 = x, a3 = y, a4 = x, a5 = y, a6 = x, a7 = y, a8 = x, a9 = y, a10 = x, a11 = y;
    for (let i = 0; i < a.rounds; i++) {
      a0 = multiplyAdd(a0, x, y);
      a1 = multiplyAdd(a1, x, y);
      a2 = multiplyAdd(a2, x, y);
      a3 = multiplyAdd(a3, x, y);
      a4 = multiplyAdd(a4, x, y);
      a5 = multiplyAdd(a5, x, y);
      a6 = multiplyAdd(a6, x, y);
      a7 = multiplyAdd(a7, x, y);
      a8 = multiplyAdd(a8, x, y);
      a9 = multiplyAdd(a9, x, y);
      a10 = multiplyAdd(a10, x, y);
      a11 = multiplyAdd(a11, x, y);
    }
    const s0 = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3));
    const s1 = f32x4.add(f32x4.add(a4, a5), f32x4.add(a6, a7));
    const s2 = f32x4.add(f32x4.add(a8, a9), f32x4.add(a10, a11));
    v128.store(a.target, f32x4.add(s0, f32x4.add(s1, s2)));
  }
}
