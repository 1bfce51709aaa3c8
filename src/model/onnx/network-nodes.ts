import type { SoftArgmax2dSpec } from '../../nn/layers.ts';
import { type LayerInfo, layerTree, type NetworkSpec } from '../../nn/network.ts';
import { isRounded } from '../float16.ts';
import { float, integer, integers, type OnnxGraph } from './graph.ts';
import type { Parts } from './protobuf.ts';

/** A network with its weights. */
export interface WeightedNetwork {
  readonly network: NetworkSpec;
  /** By name, row-major in the shapes of `parameterInfos`. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
}

/** How the operators of a network stand in a graph. */
export interface Place {
  /** Name of the tensor that it takes. */
  readonly input: string;
  /** Stands before the names of all tensors, so that several networks fit into one graph; default none. */
  readonly prefix?: string | undefined;
}

/**
 * Adds a network for prediction to a graph: every layer but dropout, which does nothing then.
 *
 * @returns the name of its output, of shape (rows, …)
 * @throws Error where a parameter is missing or has another size
 */
export function addNetwork(
  graph: OnnxGraph,
  { network, parameters }: WeightedNetwork,
  { input, prefix = '' }: Place,
): string {
  const addLayer = (before: string, layer: LayerInfo): string => {
    const name = `${prefix}${layer.name}`;
    const output = `${name}.output`;
    if (layer.spec.type === 'silu') {
      // Without an operator of its own in this version.
      return graph.add('Mul', [before, graph.add('Sigmoid', [before], `${name}.sigmoid`)], output);
    }
    if (layer.spec.type === 'softArgmax2d') return addSoftArgmax(graph, layer, before, name);
    const { operator, attributes } = operatorOf(layer);
    if (operator === undefined) return before;
    const others =
      layer.body.length > 0
        ? [layer.body.reduce(addLayer, before)]
        : layer.parameters.map((info) => {
            const values = parameters.get(info.name);
            return graph.weight(`${prefix}${info.name}`, info.shape, values, isRounded(info));
          });
    const made = graph.add(operator, [before, ...others], output, attributes);
    // Maps of one pixel are a vector here.
    return operator === 'GlobalAveragePool' ? graph.add('Flatten', [made], `${name}.flat`) : made;
  };
  return layerTree(network).reduce(addLayer, input);
}

/** The softmax of each map times the places of its pixels. */
function addSoftArgmax(graph: OnnxGraph, { spec, input }: LayerInfo, before: string, name: string) {
  const [channels, height, width] = input as [number, number, number];
  const { beta } = spec as SoftArgmax2dSpec;
  const places = Array.from({ length: height * width }, (_, i) => [
    (2 * (i % width) + 1) / width - 1,
    (2 * Math.floor(i / width) + 1) / height - 1,
  ]);
  // 0: as many rows as there are.
  const shape = graph.integers(`${name}.shape`, [0, channels, height * width]);
  const maps = graph.add('Reshape', [before, shape], `${name}.maps`);
  const scaled = graph.add(
    'Mul',
    [maps, graph.floats(`${name}.beta`, [1], [beta])],
    `${name}.scaled`,
  );
  const weights = graph.add('Softmax', [scaled], `${name}.weights`, [integer('axis', 2)]);
  const table = graph.floats(`${name}.places`, [height * width, 2], places.flat());
  const means = graph.add('MatMul', [weights, table], `${name}.means`);
  return graph.add('Flatten', [means], `${name}.output`);
}

function operatorOf({ spec }: LayerInfo): {
  readonly operator: string | undefined;
  readonly attributes?: readonly Parts[];
} {
  switch (spec.type) {
    case 'conv2d': {
      const { stride = 1 } = spec;
      const around = spec.padding === 'same' ? spec.kernel >> 1 : 0;
      return {
        operator: 'Conv',
        attributes: [
          integers('kernel_shape', [spec.kernel, spec.kernel]),
          integers('pads', [around, around, around, around]),
          ...(stride > 1 ? [integers('strides', [stride, stride])] : []),
        ],
      };
    }
    case 'maxPool2d':
      return {
        operator: 'MaxPool',
        attributes: [
          integers('kernel_shape', [spec.size, spec.size]),
          integers('strides', [spec.size, spec.size]),
        ],
      };
    case 'dense':
      // Our weights are (out, in); Gemm's second factor is (in, out) unless it is told to turn it round.
      return { operator: 'Gemm', attributes: [integer('transB', 1)] };
    case 'flatten':
      return { operator: 'Flatten' };
    case 'relu':
      return { operator: 'Relu' };
    case 'sigmoid':
      return { operator: 'Sigmoid' };
    case 'tanh':
      return { operator: 'Tanh' };
    case 'leakyRelu':
      return { operator: 'LeakyRelu', attributes: [float('alpha', spec.slope)] };
    case 'batchNorm':
      return { operator: 'BatchNormalization', attributes: [float('epsilon', spec.epsilon)] };
    case 'globalAveragePool2d':
      return { operator: 'GlobalAveragePool' };
    case 'residual':
      return { operator: 'Add' };
    case 'silu':
    case 'softArgmax2d':
    case 'dropout':
      return { operator: undefined };
  }
}
