import { InputError } from '../errors.ts';
import type { ParameterInfo } from '../nn/network.ts';

/** What lies between the exponents of a half and of a float with the same digits: 127 - 15. */
const EXPONENT_SHIFT = 112;
const EXPONENT_FACTOR = 2 ** EXPONENT_SHIFT;

/** Of float32 numbers, without their sign: 65,536, 2⁻¹⁴ and infinity. */
const BEYOND_HALVES = 0x47800000;
const SMALLEST_NORMAL_HALF = 0x38800000;
const INFINITE = 0x7f800000;

/** The largest finite number of float16, and the smallest that is rounded to infinity. */
export const LARGEST_FLOAT16 = 65504;
const ROUNDED_TO_INFINITY = 65520;

/**
 * Rounds numbers to float16 (IEEE 754 binary16): to the nearest, of two equally near ones to that
 * whose last digit is 0. What would be 65,520 or more becomes infinite; NaN stays NaN.
 *
 * @param values of any length
 * @returns the bits of each, one half per value
 * @example
 * toFloat16(Float32Array.of(1, -2, 1 / 3)); // Uint16Array [0x3c00, 0xc000, 0x3555]
 */
export function toFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = halfOf(bits[i]!);
  return halves;
}

function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > INFINITE) return sign | 0x7e00 | ((size >>> 13) & 0x3ff);
  if (size >= BEYOND_HALVES) return sign | 0x7c00;
  // A carry out of the digits raises the exponent, as it should, up to infinity.
  if (size >= SMALLEST_NORMAL_HALF) return sign | rounded(size - (EXPONENT_SHIFT << 23), 13);
  // A subnormal half counts units of 2⁻²⁴. Below 2⁻²⁵, half a unit, only 0 is near.
  const excess = EXPONENT_SHIFT + 14 - (size >>> 23);
  return excess > 24 ? sign : sign | rounded((size & 0x7fffff) | 0x800000, excess);
}

/** A whole number without its last `excess` binary digits, rounded to the nearest, ties to even. */
const rounded = (digits: number, excess: number): number =>
  (digits + (1 << (excess - 1)) - 1 + ((digits >>> excess) & 1)) >>> excess;

/**
 * Turns float16 numbers into float32, which holds each of them exactly.
 *
 * @param halves the bits of each
 * @example
 * fromFloat16(Uint16Array.of(0x3c00, 0xc000)); // Float32Array [1, -2]
 */
export function fromFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    bits[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
    if ((half & 0x7c00) === 0x7c00) bits[i]! |= INFINITE;
    else values[i]! *= EXPONENT_FACTOR;
  }
  return values;
}

/** Whether a file of float16 rounds a parameter; a small variance would become 0, and a large one infinite. */
export const isRounded = ({ running }: ParameterInfo): boolean => !running;

/**
 * Refuses parameters that float16 has no room for, and which would become infinite.
 *
 * @param infos of all parameters
 * @param parameters by name
 * @throws InputError names the first of them
 */
export function requireFloat16(
  infos: readonly ParameterInfo[],
  parameters: ReadonlyMap<string, Float32Array>,
): void {
  for (const { name } of infos.filter(isRounded)) {
    const values = parameters.get(name)!;
    const beyond = values.find(
      (value) => Math.abs(value) >= ROUNDED_TO_INFINITY && Number.isFinite(value),
    );
    if (beyond === undefined) continue;
    throw new InputError(
      `model: the parameter ${name} has a value of ${beyond}, and float16 ends at ${LARGEST_FLOAT16}`,
      'Write the model as float32.',
    );
  }
}
