import type { MapBuffer } from './planning/arena.ts';

/** Values of a buffer of maps, (rows, channels, height, width), from its place in the memory. */
export function mapsFromMemory(
  buffer: MapBuffer,
  rows: number,
  memory: Float32Array,
): Float32Array {
  const { channels, height, width } = buffer;
  const values = new Float32Array(rows * channels * height * width);
  forEachValue(buffer, rows, (place, index) => {
    values[index] = memory[place]!;
  });
  return values;
}

/** The inverse of `mapsFromMemory`; padding is zero. */
export function mapsToMemory(
  buffer: MapBuffer,
  rows: number,
  values: ArrayLike<number>,
): Float32Array {
  const memory = new Float32Array((rows * buffer.imageBytes) / 4);
  forEachValue(buffer, rows, (place, index) => {
    memory[place] = values[index]!;
  });
  return memory;
}

/** Visits each value of a buffer: its place in floats from the origin, and its canonical index. */
function forEachValue(
  buffer: MapBuffer,
  rows: number,
  visit: (place: number, index: number) => void,
): void {
  const { channels, height, width } = buffer;
  const start = (buffer.data - buffer.origin) / 4;
  let index = 0;
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const line = start + (row * buffer.imageBytes + y * buffer.rowBytes) / 4;
          visit(line + x * channels + channel, index++);
        }
      }
    }
  }
}
