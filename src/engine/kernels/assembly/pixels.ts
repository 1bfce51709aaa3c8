import { MapLayout } from './step';

/** Added to a standard deviation that is divided by, as in Keras. */
const EPSILON: f64 = 1e-6;

/** A `ChannelScale` for each channel follows it. */
@unmanaged
export class Standardisation {
  /** Whether each picture's own mean is taken off. */
  center: i32;
  /** Whether it is divided by its own standard deviation. */
  deviation: i32;
}

/** What is then taken off every pixel of a channel, and what it is divided by: one for each channel. */
@unmanaged
class ChannelScale {
  mean: f32;
  deviation: f32;
}

/** Adds to all pixels of a picture; its darkest and its brightest value stay the limits. */
export function shiftChannels(input: MapLayout, image: i32, shift: f32): void {
  const values = input.width * input.channels;
  let low = load<f32>(input.row(image, 0));
  let high = low;
  for (let y = 0; y < input.height; y++) {
    const row = input.row(image, y);
    for (let i = 0; i < values; i++) {
      const value = load<f32>(row + (<usize>i << 2));
      low = min(low, value);
      high = max(high, value);
    }
  }
  for (let y = 0; y < input.height; y++) {
    const row = input.row(image, y);
    for (let i = 0; i < values; i++) {
      const at = row + (<usize>i << 2);
      store<f32>(at, min(max(load<f32>(at) + shift, low), high));
    }
  }
}

/** First by the picture's own mean and deviation, then by those of all training pictures, as in Keras. */
export function standardise(input: MapLayout, image: i32, s: Standardisation): void {
  const values = input.width * input.channels;
  let mean: f64 = 0;
  let divisor: f64 = 1;
  if (s.center || s.deviation) {
    const count = <f64>(values * input.height);
    const own = pictureMean(input, image);
    if (s.center) mean = own;
    if (s.deviation) divisor = sqrt(sumOf(input, image, own, true) / count) + EPSILON;
  }
  const scales = changetype<usize>(s) + offsetof<Standardisation>();
  for (let channel = 0; channel < input.channels; channel++) {
    const scale = changetype<ChannelScale>(scales + <usize>channel * offsetof<ChannelScale>());
    for (let y = 0; y < input.height; y++) {
      const row = input.row(image, y);
      for (let i = channel; i < values; i += input.channels) {
        const at = row + (<usize>i << 2);
        const value = (<f64>load<f32>(at) - mean) / divisor;
        store<f32>(at, <f32>((value - <f64>scale.mean) / <f64>scale.deviation));
      }
    }
  }
}

/** The mean of all values of a picture. */
export function pictureMean(input: MapLayout, image: i32): f64 {
  return sumOf(input, image, 0, false) / <f64>(input.width * input.channels * input.height);
}

/** Sum over a picture of what its values have beyond `mean`, or of the squares of that. */
function sumOf(input: MapLayout, image: i32, mean: f64, squares: bool): f64 {
  const values = input.width * input.channels;
  let sum: f64 = 0;
  for (let y = 0; y < input.height; y++) {
    const row = input.row(image, y);
    for (let i = 0; i < values; i++) {
      const value = <f64>load<f32>(row + (<usize>i << 2)) - mean;
      sum += squares ? value * value : value;
    }
  }
  return sum;
}
