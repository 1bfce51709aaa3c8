import { InputError } from '../errors.ts';

/** Size of one row's data: `[channels, height, width]` for maps, `[features]` for vectors. */
export type Shape = readonly number[];

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

/** A network as plain data: it can be written to JSON and read back. */
export interface NetworkSpec {
  readonly input: Shape;
  readonly layers: readonly LayerSpec[];
}

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

/** A tensor that training changes. */
export interface ParameterInfo {
  /** `conv1.weight`, `dense1.bias`. */
  readonly name: string;
  /** Convolution weights (out, in, y, x), dense weights (out, in), biases (out). */
  readonly shape: Shape;
  /** Inputs of one output value, for initialisers. */
  readonly fanIn: number;
  /** Outputs that one input value reaches, for initialisers. */
  readonly fanOut: number;
  /** Its value before training; `drawn`: at random (`initialise`). */
  readonly first: 'drawn' | number;
  /** It is a running mean over batches: no gradient moves it, and files keep it as float32. */
  readonly running?: true;
}

/** A layer in its place: named, with its shapes known. */
export interface LayerInfo {
  readonly name: string;
  readonly spec: LayerSpec;
  readonly input: Shape;
  readonly output: Shape;
  readonly parameters: readonly ParameterInfo[];
  /** The layers within a residual block; all others have none. */
  readonly body: readonly LayerInfo[];
}

/** Number of values of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);

/**
 * A network: input shape and layers, checked.
 *
 * @param input shape of one row, `[channels, height, width]` or `[features]`
 * @param layers in the order in which data passes them
 * @throws InputError where the input is neither maps nor a vector, or a layer does not fit the one before it
 * @example
 * network([1, 96, 96], [flatten(), dense(100), relu(), dense(30)]);
 */
export function network(input: Shape, layers: readonly LayerSpec[]): NetworkSpec {
  const spec = { input, layers };
  layerInfos(spec);
  return spec;
}

const SHORT_NAMES: Partial<Record<LayerSpec['type'], string>> = {
  conv2d: 'conv',
  maxPool2d: 'pool',
  batchNorm: 'norm',
  globalAveragePool2d: 'mean',
  softArgmax2d: 'argmax',
};

/**
 * Every layer with its name, shapes and parameters, those of a residual block before the block itself. A
 * layer without a name is called after its type and its number among those of its type: `conv1`, `pool1`,
 * `dense2`. What a residual block is called stands before the names of its layers: `residual1.conv1`.
 *
 * @throws InputError where the input is neither maps nor a vector, a layer does not fit the one before
 *   it, or two layers have the same name
 */
export const layerInfos = (spec: NetworkSpec): LayerInfo[] => flatLayers(layerTree(spec));

/** Layers and those within them, which come before the one that they are in. */
export const flatLayers = (layers: readonly LayerInfo[]): LayerInfo[] =>
  layers.flatMap((layer) => [...flatLayers(layer.body), layer]);

/** The same as `layerInfos`, but layers within others are found in these alone. */
export function layerTree({ input, layers }: NetworkSpec): LayerInfo[] {
  if (!(input.length === 1 || input.length === 3) || !input.every(isCount)) {
    throw new InputError(
      `the input has shape [${input.join(', ')}], expected [channels, height, width] or [features]`,
    );
  }
  return placeLayers(layers, input, '', new Set());
}

/**
 * Layers that stand behind one another.
 *
 * @param prefix of their names
 * @param names that are taken
 */
function placeLayers(
  layers: readonly LayerSpec[],
  shape: Shape,
  prefix: string,
  names: Set<string>,
): LayerInfo[] {
  const counts = new Map<string, number>();
  let input = shape;
  return layers.map((layer, index) => {
    const short = SHORT_NAMES[layer.type] ?? layer.type;
    const count = (counts.get(short) ?? 0) + 1;
    counts.set(short, count);
    const name = prefix + (layer.name ?? `${short}${count}`);
    if (names.has(name)) {
      throw new InputError(`layer ${index + 1}: the name "${name}" is taken by an earlier layer`);
    }
    names.add(name);
    const refuse = (what: string): never => {
      throw new InputError(
        `layer ${index + 1} (${name}): ${what}; its input has shape [${input.join(', ')}]`,
      );
    };
    const body =
      layer.type === 'residual' ? placeLayers(layer.layers, input, `${name}.`, names) : [];
    const output =
      layer.type === 'residual'
        ? residualShape(body, input, refuse)
        : outputShape(layer, input, refuse);
    const parameters = parametersOf(name, layer, input);
    const info = { name, spec: layer, input, output, parameters, body };
    input = output;
    return info;
  });
}

/** A layer whose dropout, or that of layers within it, lets everything pass. */
export function openDropout(layer: LayerSpec): LayerSpec {
  if (layer.type === 'dropout') return { ...layer, rate: 0 };
  return layer.type === 'residual' ? { ...layer, layers: layer.layers.map(openDropout) } : layer;
}

/** All parameters of a network in order. */
export const parameterInfos = (spec: NetworkSpec): ParameterInfo[] =>
  layerInfos(spec).flatMap((layer) => layer.parameters);

/** Shape of a network's output for one row. */
export const networkOutput = (spec: NetworkSpec): Shape =>
  layerInfos(spec).at(-1)?.output ?? spec.input;

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

function residualShape(
  body: readonly LayerInfo[],
  input: Shape,
  refuse: (what: string) => never,
): Shape {
  const { output } = body.at(-1) ?? refuse('a residual block needs at least one layer');
  if (output.join() !== input.join()) {
    refuse(`its layers make shape [${output.join(', ')}], which cannot be added to its input`);
  }
  return output;
}

function outputShape(layer: LayerSpec, input: Shape, refuse: (what: string) => never): Shape {
  const [channels = 0, height = 0, width = 0] = input;
  switch (layer.type) {
    case 'conv2d': {
      if (input.length !== 3) refuse('a convolution needs maps [channels, height, width]');
      if (!isCount(layer.filters)) refuse(`${layer.filters} filters, expected 1 or more`);
      if (!isCount(layer.kernel) || layer.kernel > 7)
        refuse(`kernel ${layer.kernel} is not a whole number in 1 … 7`);
      const { stride = 1 } = layer;
      if (!(stride === 1 || stride === 2)) refuse(`stride ${stride}, expected 1 or 2`);
      const places = (length: number): number => Math.ceil(length / stride);
      if (layer.padding === 'same') {
        if (layer.kernel % 2 === 0)
          refuse(`padding "same" needs an odd kernel, not ${layer.kernel}`);
        return [layer.filters, places(height), places(width)];
      }
      const shrink = layer.kernel - 1;
      if (height <= shrink || width <= shrink)
        refuse(`kernel ${layer.kernel} is larger than the map`);
      return [layer.filters, places(height - shrink), places(width - shrink)];
    }
    case 'maxPool2d':
      if (input.length !== 3) refuse('pooling needs maps [channels, height, width]');
      if (height < 2 || width < 2) refuse('pooling needs maps of at least 2 x 2');
      return [channels, height >> 1, width >> 1];
    case 'dense':
      if (input.length !== 1) refuse('a dense layer needs a vector, put flatten() before it');
      if (!isCount(layer.units)) refuse(`${layer.units} units, expected 1 or more`);
      return [layer.units];
    case 'flatten':
      return [sizeOf(input)];
    case 'globalAveragePool2d':
      if (input.length !== 3) refuse('a mean of maps needs maps [channels, height, width]');
      return [channels];
    case 'softArgmax2d':
      if (input.length !== 3) refuse('a soft-argmax needs maps [channels, height, width]');
      if (!(layer.beta > 0 && Number.isFinite(layer.beta))) {
        refuse(`beta ${layer.beta}, expected more than 0`);
      }
      return [2 * channels];
    case 'batchNorm':
      if (!(layer.momentum >= 0 && layer.momentum < 1)) {
        refuse(`momentum ${layer.momentum} is not in [0, 1)`);
      }
      if (!(layer.epsilon > 0)) refuse(`epsilon ${layer.epsilon}, expected more than 0`);
      return input;
    case 'leakyRelu':
      if (!(layer.slope >= 0 && layer.slope < 1)) refuse(`slope ${layer.slope} is not in [0, 1)`);
      return input;
    case 'dropout':
      if (!(layer.rate >= 0 && layer.rate < 1)) refuse(`rate ${layer.rate} is not in [0, 1)`);
      return input;
    default:
      return input;
  }
}

function parametersOf(name: string, layer: LayerSpec, input: Shape): ParameterInfo[] {
  const make = (weight: Shape, fanIn: number, fanOut: number): ParameterInfo[] => [
    { name: `${name}.weight`, shape: weight, fanIn, fanOut, first: 'drawn' },
    { name: `${name}.bias`, shape: [weight[0]!], fanIn, fanOut, first: 0 },
  ];
  if (layer.type === 'conv2d') {
    const area = layer.kernel ** 2;
    const shape = [layer.filters, input[0]!, layer.kernel, layer.kernel];
    return make(shape, input[0]! * area, layer.filters * area);
  }
  if (layer.type === 'batchNorm') {
    const part = (part: string, first: number) => ({
      ...{ name: `${name}.${part}`, shape: [input[0]!], fanIn: 1, fanOut: 1, first },
    });
    const running = true;
    return [
      ...[part('weight', 1), part('bias', 0)],
      ...[part('mean', 0), part('variance', 1)].map((info) => ({ ...info, running }) as const),
    ];
  }
  if (layer.type === 'dense') return make([layer.units, input[0]!], input[0]!, layer.units);
  return [];
}
