import type { Canvas } from './canvas.ts';
import type { Traits } from './traits.ts';

/**
 * Numbers in [0, 1) for noise, one or more a pixel: Marsaglia's xorshift ("Xorshift RNGs", 2003), ten
 * times as fast as the counter-based stream that seeds it.
 */
export function noiseSource(seed: number): () => number {
  // In an array, as V8 would allocate a number on the heap for each new value of a captured variable.
  const state = Int32Array.of(seed | 1);
  return () => {
    let word = state[0]!;
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    state[0] = word;
    return (word >>> 0) * 2 ** -32;
  };
}

/** Turns what was painted into bytes, as a camera would: soft, of some contrast, noisy. */
export function develop(canvas: Canvas, { photo }: Traits, noise: () => number): Uint8Array {
  canvas.blur(photo.blur);
  const image = new Uint8Array(canvas.grey.length);
  for (let i = 0; i < image.length; i++) {
    const speck = (noise() + noise() + noise() - 1.5) * 2 * photo.noise;
    const value = 0.5 + (canvas.grey[i]! - 0.5) * photo.contrast + photo.brightness + speck;
    image[i] = Math.round(Math.min(Math.max(value, 0), 1) * 255);
  }
  return image;
}
