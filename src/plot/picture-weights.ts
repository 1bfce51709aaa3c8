import { formatOfSize } from '../data/image-format.ts';
import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { type LayerInfo, layerInfos, type NetworkSpec, sizeOf } from '../nn/network.ts';
import type { PictureWeights } from './weights.ts';

/**
 * The weights of a layer as pictures: those of any convolution, and of a dense layer that sees one square
 * picture, grey or in colour.
 *
 * @param name of the layer; default: the first one with weights
 * @returns the layer's own name with its weights
 * @throws InputError where there is no such layer, or its weights make no pictures
 * @example
 * pictureWeights(model.network, model.parameters); // conv1: 32 x 1 x 3 x 3
 */
export function pictureWeights(
  network: NetworkSpec,
  parameters: ReadonlyMap<string, ArrayLike<number>>,
  name?: string,
): PictureWeights & { readonly name: string } {
  const layers = layerInfos(network);
  const weighted = layers.filter((layer) => layer.parameters.length > 0);
  const layer = name === undefined ? weighted[0] : weighted.find((one) => one.name === name);
  const drawable = weighted.filter((one) => shapeOf(one, layers)).map((one) => one.name);
  if (!layer) {
    throw new InputError(
      name === undefined ? 'the network has no weights' : `no layer "${name}" with weights`,
      name === undefined ? undefined : didYouMean(name, drawable),
    );
  }
  const shape = shapeOf(layer, layers);
  if (!shape) {
    throw new InputError(
      `the weights of ${layer.name} make no pictures: it sees ${layer.input.join(' x ')} values`,
      drawable.length > 0 ? `These layers can be drawn: ${drawable.join(', ')}.` : undefined,
    );
  }
  return { name: layer.name, shape, values: parameters.get(`${layer.name}.weight`)! };
}

function shapeOf(
  layer: LayerInfo,
  layers: readonly LayerInfo[],
): PictureWeights['shape'] | undefined {
  const [weight] = layer.parameters;
  if (layer.spec.type === 'conv2d') return weight!.shape as PictureWeights['shape'];
  // Of the maps before the layer, those behind which there is no other dense layer.
  const before = layers.slice(0, layers.indexOf(layer)).reverse();
  const nearest = before.findIndex(({ spec }) => spec.type === 'dense');
  const since = nearest < 0 ? before : before.slice(0, nearest);
  const picture = [layer, ...since].map(({ input }) => input).find(({ length }) => length === 3);
  const input = picture ?? (nearest < 0 ? layer.input : []);
  const format = input.length > 0 ? formatOfSize(sizeOf(input)) : undefined;
  if (!format || format.side === 1) return undefined;
  const { side, channels } = format;
  const isOnePicture = input.length === 1 || input[0] === channels;
  return isOnePicture ? [weight!.shape[0]!, channels, side, side] : undefined;
}
