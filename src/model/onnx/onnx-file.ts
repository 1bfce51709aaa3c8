import {
  type LayerInfo,
  layerInfos,
  type NetworkSpec,
  networkOutput,
  type ParameterInfo,
  parameterInfos,
  type Shape,
  sizeOf,
} from '../../nn/network.ts';
import { bytesOf } from '../safetensors.ts';
import { bytes, encode, message, number, type Parts, text } from './protobuf.ts';

/** What the file's input is called: pictures of shape (rows, …the network's input), in [0, 1]. */
export const ONNX_INPUT = 'pictures';
/** What the file's output is called: the network's output, of shape (rows, outputs). */
export const ONNX_OUTPUT = 'outputs';

/** Version of the file format, and of the operators; both as in ONNX 1.8, which every runtime reads. */
const IR_VERSION = 7;
const OPERATORS = 13;
/** Of TensorProto.DataType. */
const FLOAT = 1;

/**
 * A network with its weights as an ONNX file (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto),
 * for prediction: dropout does nothing then. The number of rows is free.
 *
 * @param parameters by name, row-major in the shapes of `parameterInfos`
 * @throws Error where a parameter is missing or has another size
 * @example
 * await writeFile('net.onnx', encodeOnnx(model.network, model.parameters));
 */
export function encodeOnnx(
  network: NetworkSpec,
  parameters: ReadonlyMap<string, Float32Array>,
): Uint8Array<ArrayBuffer> {
  const layers = layerInfos(network);
  const nodes = layers.map((layer, i) => {
    const input = i === 0 ? ONNX_INPUT : layers[i - 1]!.name;
    const output = i === layers.length - 1 ? ONNX_OUTPUT : layer.name;
    return node(layer, input, output);
  });
  const graph = message(
    7,
    ...nodes,
    text(2, 'network'),
    ...parameterInfos(network).map((info) => initializer(info, parameters)),
    value(11, ONNX_INPUT, network.input),
    value(12, ONNX_OUTPUT, networkOutput(network)),
  );
  const operators = message(8, text(1, ''), number(2, OPERATORS));
  return encode(number(1, IR_VERSION), text(2, 'fiducial'), graph, operators);
}

/** A layer as an operator. */
function node(layer: LayerInfo, input: string, output: string): Parts {
  const { operator, attributes = [] } = operatorOf(layer);
  const inputs = [input, ...layer.parameters.map(({ name }) => name)];
  return message(
    1,
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(3, layer.name),
    text(4, operator),
    ...attributes,
  );
}

function operatorOf({ spec }: LayerInfo): {
  readonly operator: string;
  readonly attributes?: readonly Parts[];
} {
  switch (spec.type) {
    case 'conv2d': {
      const around = spec.padding === 'same' ? spec.kernel >> 1 : 0;
      return {
        operator: 'Conv',
        attributes: [
          integers('kernel_shape', [spec.kernel, spec.kernel]),
          integers('pads', [around, around, around, around]),
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
    case 'dropout':
      return { operator: 'Dropout' };
  }
}

const integer = (name: string, i: number): Parts =>
  message(5, text(1, name), number(3, i), number(20, 2));

const integers = (name: string, ints: readonly number[]): Parts =>
  message(5, text(1, name), ...ints.map((i) => number(8, i)), number(20, 7));

function initializer(
  { name, shape }: ParameterInfo,
  parameters: ReadonlyMap<string, Float32Array>,
): Parts {
  const values = parameters.get(name);
  if (values?.length !== sizeOf(shape)) {
    throw new Error(`parameter ${name}: ${values?.length} values, expected ${shape.join(' x ')}`);
  }
  return message(
    5,
    ...shape.map((size) => number(1, size)),
    number(2, FLOAT),
    text(8, name),
    bytes(9, bytesOf(values)),
  );
}

/** An input or output of the graph: floats of some shape, any number of rows. */
function value(field: number, name: string, shape: Shape): Parts {
  const dimensions = [
    message(1, text(2, 'rows')),
    ...shape.map((size) => message(1, number(1, size))),
  ];
  const tensor = message(1, number(1, FLOAT), message(2, ...dimensions));
  return message(field, text(1, name), message(2, tensor));
}
