import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { didYouMean } from '../nearest.ts';
import { initialise, type Parameters } from '../nn/initialise.ts';
import { type LayerInfo, layerInfos, type NetworkSpec, type Shape } from '../nn/network.ts';
import { OUTPUT_LAYER, type Recipe } from './recipe.ts';

/**
 * The weights that a training begins with: drawn ones, in whose place those of a trained model come
 * where the recipe says so.
 *
 * @param network the recipe's network for the points that are learnt
 * @param pretrained the model whose weights are taken over
 * @throws InputError where the recipe asks for a model and there is none, or a layer that is to be taken
 *   over is missing or has other shapes (both are named)
 * @example
 * firstWeights(network, { ...net6, pretrained: { recipe: 'net5', layers: 'hidden' } }, net5Model);
 */
export function firstWeights(
  network: NetworkSpec,
  { name, seed, gain, pretrained: wanted }: Recipe,
  pretrained: Model | undefined,
): Parameters {
  const weights = initialise(network, { seed, gain });
  if (!wanted) return weights;
  if (!pretrained) {
    throw new InputError(
      `recipe ${name} begins with the weights of a trained ${wanted.recipe}, and no model is given`,
      `Train one with "fiducial fit ${wanted.recipe}", then give its run: --pretrain runs/${wanted.recipe}.`,
    );
  }
  const source = new Map(layerInfos(pretrained.network).map((layer) => [layer.name, layer]));
  for (const layer of takenLayers(network, wanted.layers)) {
    requireAlike(layer, source);
    for (const parameter of layer.parameters) {
      weights.set(parameter.name, Float32Array.from(pretrained.parameters.get(parameter.name)!));
    }
  }
  return weights;
}

function takenLayers(
  network: NetworkSpec,
  names: 'hidden' | 'all' | readonly string[],
): LayerInfo[] {
  const layers = layerInfos(network).filter(({ parameters }) => parameters.length > 0);
  if (names === 'all') return layers;
  if (names === 'hidden') return layers.filter(({ name }) => name !== OUTPUT_LAYER);
  return names.map((name) => {
    const layer = layers.find((one) => one.name === name);
    if (layer) return layer;
    throw new InputError(
      `pretrained: no layer "${name}" with weights`,
      didYouMean(
        name,
        layers.map((one) => one.name),
      ),
    );
  });
}

function requireAlike(layer: LayerInfo, source: ReadonlyMap<string, LayerInfo>): void {
  const given = source.get(layer.name);
  const [wanted, found] = [layer, given].map((one) =>
    one && one.parameters.length > 0
      ? one.parameters.map(({ shape }) => text(shape)).join(' and ')
      : 'no weights',
  );
  if (given && wanted === found) return;
  throw new InputError(
    `pretrained model: its layer ${layer.name} has ${found}, the recipe needs ${wanted}`,
    'Take a model with the same layers and picture size, or name the layers that fit: --set pretrained.layers=\'["conv1"]\'.',
  );
}

const text = (shape: Shape): string => `[${shape.join(', ')}]`;
