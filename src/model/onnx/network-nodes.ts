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
    const output = `${prefix}${layer.name}.output`;
    if (layer.spec.type === 'silu') {
      // Without an operator of its own in this version.
      const share = graph.add('Sigmoid', [before], `${prefix}${layer.name}.sigmoid`);
      return graph.add('Mul', [before, share], output);
    }
    const { operator, attributes } = operatorOf(layer);
    if (operator === undefined) return before;
    const others =
      layer.body.length > 0
        ? [layer.body.reduce(addLayer, before)]
        : layer.parameters.map((info) => {
            const values = parameters.get(info.name);
            return graph.weight(`${prefix}${info.name}`, info.shape, values, isRounded(info));
          });
    return graph.add(operator, [before, ...others], output, attributes);
  };
  return layerTree(network).reduce(addLayer, input);
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
    case 'residual':
      return { operator: 'Add' };
    case 'silu':
    case 'dropout':
      return { operator: undefined };
  }
}
