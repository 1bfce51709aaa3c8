/** A convolution (cross-correlation) with square kernels. */
export interface Conv2dSpec {
  readonly type: 'conv2d';
  readonly filters: number;
  readonly kernel: number;
  readonly padding: 'valid' | 'same';
  /** Pixels from one place of the kernel to the next; default 1. */
  readonly stride?: 1 | 2;
  readonly name?: string;
}
/** Every output is a weighted sum of all inputs. */
export interface DenseSpec {
  readonly type: 'dense';
  readonly units: number;
  readonly name?: string;
}
/** The largest value of every 2 x 2 block; an odd last row or column is dropped. */
export interface MaxPool2dSpec {
  readonly type: 'maxPool2d';
  readonly size: 2;
  readonly name?: string;
}
/** While training, sets values to zero with probability `rate` and divides the others by 1 - rate. */
export interface DropoutSpec {
  readonly type: 'dropout';
  readonly rate: number;
  readonly name?: string;
}
/** A function of each value on its own. */
export interface ActivationSpec {
  readonly type: 'relu' | 'sigmoid' | 'tanh' | 'silu';
  readonly name?: string;
}
/** A rectifier that lets a share of what is negative pass. */
export interface LeakyReluSpec {
  readonly type: 'leakyRelu';
  readonly slope: number;
  readonly name?: string;
}
/** Maps become one vector, row-major over (channel, y, x). */
export interface FlattenSpec {
  readonly type: 'flatten';
  readonly name?: string;
}
/** Each channel of a map, or each value of a vector, is centred and scaled by its values in the batch. */
export interface BatchNormSpec {
  readonly type: 'batchNorm';
  /** How much of the mean and the variance so far is kept at each step; prediction uses these. */
  readonly momentum: number;
  /** Added to the variance. */
  readonly epsilon: number;
  readonly name?: string;
}
/** The mean of each map. */
export interface GlobalAveragePool2dSpec {
  readonly type: 'globalAveragePool2d';
  readonly name?: string;
}
/** Where each map is largest, as a mean place: two numbers a map. */
export interface SoftArgmax2dSpec {
  readonly type: 'softArgmax2d';
  /** Factor of the values before the softmax. */
  readonly beta: number;
  readonly name?: string;
}
/** Layers whose output is added to their input. */
export interface ResidualSpec {
  readonly type: 'residual';
  readonly layers: readonly LayerSpec[];
  readonly name?: string;
}
/** A layer as plain data; the functions that make them tell what each does. */
export type LayerSpec =
  | Conv2dSpec
  | DenseSpec
  | MaxPool2dSpec
  | BatchNormSpec
  | DropoutSpec
  | ActivationSpec
  | LeakyReluSpec
  | FlattenSpec
  | GlobalAveragePool2dSpec
  | SoftArgmax2dSpec
  | ResidualSpec;

/** What every layer with a name of its own choice takes. */
export interface LayerOptions {
  /** Default: its kind and number, such as `conv1`. */
  readonly name?: string;
}

/**
 * A convolution.
 *
 * @param filters number of output channels
 * @param kernel height and width of the kernel, 1 to 7
 * @param options `padding` `valid` (default: the map shrinks by kernel - 1) or `same` (odd kernels: with
 *   (kernel - 1) / 2 zeros on every side it keeps its size); `stride` 1 (default) or 2: every second place
 *   in both directions alone, the first one included. Zeros are as in PyTorch; Keras's `same` with a stride
 *   of 2 has them on the right and below; `name`
 * @example
 * conv2d(32, 3); // [1, 96, 96] -> [32, 94, 94]
 * conv2d(32, 3, { padding: 'same', stride: 2 }); // [1, 96, 96] -> [32, 48, 48]
 */
export const conv2d = (
  filters: number,
  kernel: number,
  options: LayerOptions & { readonly padding?: 'valid' | 'same'; readonly stride?: 1 | 2 } = {},
): Conv2dSpec => ({ type: 'conv2d', filters, kernel, padding: 'valid', ...options });
/**
 * A dense layer: each output is a weighted sum of all inputs, and a bias.
 *
 * @param units number of outputs
 * @param options `name`
 * @example
 * dense(100); // [9216] -> [100]
 */
export const dense = (units: number, options: LayerOptions = {}): DenseSpec => ({
  type: 'dense',
  units,
  ...options,
});
/**
 * Max-pooling: of each block of 2 x 2 values the largest.
 *
 * @param size of the blocks, in pixels; 2
 * @param options `name`
 * @example
 * maxPool2d(); // [32, 94, 94] -> [32, 47, 47]
 */
export const maxPool2d = (size: 2 = 2, options: LayerOptions = {}): MaxPool2dSpec => ({
  type: 'maxPool2d',
  size,
  ...options,
});
/**
 * Batch normalisation: (x - mean) / sqrt(variance + epsilon) * weight + bias, with the mean and variance
 * of each channel (of maps) or value (of vectors) over the batch; prediction uses running means of both.
 * Ioffe and Szegedy, "Batch normalization", 2015.
 *
 * @param options `momentum`: how much of the running means is kept at each step, default 0.9;
 *   `epsilon`: added to the variance, default 1e-5; `name`
 * @example
 * network([1, 96, 96], [conv2d(16, 3), relu(), maxPool2d(), batchNorm(), flatten(), dense(30)]);
 */
export const batchNorm = (
  options: LayerOptions & { readonly momentum?: number; readonly epsilon?: number } = {},
): BatchNormSpec => ({ type: 'batchNorm', momentum: 0.9, epsilon: 1e-5, ...options });
/**
 * Dropout: in training each value is silenced with a probability, the others are divided by 1 - rate.
 *
 * @param rate the probability, in [0, 1)
 * @param options `name`
 * @example
 * dropout(0.5);
 */
export const dropout = (rate: number, options: LayerOptions = {}): DropoutSpec => ({
  type: 'dropout',
  rate,
  ...options,
});
/** The rectifier: max(0, x). */
export const relu = (): ActivationSpec => ({ type: 'relu' });
/** The logistic function: 1 / (1 + exp(-x)). */
export const sigmoid = (): ActivationSpec => ({ type: 'sigmoid' });
/** The hyperbolic tangent. */
export const tanh = (): ActivationSpec => ({ type: 'tanh' });
/**
 * The sigmoid-weighted linear unit, also called swish: x / (1 + exp(-x)). Elfwing et al., 2017. It takes
 * less time behind a pooling than before it.
 */
export const silu = (): ActivationSpec => ({ type: 'silu' });
/**
 * The leaky rectifier: x where it is positive, else slope * x. Maas et al., 2013.
 *
 * @param slope in [0, 1), default 0.01
 * @example
 * network([1, 96, 96], [conv2d(16, 3), leakyRelu(), maxPool2d(), flatten(), dense(30)]);
 */
export const leakyRelu = (slope = 0.01): LeakyReluSpec => ({ type: 'leakyRelu', slope });
/** From maps to one vector; put it before the first dense layer. */
export const flatten = (): FlattenSpec => ({ type: 'flatten' });
/**
 * Global average pooling: of each map its mean. Lin et al., "Network in network", 2013.
 *
 * @param options `name`
 * @example
 * globalAveragePool2d(); // [128, 6, 6] -> [128]
 */
export const globalAveragePool2d = (options: LayerOptions = {}): GlobalAveragePool2dSpec => ({
  type: 'globalAveragePool2d',
  ...options,
});
/**
 * Soft-argmax: each map is a heat map, of which the mean place is taken, weighted by the softmax of
 * beta times its values. Nibali et al., "Numerical coordinate regression with convolutional neural networks",
 * 2018.
 *
 * Places are x, then y, of the pixels' centres in [-1, 1]: the first one of W columns is at 1 / W - 1. These are
 * the coordinates that a network learns, so no dense layer needs to follow.
 *
 * @param options `beta`: factor of the values, default 1; the larger, the nearer the largest value the
 *   mean is; `name`
 * @example
 * softArgmax2d(); // [15, 24, 24] -> [30]: x and y of the first map, x and y of the second …
 */
export const softArgmax2d = (
  options: LayerOptions & { readonly beta?: number } = {},
): SoftArgmax2dSpec => ({ type: 'softArgmax2d', beta: 1, ...options });
/**
 * A residual block: its input plus what its layers make of it, in the same shape. He et al., "Deep residual
 * learning for image recognition", 2015.
 *
 * The layers are named after the block: `residual1.conv1`.
 *
 * @param layers the body, at least one
 * @param options `name`
 * @example
 * const same = { padding: 'same' } as const;
 * residual([conv2d(32, 3, same), batchNorm(), relu(), conv2d(32, 3, same)]); // [32, 48, 48] stays
 */
export const residual = (
  layers: readonly LayerSpec[],
  options: LayerOptions = {},
): ResidualSpec => ({ type: 'residual', layers, ...options });

/** A layer whose dropout, or that of layers within it, lets everything pass. */
export function openDropout(layer: LayerSpec): LayerSpec {
  if (layer.type === 'dropout') return { ...layer, rate: 0 };
  return layer.type === 'residual' ? { ...layer, layers: layer.layers.map(openDropout) } : layer;
}
