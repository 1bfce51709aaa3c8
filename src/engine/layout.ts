import type { ParameterInfo, Shape } from '../nn/network.ts';
import { STRIP } from './kernels/dense-constants.ts';

/** Matrices and vectors are padded to a multiple of four floats, one SIMD vector. */
export const roundUpTo4 = (count: number): number => (count + 3) & ~3;

/** Addresses are multiples of a cache line. */
export const alignUp = (address: number): number => Math.ceil(address / 64) * 64;

/** A shape as `[channels, height, width]`; a vector is a map of one channel and one line. */
export function asMap(shape: Shape): [channels: number, height: number, width: number] {
  return shape.length === 3 ? [shape[0]!, shape[1]!, shape[2]!] : [1, 1, shape[0]!];
}

/**
 * Where the values of a parameter stand in the engine's memory. Canonical order is that of
 * `ParameterInfo`; the kernels want channels innermost and rows padded.
 */
export interface ParameterLayout {
  readonly info: ParameterInfo;
  /** Address of the first value. */
  readonly address: number;
  /** Floats from the first value to behind the last one, padding included. */
  readonly floats: number;
  /** Place in the memory, in floats from `address`, of each canonical index. */
  readonly place: (index: number) => number;
}

/** Convolution weights, canonical (out, in, y, x), in memory [out][y][x][in] with padded lines. */
export function convolutionPlace(info: ParameterInfo): (index: number) => number {
  const [, channels, kernel] = info.shape as [number, number, number, number];
  const line = roundUpTo4(kernel * channels);
  return (index) => {
    const x = index % kernel;
    const y = Math.floor(index / kernel) % kernel;
    const channel = Math.floor(index / kernel ** 2) % channels;
    const out = Math.floor(index / (kernel ** 2 * channels));
    return (out * kernel + y) * line + x * channels + channel;
  };
}

/**
 * Dense weights, canonical (out, in) with `in` over (channel, y, x), in memory strips of 48 inputs,
 * [strip][out][48] with the inputs in the order of the map in memory.
 */
export function densePlace(info: ParameterInfo, from: Shape): (index: number) => number {
  const [outputs, inputs] = info.shape as [number, number];
  const place = mapPlace(from);
  const strip = stripFloats(roundUpTo4(outputs));
  return (index) => {
    const input = place(index % inputs);
    const output = Math.floor(index / inputs);
    return Math.floor(input / STRIP) * strip + output * STRIP + (input % STRIP);
  };
}

/** Floats from one strip of a matrix to the next: its lines, and one unused (`dense-strips.ts`). */
export const stripFloats = (lines: number): number => (lines + 1) * STRIP;

/** A value of a map, canonical (channel, y, x), in memory [y][x][channel]. */
export function mapPlace(shape: Shape): (index: number) => number {
  const [channels, height, width] = asMap(shape);
  if (channels === 1) return (index) => index;
  const area = height * width;
  return (index) => (index % area) * channels + Math.floor(index / area);
}

/** Copies canonical values to their places; padding stays zero. */
export function toMemory(
  layout: ParameterLayout,
  values: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const memory = new Float32Array(layout.floats);
  for (let i = 0; i < values.length; i++) memory[layout.place(i)] = values[i]!;
  return memory;
}

/** The inverse of `toMemory`. */
export function fromMemory(
  layout: ParameterLayout,
  memory: Float32Array,
  count: number,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = memory[layout.place(i)]!;
  return values;
}
