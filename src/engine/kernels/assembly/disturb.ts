import { MOST_BOXES } from '../augmentation-constants';
import { pictureMean } from './pixels';
import { MapLayout } from './step';
import { threefry4 } from './threefry';
import { Box, boxOf, RowTransform } from './transform';

/** The standard deviation of a sum of four numbers from 0 to 15, each as likely: the square root of 85. */
const SPREAD: f64 = 9.219544457292887;

/**
 * Adds to every value of a picture a number that is nearly normal: the sum of the four hexadecimal digits
 * of 16 random bits. Four neighbours of a line share the two words of a counter, as in dropout.
 *
 * @param scratch 96 bytes
 */
export function addNoise(input: MapLayout, image: i32, t: RowTransform, scratch: usize): void {
  const values = input.width * input.channels;
  const groups = (values + 3) >> 2;
  const key = <u32>t.noiseKey;
  const scale = f32x4.splat(<f32>(t.noise / SPREAD));
  const words = scratch + 64;
  for (let y = 0; y < input.height; y++) {
    const row = input.row(image, y);
    for (let i = 0; i < values; i += 16) {
      threefry4(key, 0, y * groups + (i >> 2), words);
      const at = row + (<usize>i << 2);
      const first = digitSums(v128.load(words)), second = digitSums(v128.load(words, 16));
      // What lies behind the line is read, but not written.
      const target = i + 16 <= values ? at : scratch;
      add(at, target, i32x4.extend_low_i16x8_s(first), scale);
      add(at + 16, target + 16, i32x4.extend_high_i16x8_s(first), scale);
      add(at + 32, target + 32, i32x4.extend_low_i16x8_s(second), scale);
      add(at + 48, target + 48, i32x4.extend_high_i16x8_s(second), scale);
      if (target == scratch) memory.copy(at, scratch, <usize>(values - i) << 2);
    }
  }
}

/** The sums of the four hexadecimal digits of eight numbers, less their mean of 30. */
// @ts-ignore: decorator
@inline
function digitSums(numbers: v128): v128 {
  const digit = i8x16.splat(15);
  const pairs = i8x16.add(v128.and(numbers, digit), v128.and(i16x8.shr_u(numbers, 4), digit));
  return i16x8.sub(i16x8.extadd_pairwise_i8x16_u(pairs), i16x8.splat(30));
}

// @ts-ignore: decorator
@inline
function add(from: usize, to: usize, noise: v128, scale: v128): void {
  v128.store(to, f32x4.add(v128.load(from), f32x4.mul(f32x4.convert_i32x4_s(noise), scale)));
}

/** Cuts the boxes of a row out of its picture; the mean is that of the whole picture before. */
export function cutOut(input: MapLayout, image: i32, t: RowTransform): void {
  let mean: f32 = NaN;
  for (let i = 0; i < MOST_BOXES; i++) {
    const box = boxOf(t, i);
    if (!(box.left < box.right && box.top < box.bottom)) continue;
    if (box.grey < 0 && mean != mean) mean = <f32>pictureMean(input, image);
    fill(input, image, box, box.grey < 0 ? mean : <f32>box.grey);
  }
}

/** Gives every pixel whose centre lies in a box one value. */
function fill(input: MapLayout, image: i32, box: Box, grey: f32): void {
  const left = firstInside(box.left, input.width), right = firstInside(box.right, input.width);
  const bottom = firstInside(box.bottom, input.height);
  for (let y = firstInside(box.top, input.height); y < bottom; y++) {
    const row = input.row(image, y);
    for (let i = left * input.channels; i < right * input.channels; i++) store<f32>(row + (<usize>i << 2), grey);
  }
}

/** The first of some pixels whose centre is not before a coordinate from -1 to 1, or their number. */
function firstInside(coordinate: f64, pixels: i32): i32 {
  return <i32>min(max(ceil(0.5 * (coordinate + 1) * <f64>pixels - 0.5), 0), <f64>pixels);
}
