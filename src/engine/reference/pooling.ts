import type { Shape } from '../../nn/network.ts';

/**
 * Max-pooling over blocks of 2 x 2; an odd last row or column belongs to no block.
 *
 * @param shape of one row of the input, [channels, height, width]
 * @param input (rows, channel, y, x)
 */
export function maxPool2dForward(shape: Shape, rows: number, input: Float64Array): Float64Array {
  const [channels, height, width] = shape as [number, number, number];
  const output = new Float64Array(rows * channels * (height >> 1) * (width >> 1));
  forEachBlock(shape, rows, input, (block, largest) => {
    output[block] = input[largest]!;
  });
  return output;
}

/** Gradient of max-pooling: a block's cotangent goes to its largest value. */
export function maxPool2dBackward(
  shape: Shape,
  rows: number,
  input: Float64Array,
  cotangent: Float64Array,
): Float64Array {
  const gradient = new Float64Array(input.length);
  forEachBlock(shape, rows, input, (block, largest) => {
    gradient[largest] = cotangent[block]!;
  });
  return gradient;
}

/** Visits every block with the index of its largest value in the input, the first among equals. */
function forEachBlock(
  shape: Shape,
  rows: number,
  input: Float64Array,
  visit: (block: number, largest: number) => void,
): void {
  const [channels, height, width] = shape as [number, number, number];
  let block = 0;
  for (let map = 0; map < rows * channels; map++) {
    for (let y = 0; y + 1 < height; y += 2) {
      for (let x = 0; x + 1 < width; x += 2) {
        const corner = (map * height + y) * width + x;
        let largest = corner;
        for (const index of [corner + 1, corner + width, corner + width + 1]) {
          if (input[index]! > input[largest]!) largest = index;
        }
        visit(block++, largest);
      }
    }
  }
}

/**
 * The mean of every map.
 *
 * @param shape of one row of the input, [channels, height, width]
 * @returns (rows, channel)
 */
export function mapMeansForward([, height, width]: Shape, input: Float64Array): Float64Array {
  const size = height! * width!;
  return Float64Array.from({ length: input.length / size }, (_, map) =>
    input.subarray(map * size, (map + 1) * size).reduce((sum, value) => sum + value / size, 0),
  );
}

/** Every pixel of a map has the same share of its gradient. */
export function mapMeansBackward([, height, width]: Shape, cotangent: Float64Array): Float64Array {
  const size = height! * width!;
  return Float64Array.from(
    { length: cotangent.length * size },
    (_, i) => cotangent[Math.floor(i / size)]! / size,
  );
}
