import { type Block, blocksOf, networkOf } from '../nn/blocks.ts';
import { meanSquaredError } from '../nn/loss.ts';
import { type LayerInfo, type NetworkSpec, type Shape, sizeOf } from '../nn/network.ts';
import { sgd } from '../nn/rule.ts';
import { randomStream } from '../random.ts';
import { CompiledNetwork, MAX_STEPS } from './compiled-network.ts';
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
 * @param inputs of shape (rows, …the network's input), scaled as in training
 * @example
 * const maps = await activations(engine, model.network, model.parameters, face);
 */
export async function activations(
  engine: Engine,
  network: NetworkSpec,
  parameters: ParameterValues,
  inputs: Float32Array,
): Promise<BlockActivations[]> {
  const rows = inputs.length / sizeOf(network.input);
  const all: BlockActivations[] = [];
  let values = inputs;
  for (const block of blocksOf(network)) {
    const compiled = await compile(engine, block.layers, parameters, rows);
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
  /** Filter of a convolution, channel of a pooling, unit of a dense layer; counted from 0. */
  readonly unit: number;
  /** Of the network's input shape; it may lie far outside the [0, 1] of pictures. */
  readonly input: Float32Array;
  /** Mean activation. */
  readonly activation: number;
}

/** Units that climb together; the bits do not depend on it. */
const TOGETHER = 32;
/** Limits what the units of a batch may take of the engine's 4 GiB. */
const BATCH_BYTES = 2 ** 30;
/** Keeps a gradient that vanishes from being divided by zero. */
const EPSILON = 1e-5;

/**
 * What each unit of a block responds to most: gradient ascent on the input, from noise in [0, 1) that is the
 * same for every unit, with x += stepSize * g / (sqrt(mean(g²)) + 1e-5) for the gradient g of the
 * unit's mean activation (Erhan et al., "Visualizing higher-layer features of a deep network", 2009).
 *
 * The activation of a convolution is meant behind its ReLU and before the pooling. A unit whose ReLU is
 * silent all over the noise has no gradient, so it stays where it is, with an activation of 0.
 *
 * @returns one response for each unit, in their order
 */
export async function ascend(
  engine: Engine,
  network: NetworkSpec,
  parameters: ParameterValues,
  blockName: string,
  options: AscentOptions = {},
): Promise<UnitResponse[]> {
  const { steps = 200, stepSize = 5, seed = 42, onProgress } = options;
  const blocks = blocksOf(network);
  const last = blocks.findIndex(({ name }) => name === blockName);
  if (last < 0) throw new Error(`ascend: the network has no block ${blockName}`);
  const layers = blocks.slice(0, last + 1).flatMap((block) => block.layers);
  const unitCount = layers.at(-1)!.output[0]!;
  const noise = noiseOf(network.input, seed);
  const rows = Math.min(unitCount, batchRows(layers));
  const climber = await UnitClimber.create(engine, layers, parameters, rows);
  const responses: UnitResponse[] = [];
  for (let first = 0; first < unitCount; first += rows) {
    const count = Math.min(rows, unitCount - first);
    const units = Array.from({ length: count }, (_, i) => first + i);
    const inputs = new Float32Array(count * noise.length);
    for (let row = 0; row < count; row++) inputs.set(noise, row * noise.length);
    await climber.choose(units);
    for (let step = 0; step < steps; step++) {
      climb(inputs, await climber.gradient(inputs), count, stepSize);
      onProgress?.((first + (count * (step + 1)) / steps) / unitCount);
    }
    const found = await climber.activations(inputs);
    units.forEach((unit, row) => {
      const input = inputs.slice(row * noise.length, (row + 1) * noise.length);
      responses.push({ unit, input, activation: found[row]! });
    });
  }
  return responses;
}

/** One step of every row along its own normalised gradient. */
function climb(inputs: Float32Array, gradient: Float32Array, rows: number, stepSize: number): void {
  const size = inputs.length / rows;
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * size;
    let sum = 0;
    for (let i = row * size; i < end; i++) sum += gradient[i]! ** 2;
    const factor = stepSize / (Math.sqrt(sum / size) + EPSILON);
    for (let i = row * size; i < end; i++) inputs[i]! += factor * gradient[i]!;
  }
}

/** Noise of an input's shape, evenly spread over [0, 1). */
export function noiseOf(shape: Shape, seed: number): Float32Array {
  const stream = randomStream(seed, 'probe/noise');
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => stream.uniform(i));
}

/** Layers in the engine, with one row of their input for each unit of the last one. */
class UnitClimber {
  private units: readonly number[] = [];
  /** Gradient of the output by which it is driven, as it stands in the engine's memory. */
  private drive = new Uint8Array();

  private constructor(
    private readonly compiled: CompiledNetwork,
    /** Values of a unit: the area of its map, or 1. */
    private readonly area: number,
  ) {}

  static async create(
    engine: Engine,
    layers: readonly LayerInfo[],
    parameters: ParameterValues,
    rows: number,
  ): Promise<UnitClimber> {
    const compiled = await compile(engine, layers, parameters, rows, true);
    const [, ...map] = compiled.plan.outputShape;
    return new UnitClimber(compiled, sizeOf(map));
  }

  /** Chooses the units, one for each row: what is driven is their mean activation. */
  async choose(units: readonly number[]): Promise<void> {
    const { compiled, area } = this;
    const { input, outputGradient, outputShape } = compiled.plan;
    this.units = units;
    const size = sizeOf(outputShape);
    const drive = new Float32Array(units.length * size);
    units.forEach((unit, row) => {
      const start = row * size + unit * area;
      drive.fill(1 / area, start, start + area);
    });
    await compiled.writeMaps(outputGradient, units.length, drive);
    this.drive = await compiled.engine.read(
      outputGradient.origin,
      units.length * outputGradient.imageBytes,
    );
    // A prediction writes the table of steps, from which the kernels take the number of rows.
    const { channels, height, width } = input;
    const data = await compiled.load(new Float32Array(channels * height * width));
    await compiled.predict(data, new Uint32Array(units.length));
  }

  /** Gradient of every unit's mean activation by its own row, of the inputs' shape. */
  async gradient(inputs: Float32Array): Promise<Float32Array> {
    const { compiled, units } = this;
    const { plan, engine } = compiled;
    await compiled.writeMaps(plan.input, units.length, inputs);
    // Activations overwrite the gradient on their way back, so it is written anew.
    await engine.write(plan.outputGradient.origin, this.drive);
    await compiled.runInstructions([...plan.infer, ...plan.backward]);
    return compiled.readMaps(plan.inputGradient!, units.length);
  }

  /** Mean activation of every unit on its own row. */
  async activations(inputs: Float32Array): Promise<number[]> {
    const { compiled, units, area } = this;
    const { plan } = compiled;
    await compiled.writeMaps(plan.input, units.length, inputs);
    await compiled.runInstructions(plan.infer);
    const outputs = await compiled.readMaps(plan.output, units.length);
    const size = outputs.length / units.length;
    return units.map((unit, row) => {
      const start = row * size + unit * area;
      return outputs.subarray(start, start + area).reduce((sum, value) => sum + value, 0) / area;
    });
  }
}

/** How many rows of a network fit into the engine at once. */
function batchRows(layers: readonly LayerInfo[]): number {
  // Values and gradients of every layer, and room for the outputs of many predictions.
  const values = layers.reduce((sum, { output }) => sum + 2 * sizeOf(output), 0);
  const floats = values + MAX_STEPS * sizeOf(layers.at(-1)!.output);
  return Math.max(1, Math.min(TOGETHER, Math.floor(BATCH_BYTES / (4 * floats))));
}

async function compile(
  engine: Engine,
  layers: readonly LayerInfo[],
  parameters: ParameterValues,
  batch: number,
  keepGradients = false,
): Promise<CompiledNetwork> {
  // There is nothing to learn here: loss and rule are given because a plan has some.
  const compiled = await CompiledNetwork.create(engine, networkOf(layers), {
    batch,
    loss: meanSquaredError(),
    rule: sgd(),
    seed: 0,
    keepGradients,
  });
  await compiled.setParameters(parameters);
  return compiled;
}

const counting = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);
