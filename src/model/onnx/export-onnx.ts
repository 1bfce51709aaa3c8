import { InputError } from '../../errors.ts';
import { parameterInfos } from '../../nn/network.ts';
import { requireFloat16 } from '../float16.ts';
import { type Model, modelMetadata } from '../model-file.ts';
import { integer, OnnxGraph, type Port } from './graph.ts';
import { addNetwork } from './network-nodes.ts';
import { ONNX_INPUT, ONNX_OUTPUT } from './onnx-file.ts';
import { addImageScaling, addPixels } from './scaling-nodes.ts';

/** What an ONNX file is to hold, and how. */
export interface OnnxOptions {
  /**
   * What coordinates count: `pixels` of the picture, or `scaled` as the network itself says them, from
   * -1 (left, top) to 1; default `pixels`.
   */
  readonly output?: 'pixels' | 'scaled' | undefined;
  /** Whether weights are rounded to float16, so that the file is half as large; default `false`. */
  readonly float16?: boolean | undefined;
  /** Text by key that the file keeps besides what it says of the models. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * A model as an ONNX file that needs nothing else: it takes pictures of 0 … 255 and gives keypoints.
 * Several models for the same pictures become one file: with all points of specialists, or with the mean
 * of what the nets of an ensemble find.
 *
 * @param models by name, which stands before the names of their tensors; one alone may be called ''
 * @param options what the file gives and how its weights are kept
 * @throws InputError where a weight is beyond float16, and where models share some points but not all
 * @throws Error where the models take pictures of different shapes
 * @example
 * await writeFile('model.onnx', exportOnnx(new Map([['', model]]), { float16: true }));
 */
export function exportOnnx(
  models: ReadonlyMap<string, Model>,
  { output = 'pixels', float16 = false, metadata = {} }: OnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  const all = [...models.values()];
  const input = picturesOf(all);
  const graph = new OnnxGraph(float16);
  const found = [...models].map(([name, model]) => {
    if (float16) requireFloat16(parameterInfos(model.network), model.parameters);
    const prefix = prefixOf(name);
    const seen = addImageScaling(graph, model.scaling, { input: ONNX_INPUT, prefix });
    const said = addNetwork(graph, model, { input: seen, prefix });
    return output === 'pixels'
      ? addPixels(graph, model.scaling, model.schema, { input: said, prefix })
      : said;
  });
  const points = [...new Set(all.flatMap(({ schema }) => schema.points))];
  const joined = found.length === 1 ? found[0]! : join(graph, found, all);
  // 0: as many rows as there are.
  const shape = graph.integers('keypoints.shape', [0, points.length, 2]);
  graph.add('Reshape', [joined, shape], ONNX_OUTPUT);
  const facts = [...models].flatMap(([name, model]) =>
    Object.entries(modelMetadata(model)).map(([key, value]) => [`${prefixOf(name)}${key}`, value]),
  );
  const keypoints = {
    name: ONNX_OUTPUT,
    shape: [points.length, 2],
    about: `x before y of ${points.join(', ')}; ${UNITS[output]}`,
  };
  return graph.encode({
    input,
    output: keypoints,
    about: `Finds ${points.length} keypoints in pictures. ${[input, keypoints].map(sentence).join(' ')}`,
    metadata: { points: JSON.stringify(points), ...Object.fromEntries(facts), ...metadata },
  });
}

/** What several models find, side by side or as their mean. */
function join(graph: OnnxGraph, found: readonly string[], models: readonly Model[]): string {
  const names = models.map(({ schema }) => schema.points);
  if (new Set(names.map(String)).size === 1) return graph.add('Mean', found, 'joined');
  if (new Set(names.flat()).size === names.flat().length) {
    return graph.add('Concat', found, 'joined', [integer('axis', 1)]);
  }
  throw new InputError(
    'the models share some of their points, but not all',
    'Export models of the same points, or of different ones.',
  );
}

const UNITS = {
  pixels:
    'in pixels of the picture, from its upper left corner; the centre of its first pixel is (0.5, 0.5)',
  scaled:
    'scaled as the network was trained, from -1 (left, top) to 1 (right, bottom), x about the axis of its labels',
};

const prefixOf = (name: string): string => (name === '' ? '' : `${name}/`);

function picturesOf(models: readonly Model[]): Port {
  const shape = models[0]!.network.input;
  const other = models.find(({ network }) => String(network.input) !== String(shape));
  if (other) throw new Error(`pictures of [${shape}] and of [${other.network.input}] in one file`);
  const what = shape[0] === 1 ? 'grey' : 'the red plane, the green, the blue';
  return {
    name: ONNX_INPUT,
    shape,
    about: `${what}; each value from 0 (dark) to 255, not divided`,
  };
}

const sentence = ({ name, shape, about }: Port): string =>
  `"${name}" is float32 of shape (rows, ${shape.join(', ')}): ${about}.`;
