import { type LayerSpec, openDropout } from './layers.ts';
import { type LayerInfo, layerTree, type NetworkSpec, type Shape } from './network.ts';

/**
 * Layers that people speak of as one: a convolution, a pooling, a residual block or a dense layer with the
 * flatten before it and the activations and dropout behind it.
 */
export interface Block {
  /** Of the main layer: `conv1`, `pool1`, `dense2`. */
  readonly name: string;
  /** What the block does above all; a network that begins with an activation has a block of that. */
  readonly main: LayerInfo;
  /** All layers in order, the main one among them. */
  readonly layers: readonly LayerInfo[];
  readonly input: Shape;
  readonly output: Shape;
}

const MAIN: readonly LayerSpec['type'][] = [
  'conv2d',
  'dense',
  'maxPool2d',
  'globalAveragePool2d',
  'softArgmax2d',
  'residual',
];

/**
 * The blocks of a network in order; every layer belongs to one.
 *
 * @example
 * blocksOf(network([1, 96, 96], [flatten(), dense(100), relu(), dense(30)])).length; // 2
 */
export const blocksOf = (spec: NetworkSpec): Block[] => blocksIn(layerTree(spec));

/** The same of layers that stand behind one another; what is within a residual block belongs to that. */
export function blocksIn(infos: readonly LayerInfo[]): Block[] {
  const parts: LayerInfo[][] = [];
  for (const layer of infos) {
    const { type } = layer.spec;
    const current = parts.at(-1);
    const open = current !== undefined && !(isMain(layer) && current.some(isMain));
    if (current && open && type !== 'flatten') current.push(layer);
    else parts.push([layer]);
  }
  return parts.map((layers) => {
    const main = layers.find(isMain) ?? layers[0]!;
    return {
      name: main.name,
      main,
      layers,
      input: layers[0]!.input,
      output: layers.at(-1)!.output,
    };
  });
}

const isMain = ({ spec }: LayerInfo): boolean => MAIN.includes(spec.type);

/**
 * Layers as a network of their own, under the names that they have in the whole; without dropout,
 * which only training knows.
 *
 * @param layers at least one, each behind the one before it
 */
export const networkOf = (layers: readonly LayerInfo[]): NetworkSpec => ({
  input: layers[0]!.input,
  layers: layers
    .filter(({ spec }) => spec.type !== 'dropout')
    .map(({ name, spec }) => ({ ...openDropout(spec), name })),
});
