import { flatLayers, type LayerInfo } from './network.ts';

/** How a layer learns, where it is not like all others. */
export interface LayerLearning {
  /** A frozen layer keeps its parameters; default false. */
  readonly frozen?: boolean | undefined;
  /** Factor on the learning rate; default 1. */
  readonly rate?: number | undefined;
}

/** How some layers learn, by name; those that are left out learn like all others. */
export type LearningByLayer = ReadonlyMap<string, LayerLearning>;

/** Whether training moves a layer's parameters, or those of a layer within it. */
export const learns = (layer: LayerInfo, learning: LearningByLayer): boolean =>
  flatLayers([layer]).some(
    ({ name, parameters }) => parameters.length > 0 && !learning.get(name)?.frozen,
  );

/**
 * How many layers, counted from the input, make up the frozen prefix: all before the first one that
 * learns, where at least one of them is frozen. A residual block learns where one of its layers does.
 * Dropout lets everything pass there, so what comes out depends on the input alone and may be computed
 * once.
 *
 * @param layers as `layerTree` gives them
 * @returns 0 where there is none
 * @example
 * const net = network([1, 96, 96], [conv2d(32, 3), relu(), maxPool2d(), flatten(), dense(30)]);
 * frozenPrefix(layerTree(net), new Map([['conv1', { frozen: true }]])); // 4
 */
export function frozenPrefix(layers: readonly LayerInfo[], learning: LearningByLayer): number {
  const first = layers.findIndex((layer) => learns(layer, learning));
  const before = first < 0 ? layers : layers.slice(0, first);
  return flatLayers(before).some(({ parameters }) => parameters.length > 0) ? before.length : 0;
}
