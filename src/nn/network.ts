import { InputError } from '../errors.ts';
import type { LayerSpec } from './layers.ts';

/** Size of one row's data: `[channels, height, width]` for maps, `[features]` for vectors. */
export type Shape = readonly number[];

/** A network as plain data: it can be written to JSON and read back. */
export interface NetworkSpec {
  readonly input: Shape;
  readonly layers: readonly LayerSpec[];
}

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
    const refuse = (what: string, advice?: string): never => {
      throw new InputError(
        `layer ${index + 1} (${name}): ${what}; its input has shape [${input.join(', ')}]`,
        advice,
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

/** All parameters of a network in order. */
export const parameterInfos = (spec: NetworkSpec): ParameterInfo[] =>
  layerInfos(spec).flatMap((layer) => layer.parameters);

/** Shape of a network's output for one row. */
export const networkOutput = (spec: NetworkSpec): Shape =>
  layerInfos(spec).at(-1)?.output ?? spec.input;

/** What to do where a picture is used up before the layers are. */
const TOO_SMALL = 'Make the pictures larger, or take a network with fewer layers.';

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

function outputShape(
  layer: LayerSpec,
  input: Shape,
  refuse: (what: string, advice?: string) => never,
): Shape {
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
        refuse(`kernel ${layer.kernel} is larger than the map`, TOO_SMALL);
      return [layer.filters, places(height - shrink), places(width - shrink)];
    }
    case 'maxPool2d':
      if (input.length !== 3) refuse('pooling needs maps [channels, height, width]');
      if (height < 2 || width < 2) refuse('pooling needs maps of at least 2 x 2', TOO_SMALL);
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
