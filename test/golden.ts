import { readFileSync } from 'node:fs';
import { conv2d, dense, flatten, type LayerSpec, maxPool2d, relu } from '../src/nn/layers.ts';
import {
  type LossSpec,
  maskedMeanSquaredError,
  meanSquaredError,
  softmaxCrossEntropy,
} from '../src/nn/loss.ts';
import {
  type NetworkSpec,
  network,
  parameterInfos,
  type Shape,
  sizeOf,
} from '../src/nn/network.ts';
import {
  adagrad,
  adam,
  momentum,
  nesterov,
  type RuleSpec,
  rmsprop,
  type StepSettings,
  sgd,
} from '../src/nn/rule.ts';

/**
 * The golden numbers (`golden/README.md`) as cases that any engine can be run against. They are
 * printed with twelve digits.
 */

/** A layer or two on a batch, with their output and gradients for a given cotangent. */
export interface GoldenLayer {
  readonly name: string;
  readonly network: NetworkSpec;
  readonly rows: number;
  readonly input: Float64Array;
  readonly parameters: ReadonlyMap<string, Float64Array>;
  readonly cotangent: Float64Array;
  readonly output: Float64Array;
  readonly inputGradient: Float64Array;
  readonly parameterGradients: ReadonlyMap<string, Float64Array>;
}

/** A loss of a batch, with its gradient by the prediction. */
export interface GoldenLoss {
  readonly name: string;
  readonly loss: LossSpec;
  readonly rows: number;
  readonly outputs: number;
  readonly prediction: Float64Array;
  readonly target: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Twelve steps of an update rule on one parameter. */
export interface GoldenRule {
  readonly rule: RuleSpec;
  readonly parameter: Float64Array;
  readonly steps: readonly {
    readonly gradient: Float64Array;
    readonly settings: StepSettings;
    /** The parameter after the step. */
    readonly result: Float64Array;
  }[];
}

/** A network trained for some steps on one batch. */
export interface GoldenNet {
  readonly network: NetworkSpec;
  readonly rows: number;
  readonly input: Float64Array;
  readonly target: Float64Array;
  readonly parameters: ReadonlyMap<string, Float64Array>;
  readonly loss: LossSpec;
  readonly rule: RuleSpec;
  readonly settings: StepSettings;
  /** Of every step, before its update. */
  readonly losses: readonly number[];
  /** Output of the first row before the first update. */
  readonly firstRow: Float64Array;
  /** Euclidean norm of every parameter's gradient at the first step. */
  readonly gradientNorms: ReadonlyMap<string, number>;
}

/** Scale and phase of a fill. */
type Fill = readonly [scale: number, phase: number];

/** scale * sin(0.37 * i + phase) at flat index i. */
export const fill = (size: number, [scale, phase]: Fill): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => scale * Math.sin(0.37 * i + phase));

/** Euclidean norm. */
export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}

/** |actual - expected| / |expected| in Euclidean norms; |actual| where nothing but 0 is expected. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const difference = norm(Array.from(actual, (value, i) => value - expected[i]!));
  return difference / (norm(expected) || 1);
}

interface LayerJson {
  readonly name: string;
  readonly input_shape: Shape;
  readonly input_fill: Fill;
  readonly param_shapes: readonly Shape[];
  readonly param_fill: readonly Fill[];
  readonly cotangent_fill: Fill;
  readonly output: readonly number[];
  readonly grad_input: readonly number[];
  readonly grad_params: readonly (readonly number[])[];
  readonly kernel?: number;
  readonly padding?: 'valid' | 'same';
  readonly pool?: number;
}

interface LossJson {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly loss: number;
  readonly mask?: readonly number[];
}

/** Layers of a case, as its fields and name tell. */
function layersOf({ name, kernel, padding, pool, param_shapes }: LayerJson): LayerSpec[] {
  if (name === 'dense') return [dense(param_shapes[0]![0]!)];
  const layers: LayerSpec[] = [];
  if (kernel) layers.push(conv2d(param_shapes[0]![0]!, kernel, { padding: padding ?? 'valid' }));
  if (name.includes('relu')) layers.push(relu());
  if (pool) layers.push(maxPool2d(2));
  return layers;
}

/** Every layer: dense, ReLU, convolutions, pooling and convolutions with ReLU and pooling. */
export function goldenLayers(): GoldenLayer[] {
  const cases = readJson<(LayerJson | LossJson)[]>('layers');
  return cases.filter((one): one is LayerJson => 'input_shape' in one).map(goldenLayer);
}

function goldenLayer(json: LayerJson): GoldenLayer {
  const [rows, ...shape] = json.input_shape as [number, ...number[]];
  const spec = network(shape, layersOf(json));
  const names = parameterInfos(spec).map(({ name }) => name);
  const filled = fill(rows * sizeOf(shape), json.input_fill);
  const input = json.name.includes('with ties') ? filled.map((x) => Math.round(2 * x) / 2) : filled;
  return {
    name: json.name,
    network: spec,
    rows,
    input,
    parameters: new Map(
      names.map((name, i) => [name, fill(sizeOf(json.param_shapes[i]!), json.param_fill[i]!)]),
    ),
    cotangent: fill(json.output.length, json.cotangent_fill),
    output: Float64Array.from(json.output),
    inputGradient: Float64Array.from(json.grad_input),
    parameterGradients: new Map(
      names.map((name, i) => [name, Float64Array.from(json.grad_params[i]!)]),
    ),
  };
}

interface SquaredErrorJson extends LossJson {
  readonly grad_prediction: readonly number[];
}

interface CrossEntropyJson extends LossJson {
  readonly logits_fill: Fill;
  readonly classes: readonly number[];
  readonly grad_logits: readonly number[];
}

/** Every loss: mean squared error, masked (with some labels and with none) and cross-entropy. */
export function goldenLosses(): GoldenLoss[] {
  const cases = readJson<(LayerJson | SquaredErrorJson | CrossEntropyJson)[]>('layers');
  return cases
    .filter((one) => 'loss' in one)
    .map((json) => {
      const [rows, outputs] = json.shape;
      const size = rows * outputs;
      const common = { name: json.name, rows, outputs, value: json.loss };
      if ('classes' in json) {
        return {
          ...common,
          loss: softmaxCrossEntropy(),
          prediction: fill(size, json.logits_fill),
          target: Float64Array.from(json.classes),
          gradient: Float64Array.from(json.grad_logits),
        };
      }
      const { mask } = json;
      return {
        ...common,
        loss: mask ? maskedMeanSquaredError() : meanSquaredError(),
        prediction: fill(size, [1, 0.1]),
        target: fill(size, [1, 0.9]).map((value, i) => (mask?.[i] === 0 ? Number.NaN : value)),
        gradient: Float64Array.from(json.grad_prediction),
      };
    });
}

/** Every update rule, with a learning rate and a momentum that change at every step. */
export function goldenRules(): GoldenRule[] {
  const json = readJson<{
    parameters_after_each_step: Record<RuleSpec['type'], readonly (readonly number[])[]>;
  }>('optimizers');
  return [sgd(), momentum(), nesterov(), adagrad(), rmsprop(), adam()].map((rule) => ({
    rule,
    parameter: fill(8, [1, 0.5]),
    steps: json.parameters_after_each_step[rule.type].map((result, index) => {
      const step = index + 1;
      return {
        gradient: fill(8, [1, step]),
        settings: { learningRate: 0.1 * (1 - step / 24), momentum: 0.9 + 0.005 * step },
        result: Float64Array.from(result),
      };
    }),
  }));
}

const NETWORKS = {
  tiny: network(
    [1, 16, 16],
    [
      ...[conv2d(4, 3), relu(), maxPool2d()],
      ...[conv2d(6, 2), relu(), maxPool2d()],
      ...[flatten(), dense(10), relu(), dense(4)],
    ],
  ),
  net1: network([1, 96, 96], [flatten(), dense(100), relu(), dense(30)]),
  net2: network(
    [1, 96, 96],
    [
      ...[conv2d(32, 3), relu(), maxPool2d()],
      ...[conv2d(64, 2), relu(), maxPool2d()],
      ...[conv2d(128, 2), relu(), maxPool2d()],
      ...[flatten(), dense(500), relu(), dense(500), relu(), dense(30)],
    ],
  ),
};

/** Names of the networks that `goldenNet` knows. */
export const goldenNetNames = ['tiny', 'net1', 'net2'] as const;

interface NetJson {
  readonly name: string;
  readonly input: readonly [number, ...number[]];
  readonly parameters: readonly {
    readonly name: string;
    readonly shape: Shape;
    /** `0.01` or `1.7 / sqrt(fan_in)`. */
    readonly scale: string;
    readonly phase: number;
  }[];
  readonly losses: readonly number[];
  readonly first_output_row: readonly number[];
  readonly gradient_norms_at_step_1: Readonly<Record<string, number>>;
}

/** A network with its losses, first output row and norms of gradients; net2 has 8.3 million values. */
export function goldenNet(name: (typeof goldenNetNames)[number]): GoldenNet {
  const json = readJson<NetJson[]>('nets').find((net) => net.name === name)!;
  const rows = json.input[0];
  return {
    network: NETWORKS[name],
    rows,
    input: fill(sizeOf(json.input), [1, 0.3]).map((value) => 0.5 + 0.5 * value),
    target: fill(rows * json.first_output_row.length, [0.5, 0.6]),
    parameters: new Map(
      json.parameters.map(({ name, shape, scale, phase }) => {
        const fanIn = sizeOf(shape) / shape[0]!;
        const divisor = scale.endsWith('/ sqrt(fan_in)') ? Math.sqrt(fanIn) : 1;
        return [name, fill(sizeOf(shape), [Number.parseFloat(scale) / divisor, phase])];
      }),
    ),
    loss: meanSquaredError(),
    rule: nesterov(),
    settings: { learningRate: 0.01, momentum: 0.9 },
    losses: json.losses,
    firstRow: Float64Array.from(json.first_output_row),
    gradientNorms: new Map(Object.entries(json.gradient_norms_at_step_1)),
  };
}

const readJson = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'));
