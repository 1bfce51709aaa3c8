import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class MapMeansArguments {
  input: MapLayout;
  /** A vector. */
  output: MapLayout;
}

/** The mean of each map, summed up line by line. */
export function mapMeans(a: MapMeansArguments, step: Step): void {
  const input = a.input;
  const pixel = <usize>input.channels << 2;
  const bytes = <usize>input.width * pixel;
  const share = <f32>1 / <f32>(input.height * input.width);
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    const target = a.output.row(image, 0);
    let c: usize = 0;
    for (; c + 16 <= pixel; c += 16) {
      let total = f32x4.splat(0);
      for (let y = 0; y < input.height; y++) {
        const line = input.row(image, y) + c;
        let sum = f32x4.splat(0);
        for (let i: usize = 0; i < bytes; i += pixel) sum = f32x4.add(sum, v128.load(line + i));
        total = f32x4.add(total, sum);
      }
      v128.store(target + c, f32x4.mul(total, f32x4.splat(share)));
    }
    for (; c < pixel; c += 4) {
      let total: f32 = 0;
      for (let y = 0; y < input.height; y++) {
        const line = input.row(image, y) + c;
        let sum: f32 = 0;
        for (let i: usize = 0; i < bytes; i += pixel) sum += load<f32>(line + i);
        total += sum;
      }
      store<f32>(target + c, total * share);
    }
  }
}

/** `input` and `output` are their gradients here. */
export function mapMeansBackward(a: MapMeansArguments, step: Step): void {
  const input = a.input;
  const pixel = <usize>input.channels << 2;
  const share = <f32>1 / <f32>(input.height * input.width);
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    const source = a.output.row(image, 0);
    // The first pixel, of which all others are copies.
    const first = input.row(image, 0);
    for (let c: usize = 0; c < pixel; c += 4) store<f32>(first + c, load<f32>(source + c) * share);
    for (let y = 0; y < input.height; y++) {
      const line = input.row(image, y);
      for (let x = 0; x < input.width; x++) memory.copy(line + <usize>x * pixel, first, pixel);
    }
  }
}
