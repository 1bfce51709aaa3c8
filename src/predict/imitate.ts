import type { Convention } from '../data/conventions.ts';
import { undividedSchema } from '../data/split-conventions.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import type { LayerSpec } from '../nn/layers.ts';
import { layerTree } from '../nn/network.ts';

/**
 * A model that knows two conventions, made to answer by one of them: an ordinary model of as many points
 * as there are names, whose last layer with weights has the outputs of that convention alone. A point that
 * rows with few labels do not have is that of the others.
 *
 * @param convention `many`: as rows with many labels are marked; `few`: as those with few
 * @returns the model itself where it knows one convention
 * @throws InputError where outputs cannot be told apart, as where a network ends in a residual block
 * @example
 * const points = await predictKeypoints(imitating(model, 'few'), images);
 */
export function imitating(model: Model, convention: Convention): Model {
  const { points: divided, conventionPairs } = model.schema;
  if (!conventionPairs) return model;
  const few = new Map(conventionPairs);
  const schema = undividedSchema(model.schema);
  const points = schema.points.length;
  const places = Array.from({ length: points }, (_, point) =>
    convention === 'few' ? (few.get(point) ?? point) : point,
  );
  const chosen = (values: Float32Array): Float32Array => blocksAt(values, places, divided.length);
  const { layers } = model.network;
  const last = layers.findLastIndex(({ type }) => type === 'dense' || type === 'conv2d');
  if (layers.slice(last).some(({ type }) => type === 'residual')) {
    throw new InputError(
      'the model knows two conventions, but its network ends in a residual block, which keeps no outputs for each point alone',
      'Train it with a head: --set head=dense, or heatmaps.',
    );
  }
  const parameters = new Map(model.parameters);
  for (const layer of layerTree(model.network).slice(last)) {
    for (const { name } of layer.parameters) {
      parameters.set(name, chosen(model.parameters.get(name)!));
    }
  }
  const layer = withOutputs(layers[last]!, (count) => (count * points) / divided.length);
  return {
    ...model,
    schema,
    network: { ...model.network, layers: layers.with(last, layer) },
    meanPoints: model.meanPoints && chosen(model.meanPoints),
    parameters,
  };
}

/**
 * Several models that answer by one convention.
 *
 * @throws InputError where `few` is asked for and none of them knows it
 */
export function imitatingAll(models: readonly Model[], convention: Convention): Model[] {
  if (convention === 'few' && !fewPointsOf(models)) {
    throw new InputError(
      'the convention of rows with few labels is asked for, but the model knows one convention',
      'Leave it out, or train with --set conventions=two (or auto).',
    );
  }
  return models.map((model) => imitating(model, convention));
}

/** The points that models which know two conventions have twice; undefined where all know one. */
export function fewPointsOf(models: readonly Model[]): readonly string[] | undefined {
  const names = models.flatMap(({ schema: { points, conventionPairs = [] } }) =>
    conventionPairs.map(([many]) => points[many]!),
  );
  return names.length > 0 ? [...new Set(names)] : undefined;
}

/** Of values that belong to points, block by block, those of some points. */
function blocksAt(values: Float32Array, places: readonly number[], points: number): Float32Array {
  const size = values.length / points;
  const chosen = new Float32Array(places.length * size);
  places.forEach((place, i) => {
    chosen.set(values.subarray(place * size, (place + 1) * size), i * size);
  });
  return chosen;
}

/** A layer with another number of outputs: two units for each point, or a map. */
function withOutputs(layer: LayerSpec, numberFor: (count: number) => number): LayerSpec {
  if (layer.type === 'dense') return { ...layer, units: numberFor(layer.units) };
  return layer.type === 'conv2d' ? { ...layer, filters: numberFor(layer.filters) } : layer;
}
