import type { Parameters } from './initialise.ts';
import type { BatchNormSpec, LayerSpec } from './layers.ts';
import { type LayerInfo, layerInfos, layerTree, type NetworkSpec, sizeOf } from './network.ts';

/** A network with its parameters. */
interface Weighted {
  readonly network: NetworkSpec;
  /** By name, in the shapes of `parameterInfos`. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
}

/** What a batch normalisation does in prediction, channel by channel: y = factor x + summand. */
interface Line {
  readonly factor: Float64Array;
  readonly summand: Float64Array;
}

/**
 * The same network for prediction, with fewer layers: a batch normalisation goes into the weights of the
 * convolution or dense layer directly before it, or of the dense layer or the unpadded convolution directly
 * behind it (a border of zeros is none of normalised zeros, so before a padded one it stays). Dropout,
 * which does nothing then, goes too. Names stay; values agree to the rounding of float32 weights.
 *
 * @returns network and parameters as they were where there is nothing to fold
 * @example
 * foldBatchNorm(model).network.layers; // without batchNorm behind conv2d
 */
export function foldBatchNorm({ network, parameters }: Weighted): Weighted {
  if (layerInfos(network).every(({ spec }) => spec.type !== 'batchNorm')) {
    return { network, parameters };
  }
  const folded: Parameters = new Map(
    [...parameters].map(([name, values]) => [name, values.slice() as Float32Array<ArrayBuffer>]),
  );
  const layers = foldLayers(layerTree(network), '', folded);
  return { network: { input: network.input, layers }, parameters: folded };
}

/**
 * Folds among layers that stand behind one another, and within those.
 *
 * @param prefix of the layers' names
 * @param folded all parameters, which are changed
 */
function foldLayers(infos: readonly LayerInfo[], prefix: string, folded: Parameters): LayerSpec[] {
  const remove = ({ parameters }: LayerInfo): void => {
    for (const { name } of parameters) folded.delete(name);
  };
  const kept: LayerInfo[] = [];
  for (const info of infos) {
    const before = kept.at(-1);
    if (info.spec.type === 'batchNorm' && before && hasMatrix(before)) {
      foldBack(before, lineOf(info, folded), folded);
      remove(info);
    } else if (info.spec.type !== 'dropout') kept.push(info);
  }
  // Last to first, so that several in a row go one after the other.
  for (let i = kept.length - 1; i >= 0; i--) {
    const info = kept[i]!;
    const behind = kept.slice(i + 1).find(({ spec }) => spec.type !== 'flatten');
    if (info.spec.type !== 'batchNorm' || !behind || !takesLine(behind)) continue;
    foldForward(behind, lineOf(info, folded), folded);
    remove(info);
    kept.splice(i, 1);
  }
  return kept.map(({ name, spec, body }) => {
    const own = { ...spec, name: name.slice(prefix.length) };
    if (own.type !== 'residual') return own;
    const layers = foldLayers(body, `${name}.`, folded);
    // A block of dropout alone stays as it is: one without layers cannot be.
    return layers.length > 0 ? { ...own, layers } : own;
  });
}

const hasMatrix = ({ spec }: LayerInfo): boolean => spec.type === 'conv2d' || spec.type === 'dense';

const takesLine = ({ spec }: LayerInfo): boolean =>
  spec.type === 'dense' ||
  (spec.type === 'conv2d' && (spec.padding === 'valid' || spec.kernel === 1));

function lineOf({ name, spec }: LayerInfo, parameters: Parameters): Line {
  const [weight, bias, mean, variance] = ['weight', 'bias', 'mean', 'variance'].map((part) =>
    Float64Array.from(parameters.get(`${name}.${part}`)!),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const { epsilon } = spec as BatchNormSpec;
  const factor = weight.map((value, c) => value / Math.sqrt(variance[c]! + epsilon));
  return { factor, summand: bias.map((value, c) => value - mean[c]! * factor[c]!) };
}

/** factor (W x + b) + summand. */
function foldBack({ name }: LayerInfo, { factor, summand }: Line, parameters: Parameters): void {
  const weight = parameters.get(`${name}.weight`)!;
  const bias = parameters.get(`${name}.bias`)!;
  const inputs = weight.length / bias.length;
  weight.forEach((value, i) => {
    weight[i] = value * factor[Math.floor(i / inputs)]!;
  });
  bias.forEach((value, output) => {
    bias[output] = value * factor[output]! + summand[output]!;
  });
}

/** W (factor x + summand) + b. */
function foldForward(
  { name, input }: LayerInfo,
  { factor, summand }: Line,
  parameters: Parameters,
): void {
  const weight = parameters.get(`${name}.weight`)!;
  const bias = parameters.get(`${name}.bias`)!;
  const inputs = weight.length / bias.length;
  // Weights of a channel: a kernel, or what a map that was made flat has of it.
  const area = input.length === 3 ? inputs / input[0]! : sizeOf(input) / factor.length;
  const sums = Float64Array.from(bias);
  weight.forEach((value, i) => {
    const channel = Math.floor((i % inputs) / area);
    sums[Math.floor(i / inputs)]! += value * summand[channel]!;
    weight[i] = value * factor[channel]!;
  });
  bias.set(sums);
}
