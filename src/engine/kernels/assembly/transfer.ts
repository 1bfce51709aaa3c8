import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class GatherArguments {
  input: MapLayout;
}

/** Copies the rows of a batch into the network's input. */
export function gather(a: GatherArguments, step: Step): void {
  const input = a.input;
  const channels = input.channels;
  const plane = input.height * input.width;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    const row = <usize>load<u32>(step.order + (<usize>image << 2)) * <usize>(plane * channels);
    for (let y = 0; y < input.height; y++) {
      const target = input.row(image, y);
      for (let channel = 0; channel < channels; channel++) {
        const from = row + <usize>(channel * plane + y * input.width);
        if (step.inputsAreBytes) gatherBytes(step.inputs + from, target + (<usize>channel << 2), input.width, channels);
        else gatherFloats(step.inputs + (from << 2), target + (<usize>channel << 2), input.width, channels);
      }
    }
  }
}

function gatherBytes(source: usize, target: usize, width: i32, channels: i32): void {
  let x = 0;
  if (channels == 1) {
    const white = f32x4.splat(255);
    for (; x + 4 <= width; x += 4) {
      const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(source + x)));
      v128.store(target + (<usize>x << 2), f32x4.div(f32x4.convert_i32x4_u(wide), white));
    }
  }
  for (; x < width; x++) {
    store<f32>(target + (<usize>(x * channels) << 2), <f32>load<u8>(source + x) / 255);
  }
}

function gatherFloats(source: usize, target: usize, width: i32, channels: i32): void {
  for (let x = 0; x < width; x++) {
    store<f32>(target + (<usize>(x * channels) << 2), load<f32>(source + (<usize>x << 2)));
  }
}

@unmanaged
export class StoreOutputArguments {
  /** [row][padded output]. */
  prediction: usize;
  rowBytes: i32;
  /** All stored outputs, laid out alike. */
  target: usize;
}

/** Keeps the output of a batch for the host. */
export function storeOutput(a: StoreOutputArguments, step: Step): void {
  if (claim(1) < 0) return;
  const target = a.target + <usize>step.outputRow * <usize>a.rowBytes;
  memory.copy(target, a.prediction, <usize>step.rows * <usize>a.rowBytes);
}
