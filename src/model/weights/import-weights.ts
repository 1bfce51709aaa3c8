import { InputError } from '../../errors.ts';
import { didYouMean, nearest } from '../../nearest.ts';
import {
  layerInfos,
  type NetworkSpec,
  type ParameterInfo,
  parameterInfos,
  type Shape,
} from '../../nn/network.ts';
import { decodeTensor } from '../decode-safetensors.ts';
import { decodeHeader, type TensorPlace } from '../safetensors-header.ts';
import { fromLayout, LAYOUTS, type Layout, shapeIn } from './layout.ts';
import type { WeightMap } from './weight-map.ts';

/** Where a parameter comes from. */
interface Source {
  readonly info: ParameterInfo;
  readonly tensor: TensorPlace;
  readonly layout: Layout;
}

/**
 * The parameters of a network from a safetensors file that another framework wrote.
 *
 * @param file its bytes
 * @param fileName for messages
 * @param network whose parameters they become
 * @param map which tensor is which parameter, and how it lies
 * @returns the parameters by name, in the shapes of `parameterInfos`
 * @throws InputError where a parameter finds no tensor or one of another shape, a tensor is of no use,
 *   or a number is not finite
 * @example
 * importWeights(bytes, 'torch.safetensors', networkFor(net2, schema), weightMapSchema.parse({}));
 */
export function importWeights(
  file: Uint8Array,
  fileName: string,
  network: NetworkSpec,
  map: WeightMap,
): Map<string, Float32Array> {
  const { tensors } = decodeHeader(file, fileName);
  const infos = parameterInfos(network);
  requireNames(map, infos, tensors, fileName);
  const sources = infos.flatMap((info) => sourceOf(info, tensors, map) ?? []);
  const left = tensors.filter(
    (tensor) => !isUsed(tensor, sources) && !map.ignore.includes(tensor.name),
  );
  requireAll(infos, sources, left, fileName);
  const flattened = flattenedMaps(network);
  return new Map(
    sources.map((source) => {
      const { info, tensor, layout } = source;
      requireShape(source, fileName);
      const values = decodeTensor(file, tensor, fileName);
      requireFinite(values, tensor, fileName);
      requireVariance(values, source, fileName);
      return [info.name, fromLayout(layout, values, info.shape, flattened.get(info.name))];
    }),
  );
}

/** Where the map says that a parameter's tensor is, or where its own name does. */
function sourceOf(
  info: ParameterInfo,
  tensors: readonly TensorPlace[],
  map: WeightMap,
): Source | undefined {
  const said = map.tensors[info.name] ?? info.name;
  const { name, layout } = typeof said === 'string' ? { name: said, layout: map.layout } : said;
  const tensor = tensors.find((one) => one.name === name);
  return tensor && { info, tensor, layout };
}

const isUsed = (tensor: TensorPlace, sources: readonly Source[]): boolean =>
  sources.some((source) => source.tensor === tensor);

/** The maps that were flattened before a dense layer or a batch normalisation, by the names of their parameters. */
function flattenedMaps(network: NetworkSpec): Map<string, Shape> {
  const found = new Map<string, Shape>();
  let maps: Shape | undefined;
  for (const { name, spec, input, parameters } of layerInfos(network)) {
    if (spec.type === 'flatten' && input.length === 3) maps = input;
    if (!maps) continue;
    if (spec.type === 'batchNorm') for (const info of parameters) found.set(info.name, maps);
    if (spec.type !== 'dense') continue;
    found.set(`${name}.weight`, maps);
    maps = undefined;
  }
  return found;
}

/** Refuses a map that names what is not there. */
function requireNames(
  { tensors: named, ignore }: WeightMap,
  infos: readonly ParameterInfo[],
  tensors: readonly TensorPlace[],
  fileName: string,
): void {
  const parameters = infos.map(({ name }) => name);
  for (const parameter of Object.keys(named)) {
    if (parameters.includes(parameter)) continue;
    throw new InputError(
      `the map names a parameter "${parameter}", which the network does not have`,
      didYouMean(parameter, parameters),
    );
  }
  const names = tensors.map(({ name }) => name);
  const said = Object.values(named).map((one) => (typeof one === 'string' ? one : one.name));
  for (const name of [...said, ...ignore]) {
    if (names.includes(name)) continue;
    throw new InputError(
      `${fileName}: there is no tensor "${name}", which the map names`,
      didYouMean(name, names),
    );
  }
}

/** Refuses parameters without a tensor or with that of another, and tensors of no use. */
function requireAll(
  infos: readonly ParameterInfo[],
  sources: readonly Source[],
  left: readonly TensorPlace[],
  fileName: string,
): void {
  for (const { info, tensor } of sources) {
    const other = sources.find((one) => one.tensor === tensor)!.info;
    if (other === info) continue;
    throw new InputError(
      `${fileName}: the tensor "${tensor.name}" would become both ${other.name} and ${info.name}`,
      'Give each parameter a tensor of its own in the map.',
    );
  }
  const missing = infos.filter((info) => sources.every((source) => source.info !== info));
  const [first] = missing;
  if (first) {
    const what = missing.map(({ name, shape }) => `${name} ${text(shape)}`).join(', ');
    const guess = likely(first, left);
    throw new InputError(
      `${fileName}: there is no tensor for ${what}`,
      guess === undefined
        ? 'All tensors are used by other parameters; is this the file of another network?'
        : `Name the tensors in a map: {"tensors": {${JSON.stringify(first.name)}: ${JSON.stringify(guess.name)}}} perhaps, which has shape ${text(guess.shape)}.`,
    );
  }
  const [extra] = left;
  if (!extra) return;
  const what = left.map(({ name, shape }) => `"${name}" ${text(shape)}`).join(', ');
  throw new InputError(
    `${fileName}: no parameter of the network is made of ${what}`,
    `Choose the recipe that has it, or list it in the map: {"ignore": [${JSON.stringify(extra.name)}]}.`,
  );
}

/** The tensor that a parameter most likely is: by shape and name, else by name alone, else any. */
function likely(
  { name, shape }: ParameterInfo,
  left: readonly TensorPlace[],
): TensorPlace | undefined {
  const shapes = LAYOUTS.map((layout) => text(shapeIn(layout, shape)));
  const fitting = left.filter((tensor) => shapes.includes(text(tensor.shape)));
  const among = fitting.length > 0 ? fitting : left;
  const closest = nearest(
    name,
    among.map((tensor) => tensor.name),
  );
  return among.find((tensor) => tensor.name === closest) ?? among[0];
}

function requireShape({ info, tensor, layout }: Source, fileName: string): void {
  const expected = shapeIn(layout, info.shape);
  if (text(tensor.shape) === text(expected)) return;
  const other = LAYOUTS.find((one) => text(shapeIn(one, info.shape)) === text(tensor.shape));
  throw new InputError(
    `${fileName}: tensor "${tensor.name}" has shape ${text(tensor.shape)}, but ${info.name} needs ${text(expected)} in the layout "${layout}"`,
    other
      ? `It would fit in the layout "${other}"; say so in the map.`
      : 'Check the recipe, the number of points and the size of the pictures.',
  );
}

function requireFinite(values: Float32Array, { name }: TensorPlace, fileName: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new InputError(
    `${fileName}: tensor "${name}" holds ${values[at]} at index ${at}, expected finite numbers`,
    'Export the weights of an epoch before the training diverged.',
  );
}

/** A mean in the place of a variance would make every output NaN. */
function requireVariance(values: Float32Array, { info, tensor }: Source, fileName: string): void {
  const at = info.name.endsWith('.variance') ? values.findIndex((value) => value < 0) : -1;
  if (at < 0) return;
  throw new InputError(
    `${fileName}: tensor "${tensor.name}" holds ${values[at]} at index ${at}, and ${info.name} is a variance, which is never below 0`,
    'Check in the map which tensor is the mean and which the variance.',
  );
}

const text = (shape: Shape): string => `[${shape.join(', ')}]`;
