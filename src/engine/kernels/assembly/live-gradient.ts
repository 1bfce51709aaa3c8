import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class LiveGradientArguments {
  gradient: MapLayout;
  /** As the convolution's way forward left them. */
  codes: usize;
  /** Of the same size, with a border of zeros. */
  output: MapLayout;
  /** Factor of a dropout behind the convolution, else 1. */
  scale: f32;
}

/**
 * The gradient of a convolution's output without pooling, zero where ReLU or a dropout silenced it; turned filters
 * make the gradient of the input of it. Channels are a multiple of four.
 */
export function liveGradient(a: LiveGradientArguments, step: Step): void {
  const height = a.gradient.height;
  const width = a.gradient.width;
  const channels = a.gradient.channels;
  const scale = f32x4.splat(a.scale);
  const items = step.rows * height;
  for (let item = claim(items); item >= 0; item = claim(items)) {
    const image = item / height;
    const y = item % height;
    let from = a.gradient.row(image, y);
    let to = a.output.row(image, y);
    let code = a.codes + <usize>(item * width * channels);
    for (const end = from + (<usize>(width * channels) << 2); from < end; from += 16, to += 16, code += 4) {
      const live = i8x16.eq(v128.load32_zero(code), i8x16.splat(0));
      const lanes = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(live));
      v128.store(to, v128.and(f32x4.mul(v128.load(from), scale), lanes));
    }
  }
}
