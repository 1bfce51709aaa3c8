import type { SoftArgmax2dSpec } from '../../nn/layers.ts';
import { type Shape, sizeOf } from '../../nn/network.ts';

/**
 * Soft-argmax of every map: with p the softmax of beta times the map, x is the sum over p (2 i + 1) / W - 1 of
 * columns i, y the same of lines.
 *
 * @param shape of one row of the input, [channels, height, width]
 * @param input (rows, channel, y, x)
 * @returns (rows, channel, 2)
 */
export function softArgmax2dForward(
  spec: SoftArgmax2dSpec,
  shape: Shape,
  input: Float64Array,
): Float64Array {
  const places = placesOf(shape);
  const size = places.length;
  const output = new Float64Array((2 * input.length) / size);
  for (let map = 0; map < input.length / size; map++) {
    const shares = softmax(spec.beta, input.subarray(map * size, (map + 1) * size));
    places.forEach(([x, y], i) => {
      output[2 * map]! += shares[i]! * x;
      output[2 * map + 1]! += shares[i]! * y;
    });
  }
  return output;
}

/**
 * The gradient by the input: beta p (gx (x - X) + gy (y - Y)) at a pixel at (x, y), where (X, Y) is the map's
 * mean place.
 *
 * @param cotangent gradient of the loss by the output
 */
export function softArgmax2dBackward(
  spec: SoftArgmax2dSpec,
  shape: Shape,
  input: Float64Array,
  cotangent: Float64Array,
): Float64Array {
  const places = placesOf(shape);
  const size = places.length;
  const means = softArgmax2dForward(spec, shape, input);
  const gradient = new Float64Array(input.length);
  for (let map = 0; map < input.length / size; map++) {
    const shares = softmax(spec.beta, input.subarray(map * size, (map + 1) * size));
    const [gx, gy] = cotangent.subarray(2 * map) as unknown as [number, number];
    const [meanX, meanY] = means.subarray(2 * map) as unknown as [number, number];
    places.forEach(([x, y], i) => {
      gradient[map * size + i] = spec.beta * shares[i]! * (gx * (x - meanX) + gy * (y - meanY));
    });
  }
  return gradient;
}

/** The centre of every pixel. */
function placesOf(shape: Shape): [x: number, y: number][] {
  const [, height, width] = shape as [number, number, number];
  return Array.from({ length: sizeOf([height, width]) }, (_, i) => [
    (2 * (i % width) + 1) / width - 1,
    (2 * Math.floor(i / width) + 1) / height - 1,
  ]);
}

function softmax(beta: number, values: Float64Array): Float64Array {
  const most = values.reduce((a, b) => Math.max(a, b));
  const powers = values.map((value) => Math.exp(beta * (value - most)));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
