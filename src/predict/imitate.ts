import type { Convention } from '../data/conventions.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { layerInfos, type NetworkSpec } from '../nn/network.ts';

/**
 * A model that knows two conventions, made to answer by one of them: an ordinary model of as many points
 * as there are names, whose output layer has the rows of that convention alone. A point that rows with
 * few labels do not have is that of the others.
 *
 * @param convention `many`: as rows with many labels are marked; `few`: as those with few
 * @returns the model itself where it knows one convention
 * @example
 * const points = await predictKeypoints(imitating(model, 'few'), images);
 */
export function imitating(model: Model, convention: Convention): Model {
  const { conventionPairs, ...whole } = model.schema;
  if (!conventionPairs) return model;
  const few = new Map(conventionPairs);
  const points = whole.points.length - few.size;
  const places = Array.from({ length: points }, (_, point) =>
    convention === 'few' ? (few.get(point) ?? point) : point,
  );
  const schema = {
    ...whole,
    points: whole.points.slice(0, points),
    mirrorPairs: whole.mirrorPairs.filter(([, right]) => right < points),
  };
  const output = layerInfos(model.network).at(-1)!;
  const parameters = new Map(model.parameters);
  for (const { name } of output.parameters) {
    parameters.set(name, blocksAt(model.parameters.get(name)!, places, whole.points.length));
  }
  return {
    ...model,
    schema,
    network: withUnits(model.network, 2 * points),
    meanPoints: model.meanPoints && blocksAt(model.meanPoints, places, whole.points.length),
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

/** The network with another number of outputs. */
function withUnits(network: NetworkSpec, units: number): NetworkSpec {
  const layers = network.layers.map((layer, i) =>
    i === network.layers.length - 1 && layer.type === 'dense' ? { ...layer, units } : layer,
  );
  return { ...network, layers };
}
