import { layerInfos, type NetworkSpec, sizeOf } from './network.ts';

/** One line of the layer table. */
export interface LayerRow {
  readonly name: string;
  readonly shape: readonly number[];
  readonly outputs: number;
  readonly parameters: number;
}

/**
 * The layers of a network with their output shapes. Activations and flattening, which change neither
 * shape nor number of values, count to the layer before them.
 */
export function layerRows(network: NetworkSpec): LayerRow[] {
  const input = {
    name: 'input',
    shape: network.input,
    outputs: sizeOf(network.input),
    parameters: 0,
  };
  const silent = new Set(['relu', 'leakyRelu', 'sigmoid', 'tanh', 'silu', 'flatten']);
  const layers = layerInfos(network)
    .filter(({ spec }) => !silent.has(spec.type))
    .map(({ name, output, parameters }) => ({
      name,
      shape: output,
      outputs: sizeOf(output),
      parameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    }));
  return [input, ...layers];
}
