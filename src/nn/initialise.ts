import { randomStream } from '../random.ts';
import { type NetworkSpec, parameterInfos, sizeOf } from './network.ts';

/** The values of every parameter by name (`conv1.weight`), in the shapes of `parameterInfos`. */
export type Parameters = Map<string, Float32Array<ArrayBuffer>>;

/** The gain that keeps the variance of the values through layers with ReLU: the square root of 2. */
export const RELU_GAIN = Math.sqrt(2);

/** How to draw first weights. */
export interface InitialiseOptions {
  /** Any whole number in [0, 2^32). */
  readonly seed: number;
  /** Factor of every weight; default 1, `RELU_GAIN` suits layers with ReLU. */
  readonly gain?: number;
}

/**
 * First values of a network's parameters: Glorot-uniform weights and zero biases.
 *
 * A weight lies in [-limit, limit) with limit = gain * sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio,
 * "Understanding the difficulty of training deep feedforward neural networks", 2010). The value at the
 * flat index i of the parameter `name` is fround((2 u - 1) * limit) with u the uniform number at i of
 * the stream `init/<name>`: it depends on the seed, the name and the shape alone.
 *
 * @example
 * const parameters = initialise(network([9216], [dense(100), relu(), dense(30)]), { seed: 42 });
 * parameters.get('dense1.weight'); // Float32Array of 100 * 9216 values
 */
export function initialise(spec: NetworkSpec, { seed, gain = 1 }: InitialiseOptions): Parameters {
  const parameters: Parameters = new Map();
  for (const { name, shape, fanIn, fanOut, first } of parameterInfos(spec)) {
    const values = new Float32Array(sizeOf(shape));
    if (first !== 'drawn') values.fill(first);
    else {
      const limit = gain * Math.sqrt(6 / (fanIn + fanOut));
      const stream = randomStream(seed, `init/${name}`);
      for (let i = 0; i < values.length; i++) values[i] = (2 * stream.uniform(i) - 1) * limit;
    }
    parameters.set(name, values);
  }
  return parameters;
}
