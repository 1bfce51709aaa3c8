import { type Shape, sizeOf } from '../../nn/network.ts';
import { toFloat16 } from '../float16.ts';
import { bytes, decimal, encode, message, number, type Parts, text } from './protobuf.ts';

/** Versions of the file format and of the operators, as in ONNX 1.12; newer runtimes read them too. */
const IR_VERSION = 8;
const OPERATORS = 17;

/** Of TensorProto.DataType. */
const FLOAT = 1;
const INT64 = 7;
const FLOAT16 = 10;

/** A tensor that comes into the graph or goes out, float32 for any number of rows. */
export interface Port {
  readonly name: string;
  /** Of one row. */
  readonly shape: Shape;
  /** What it means, for people. */
  readonly about: string;
}

/** What a file says besides its graph. */
export interface FileFacts {
  readonly input: Port;
  readonly output: Port;
  /** What the file is, for people. */
  readonly about: string;
  /** Text by key, for programs. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * The operators and constants of an ONNX file as they are added, one behind the other
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Tensors are known by name.
 */
export class OnnxGraph {
  readonly #nodes: Parts[] = [];
  readonly #initializers: Parts[] = [];

  /** @param float16 whether weights are kept as float16, from which the graph itself makes float32 */
  constructor(private readonly float16 = false) {}

  /**
   * Adds an operator.
   *
   * @param operator `Gemm`
   * @param inputs names of tensors that are there already
   * @param output name of the tensor that it makes
   * @returns that name
   */
  add(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: readonly Parts[] = [],
  ): string {
    this.#nodes.push(
      message(
        1,
        ...inputs.map((name) => text(1, name)),
        text(2, output),
        text(3, output),
        text(4, operator),
        ...attributes,
      ),
    );
    return output;
  }

  /**
   * Adds a weight.
   *
   * @param rounded whether it is float16 in a graph of such
   * @returns its name
   * @throws Error where the values are missing or do not fit the shape
   */
  weight(name: string, shape: Shape, values: Float32Array | undefined, rounded: boolean): string {
    if (values?.length !== sizeOf(shape)) {
      throw new Error(`parameter ${name}: ${values?.length} values, expected ${shape.join(' x ')}`);
    }
    if (!this.float16 || !rounded) return this.#constant(name, shape, FLOAT, values);
    const halves = this.#constant(`${name}.float16`, shape, FLOAT16, toFloat16(values));
    return this.add('Cast', [halves], name, [integer('to', FLOAT)]);
  }

  /** Adds numbers that are no weights, always as float32. */
  floats = (name: string, shape: Shape, values: readonly number[]): string =>
    this.#constant(name, shape, FLOAT, Float32Array.from(values));

  /** Adds a list of whole numbers, such as a shape. */
  integers = (name: string, values: readonly number[]): string =>
    this.#constant(name, [values.length], INT64, BigInt64Array.from(values, BigInt));

  /** The file. */
  encode({ input, output, about, metadata = {} }: FileFacts): Uint8Array<ArrayBuffer> {
    const graph = message(
      7,
      ...this.#nodes,
      text(2, 'keypoints'),
      ...this.#initializers,
      port(11, input),
      port(12, output),
    );
    return encode(
      number(1, IR_VERSION),
      text(2, 'fiducial'),
      text(6, about),
      graph,
      message(8, text(1, ''), number(2, OPERATORS)),
      ...Object.entries(metadata).map(([key, value]) => message(14, text(1, key), text(2, value))),
    );
  }

  #constant(name: string, shape: Shape, type: number, values: ArrayBufferView): string {
    const { buffer, byteOffset, byteLength } = values;
    this.#initializers.push(
      message(
        5,
        ...shape.map((size) => number(1, size)),
        number(2, type),
        text(8, name),
        bytes(9, new Uint8Array(buffer, byteOffset, byteLength)),
      ),
    );
    return name;
  }
}

/** An attribute of an operator that is a whole number. */
export const integer = (name: string, value: number): Parts =>
  message(5, text(1, name), number(3, value), number(20, 2));

/** An attribute of an operator that is a float32. */
export const float = (name: string, value: number): Parts =>
  message(5, text(1, name), decimal(2, value), number(20, 1));

/** An attribute of an operator that is a list of whole numbers. */
export const integers = (name: string, values: readonly number[]): Parts =>
  message(5, text(1, name), ...values.map((value) => number(8, value)), number(20, 7));

function port(field: number, { name, shape, about }: Port): Parts {
  const dimensions = [
    message(1, text(2, 'rows')),
    ...shape.map((size) => message(1, number(1, size))),
  ];
  const tensor = message(1, number(1, FLOAT), message(2, ...dimensions));
  return message(field, text(1, name), message(2, tensor), text(3, about));
}
