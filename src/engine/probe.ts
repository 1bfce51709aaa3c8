import type { Standardisation } from '../data/scaling.ts';
import { type Block, blocksIn, blocksOf, networkOf } from '../nn/blocks.ts';
import { meanSquaredError } from '../nn/loss.ts';
import {
  type LayerInfo,
  layerInfos,
  layerTree,
  type NetworkSpec,
  networkOutput,
  type ParameterInfo,
  type Shape,
  sizeOf,
} from '../nn/network.ts';
import { sgd } from '../nn/rule.ts';
import { randomStream } from '../random.ts';
import { CompiledNetwork, type CompileOptions, MAX_STEPS } from './compiled-network.ts';
import type { Engine } from './engine.ts';

type ParameterValues = ReadonlyMap<string, ArrayLike<number>>;

/** What a block of layers made of some inputs. */
export interface BlockActivations {
  readonly block: Block;
  /** Of shape (rows, …the block's output). */
  readonly values: Float32Array;
}

/**
 * The values behind every block of a network (behind its activation, before what comes next), without
 * dropout.
 *
 * @param inputs of shape (rows, …the network's input), in [0, 1]
 * @param standardisation with which the network was trained, default none
 * @example
 * const maps = await activations(engine, model.network, model.parameters, face);
 */
export async function activations(
  engine: Engine,
  network: NetworkSpec,
  parameters: ParameterValues,
  inputs: Float32Array,
  standardisation?: Standardisation,
): Promise<BlockActivations[]> {
  const rows = inputs.length / sizeOf(network.input);
  const all: BlockActivations[] = [];
  let values = inputs;
  for (const block of blocksOf(network)) {
    const compiled = await compile(engine, networkOf(block.layers), {
      batch: rows,
      standardisation: all.length === 0 ? standardisation : undefined,
    });
    await compiled.setParameters(parameters);
    values = await compiled.predict(await compiled.load(values), counting(rows));
    all.push({ block, values });
  }
  return all;
}

export interface AscentOptions {
  /** Default 200. */
  readonly steps?: number;
  /** Length of a step along the normalised gradient; default 5. */
  readonly stepSize?: number;
  /** Of the noise; default 42. */
  readonly seed?: number;
  /** Told after every step how much is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** The input that a unit was driven by in the end, and how much it then responds. */
export interface UnitResponse {
  /** Filter of a convolution or unit of a dense layer, counted from 0. */
  readonly unit: number;
  /** Of the network's input shape; it may lie far outside the [0, 1] of pictures. */
  readonly input: Float32Array;
  /** Mean activation. */
  readonly activation: number;
}

/** Units that climb together at most; the bits do not depend on it. */
const TOGETHER = 32;
/** Limits what they take of the engine's 4 GiB. */
const BATCH_BYTES = 2 ** 30;
/** Keeps a gradient that vanishes from being divided by zero. */
const EPSILON = 1e-5;

/**
 * What each unit of a convolution or dense layer responds to most: gradient ascent on the input, from
 * noise that is the same for all, with x += stepSize * g / (sqrt(mean(g * g)) + 1e-5) for the gradient g of
 * the unit's mean activation (Erhan et al., "Visualizing higher-layer features of a deep network", 2009).
 *
 * The activation is meant behind the layer's ReLU and before the pooling. A unit whose ReLU is silent
 * all over the noise has no gradient, so it stays where it is, with an activation of 0.
 *
 * @param layer `conv3`, `dense1`, …
 * @returns one response for each unit, in their order
 * @throws Error where the network has no such layer
 * @example
 * const responses = await ascend(engine, model.network, model.parameters, 'conv3');
 */
export async function ascend(
  engine: Engine,
  network: NetworkSpec,
  parameters: ParameterValues,
  layer: string,
  options: AscentOptions = {},
): Promise<UnitResponse[]> {
  const { steps = 200, stepSize = 5, seed = 42, onProgress } = options;
  const noise = noiseOf(network.input, seed);
  const layers = layersUpTo(layerTree(network), layer);
  if (!layers) throw new Error(`ascend: the network has no layer "${layer}" with weights`);
  const climber = await UnitClimber.create(engine, layers, parameters);
  const { unitCount, rows } = climber;
  const responses: UnitResponse[] = [];
  for (let first = 0; first < unitCount; first += rows) {
    const count = Math.min(rows, unitCount - first);
    await climber.choose(first, count);
    const inputs = new Float32Array(count * noise.length);
    for (let row = 0; row < count; row++) inputs.set(noise, row * noise.length);
    for (let step = 0; step < steps; step++) {
      climb(inputs, await climber.gradient(inputs), noise.length, stepSize);
      onProgress?.((first + (count * (step + 1)) / steps) / unitCount);
    }
    const found = await climber.activations(inputs);
    found.forEach((activation, row) => {
      const input = inputs.slice(row * noise.length, (row + 1) * noise.length);
      responses.push({ unit: first + row, input, activation });
    });
  }
  return responses;
}

/** One step of every row, of `size` values, along its own normalised gradient. */
function climb(inputs: Float32Array, gradient: Float32Array, size: number, stepSize: number): void {
  for (let start = 0; start < inputs.length; start += size) {
    const end = start + size;
    let sum = 0;
    for (let i = start; i < end; i++) sum += gradient[i]! * gradient[i]!;
    const factor = stepSize / (Math.sqrt(sum / size) + EPSILON);
    for (let i = start; i < end; i++) inputs[i]! += factor * gradient[i]!;
  }
}

/** Noise of an input's shape, evenly spread over [0, 1). */
export function noiseOf(shape: Shape, seed: number): Float32Array {
  const stream = randomStream(seed, 'probe/noise');
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => stream.uniform(i));
}

/** The layers up to one with weights, and its activation; of a residual block that it is in, its body alone. */
function layersUpTo(layers: readonly LayerInfo[], name: string): LayerInfo[] | undefined {
  for (const { main, layers: block } of blocksIn(layers)) {
    if (main.name === name && main.parameters.length > 0) {
      return layers.slice(0, layers.indexOf(block.at(-1)!) + 1);
    }
    const within = layersUpTo(main.body, name);
    if (within) return [...layers.slice(0, layers.indexOf(main)), ...within];
  }
  return undefined;
}

/**
 * Layers in the engine, with a row of their input for each of some units of the last one. Of that layer,
 * only these units are computed.
 */
class UnitClimber {
  private count = 0;

  private constructor(
    private readonly compiled: CompiledNetwork,
    private readonly parameters: ParameterValues,
    /** Weight and bias of the last layer. */
    private readonly lastParameters: readonly ParameterInfo[],
    /** Gradient of the output by which row r drives unit r, as it stands in the engine's memory. */
    private readonly drive: Uint8Array,
    readonly unitCount: number,
    /** How many units go together. */
    readonly rows: number,
  ) {}

  static async create(
    engine: Engine,
    layers: readonly LayerInfo[],
    parameters: ParameterValues,
  ): Promise<UnitClimber> {
    const { parameters: lastParameters } = layers.findLast((layer) => layer.parameters.length > 0)!;
    const unitCount = lastParameters[0]!.shape[0]!;
    const together = Math.min(unitCount, TOGETHER);
    const rows = Math.min(together, rowsThatFit(networkOf(withUnits(layers, together))));
    const compiled = await compile(engine, networkOf(withUnits(layers, rows)), {
      batch: rows,
      keepGradients: true,
    });
    const { outputGradient, outputShape } = compiled.plan;
    const [, ...map] = outputShape;
    const area = sizeOf(map);
    const drive = new Float32Array(rows * rows * area);
    for (let row = 0; row < rows; row++) {
      const start = (row * rows + row) * area;
      drive.fill(1 / area, start, start + area);
    }
    await compiled.writeMaps(outputGradient, rows, drive);
    const written = await engine.read(outputGradient.origin, rows * outputGradient.imageBytes);
    return new UnitClimber(compiled, parameters, lastParameters, written, unitCount, rows);
  }

  /** Chooses `count` units from `first`: what is driven is their mean activation. */
  async choose(first: number, count: number): Promise<void> {
    const { compiled, rows } = this;
    this.count = count;
    const chosen = new Map(this.parameters);
    for (const { name, shape } of this.lastParameters) {
      const size = sizeOf(shape.slice(1));
      const values = new Float32Array(rows * size);
      for (let i = 0; i < count * size; i++) values[i] = chosen.get(name)![first * size + i]!;
      chosen.set(name, values);
    }
    await compiled.setParameters(chosen);
    // A prediction writes the table of steps, from which the kernels take the number of rows.
    const data = await compiled.load(new Float32Array(sizeOf(compiled.network.input)));
    await compiled.predict(data, new Uint32Array(count));
  }

  /** Gradient of every unit's mean activation by its own row, of the inputs' shape. */
  async gradient(inputs: Float32Array): Promise<Float32Array> {
    const { compiled, count, drive } = this;
    const { plan, engine } = compiled;
    await compiled.writeMaps(plan.input, count, inputs);
    // Activations overwrite the gradient on their way back.
    await engine.write(plan.outputGradient.origin, drive);
    await compiled.runInstructions([...plan.infer, ...plan.backward]);
    return compiled.readMaps(plan.inputGradient!, count);
  }

  /** Mean activation of every unit on its own row. */
  async activations(inputs: Float32Array): Promise<number[]> {
    const { compiled, count, rows } = this;
    const { plan } = compiled;
    await compiled.writeMaps(plan.input, count, inputs);
    await compiled.runInstructions(plan.infer);
    const outputs = await compiled.readMaps(plan.output, count);
    const area = outputs.length / (count * rows);
    return Array.from({ length: count }, (_, row) => {
      const start = (row * rows + row) * area;
      return outputs.subarray(start, start + area).reduce((sum, value) => sum + value, 0) / area;
    });
  }
}

/** Layers of which the last one with weights has another number of units. */
const withUnits = (layers: readonly LayerInfo[], units: number): LayerInfo[] => {
  const last = layers.findLastIndex(({ parameters }) => parameters.length > 0);
  return layers.map((layer, i) => {
    const { spec } = layer;
    if (i !== last) return layer;
    if (spec.type === 'conv2d') return { ...layer, spec: { ...spec, filters: units } };
    return spec.type === 'dense' ? { ...layer, spec: { ...spec, units } } : layer;
  });
};

/** How many rows of a network fit into the engine together. */
function rowsThatFit(network: NetworkSpec): number {
  // Values and gradients of every layer, and room for the outputs of many predictions.
  const values = layerInfos(network).reduce((sum, { output }) => sum + 2 * sizeOf(output), 0);
  const floats = values + MAX_STEPS * sizeOf(networkOutput(network));
  return Math.max(1, Math.floor(BATCH_BYTES / (4 * floats)));
}

function compile(
  engine: Engine,
  network: NetworkSpec,
  options: Pick<CompileOptions, 'batch' | 'keepGradients' | 'standardisation'>,
): Promise<CompiledNetwork> {
  // Nothing is learned here: loss and rule are given because every plan has them.
  const idle = { loss: meanSquaredError(), rule: sgd(), seed: 0 };
  return CompiledNetwork.create(engine, network, { ...idle, ...options });
}

const counting = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);
