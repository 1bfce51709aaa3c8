import type { Shape } from '../../nn/network.ts';

/**
 * Where the numbers of a weight lie. `pytorch`, as here: convolutions (out, in, y, x), dense layers
 * (out, in), maps flattened channel by channel. `keras`: (y, x, in, out) and (in, out), maps flattened
 * pixel by pixel.
 */
export const LAYOUTS = ['pytorch', 'keras'] as const;
export type Layout = (typeof LAYOUTS)[number];

/**
 * The shape that a parameter of ours has elsewhere.
 *
 * @example
 * shapeIn('keras', [32, 1, 3, 3]); // [3, 3, 1, 32]
 */
export function shapeIn(layout: Layout, shape: Shape): Shape {
  if (layout === 'pytorch') return shape;
  const [outputs, ...inputs] = shape;
  const [channels, ...space] = inputs;
  return shape.length === 1 ? shape : [...space, channels!, outputs!];
}

/**
 * The numbers of a parameter in our order.
 *
 * @param values as they lie in `layout`
 * @param shape of the parameter here
 * @param maps for a dense layer or a batch normalisation behind maps that were flattened, their shape (channels, height, width)
 * @example
 * fromLayout('keras', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]); // 1, 3, 5, 2, 4, 6
 */
export function fromLayout(
  layout: Layout,
  values: Float32Array,
  shape: Shape,
  maps?: Shape,
): Float32Array {
  if (layout === 'pytorch' || (shape.length === 1 && !maps)) return values;
  // A dense layer is a convolution whose kernel covers the whole of the maps; a vector is one output of such.
  const [outputs, ...inputs] = [...(shape.length === 1 ? [1] : []), ...shape] as [
    number,
    ...number[],
  ];
  const [channels, height = 1, width = 1] = (inputs.length === 1 && maps) || inputs;
  return channelsFirst(values, { height, width, channels: channels!, outputs });
}

/** (y, x, channel, output) becomes (output, channel, y, x). */
function channelsFirst(
  values: Float32Array,
  size: Readonly<Record<'height' | 'width' | 'channels' | 'outputs', number>>,
): Float32Array {
  const { height, width, channels, outputs } = size;
  const turned = new Float32Array(values.length);
  let next = 0;
  for (let output = 0; output < outputs; output++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < height * width; pixel++) {
        turned[next++] = values[(pixel * channels + channel) * outputs + output]!;
      }
    }
  }
  return turned;
}
