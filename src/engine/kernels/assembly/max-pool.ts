import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class MaxPoolArguments {
  input: MapLayout;
  output: MapLayout;
  /** Which of the four positions won, one byte an output. */
  codes: usize;
}

/** The largest of every 2 x 2 block; the first of equals (row by row) wins. */
export function maxPoolForward(a: MaxPoolArguments, step: Step): void {
  const input = a.input, output = a.output;
  const channels = output.channels;
  const pixel = <usize>channels << 2;
  const rowBytes = <usize>input.rowBytes;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    let code = a.codes + <usize>(image * output.height * output.width) * <usize>channels;
    for (let y = 0; y < output.height; y++) {
      let source = input.row(image, y << 1);
      let target = output.row(image, y);
      for (let x = 0; x < output.width; x++) {
        for (let c: usize = 0; c < pixel; c += 4) {
          let best = load<f32>(source + c);
          let winner = 0;
          const right = load<f32>(source + pixel + c);
          if (right > best) { best = right; winner = 1; }
          const below = load<f32>(source + rowBytes + c);
          if (below > best) { best = below; winner = 2; }
          const diagonal = load<f32>(source + rowBytes + pixel + c);
          if (diagonal > best) { best = diagonal; winner = 3; }
          store<f32>(target + c, best);
          store<u8>(code, winner);
          code++;
        }
        source += 2 * pixel;
        target += pixel;
      }
    }
  }
}

/** `input` and `output` are their gradients here. */
export function maxPoolBackward(a: MaxPoolArguments, step: Step): void {
  const input = a.input, output = a.output;
  const channels = output.channels;
  const pixel = <usize>channels << 2;
  const rowBytes = <usize>input.rowBytes;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    memory.fill(input.origin + <usize>image * <usize>input.imageBytes, 0, <usize>input.imageBytes);
    let code = a.codes + <usize>(image * output.height * output.width) * <usize>channels;
    for (let y = 0; y < output.height; y++) {
      let target = input.row(image, y << 1);
      let source = output.row(image, y);
      for (let x = 0; x < output.width; x++) {
        for (let c: usize = 0; c < pixel; c += 4) {
          const winner = <usize>load<u8>(code);
          code++;
          store<f32>(target + (winner >> 1) * rowBytes + (winner & 1) * pixel + c, load<f32>(source + c));
        }
        target += 2 * pixel;
        source += pixel;
      }
    }
  }
}
