import type { BatchNormSpec, LayerSpec } from '../../nn/layers.ts';
import { frozenPrefix, type LearningByLayer, learns } from '../../nn/learning.ts';
import {
  flatLayers,
  type LayerInfo,
  layerTree,
  type NetworkSpec,
  parameterInfos,
  type Shape,
  sizeOf,
} from '../../nn/network.ts';
import { activationBackward, activationForward } from './activations.ts';
import { batchMoments, batchNormBackward, batchNormForward, type Moments } from './batch-norm.ts';
import { conv2dBackward, conv2dForward } from './conv2d.ts';
import { denseBackward, denseForward } from './dense.ts';
import { type DropoutStep, dropoutMask } from './dropout.ts';
import {
  mapMeansBackward,
  mapMeansForward,
  maxPool2dBackward,
  maxPool2dForward,
} from './pooling.ts';
import { softArgmax2dBackward, softArgmax2dForward } from './soft-argmax.ts';

/** Gradients of a scalar by everything that a network's output depends on. */
export interface NetworkGradients {
  /** In the shape of the input. */
  readonly input: Float64Array;
  /** By name, in the shapes of the parameters. */
  readonly parameters: Map<string, Float64Array>;
}

/** What decides about dropout and batch normalisation while a network is trained. */
export interface TrainingPass extends DropoutStep {
  /** Layers that are frozen; default none. */
  readonly learning?: LearningByLayer;
}

/** Layers behind which values have another place; behind all others a map stays one, also when flat. */
const MAKES_A_MAP: ReadonlySet<LayerSpec['type']> = new Set([
  ...(['conv2d', 'maxPool2d', 'dense', 'globalAveragePool2d', 'softArgmax2d'] as const),
]);

const NOTHING_FROZEN: LearningByLayer = new Map();

/** What a layer did in the last forward pass. */
interface Pass {
  readonly layer: LayerInfo;
  readonly rows: number;
  readonly input: Float64Array;
  readonly output: Float64Array;
  /** Factors of a dropout layer; undefined elsewhere and outside training. */
  readonly mask: Float64Array | undefined;
  /** Of a batch normalisation, and whether they are those that were kept. */
  readonly moments: Moments | undefined;
  readonly kept: boolean;
  /** What the layers within it did. */
  readonly body: readonly Pass[];
}

/** What is known on a way forward. */
interface Way {
  readonly rows: number;
  readonly training: TrainingPass | undefined;
  readonly learning: LearningByLayer;
  /** Layers whose dropout lets everything pass. */
  readonly open: ReadonlySet<LayerInfo>;
  /** Dropout layers so far. */
  dropouts: number;
  /** Shape of the map that the values are, also when flat. */
  map: Shape;
}

/**
 * A network in float64, slow and obvious: what the fast engine's results are compared with.
 *
 * Tensors are flat and row-major: maps (row, channel, y, x), vectors (row, feature). It uses the host's
 * `Math.exp`, `log` and `tanh`, so its last bits may differ between machines.
 *
 * @example
 * const net = new ReferenceNetwork(spec, initialise(spec, { seed: 42 }));
 * const output = net.forward(input, rows);
 * const { loss, gradient } = lossAndGradient(meanSquaredError(), output, target, rows);
 * const { parameters } = net.backward(gradient);
 */
export class ReferenceNetwork {
  /** Values by name (`conv1.weight`), in the shapes of `parameterInfos`; they may be changed. */
  readonly parameters = new Map<string, Float64Array>();
  readonly layers: readonly LayerInfo[];
  #passes: readonly Pass[] = [];

  /**
   * @param parameters first values by name, which are copied; what is left out is zero
   * @throws Error where a parameter has the wrong number of values
   */
  constructor(spec: NetworkSpec, parameters: ReadonlyMap<string, ArrayLike<number>> = new Map()) {
    this.layers = layerTree(spec);
    for (const { name, shape } of parameterInfos(spec)) {
      const size = sizeOf(shape);
      const values = Float64Array.from(parameters.get(name) ?? new Float64Array(size));
      if (values.length !== size) {
        throw new Error(`${name}: ${values.length} values, expected ${size} for [${shape}]`);
      }
      this.parameters.set(name, values);
    }
  }

  /**
   * The network's output.
   *
   * @param input (rows, …input shape of the network)
   * @param training the step, while training; without it dropout lets everything pass
   */
  forward(input: Float64Array, rows: number, training?: TrainingPass): Float64Array {
    const { learning = NOTHING_FROZEN } = training ?? {};
    const open = flatLayers(this.layers.slice(0, frozenPrefix(this.layers, learning)));
    const map = this.layers[0]?.input ?? [];
    this.#passes = this.#forwardLayers(this.layers, input, {
      ...{ rows, training, learning, open: new Set(open), dropouts: 0, map },
    });
    return outputOf(this.#passes, input);
  }

  /**
   * Gradients for the last forward pass.
   *
   * @param cotangent gradient of a scalar by the output, in the output's shape
   */
  backward(cotangent: Float64Array): NetworkGradients {
    const parameters = new Map<string, Float64Array>();
    return { input: this.#backwardLayers(this.#passes, cotangent, parameters), parameters };
  }

  #forwardLayers(layers: readonly LayerInfo[], input: Float64Array, way: Way): Pass[] {
    const passes: Pass[] = [];
    for (const layer of layers) {
      const { spec } = layer;
      const { rows, training } = way;
      const value = outputOf(passes, input);
      const body = this.#forwardLayers(layer.body, value, way);
      let mask: Float64Array | undefined;
      if (spec.type === 'dropout' && training) {
        const rate = way.open.has(layer) ? 0 : spec.rate;
        mask = dropoutMask(rate, way.dropouts++, training, rows, way.map);
      }
      const kept = !training || !learns(layer, way.learning);
      const moments =
        spec.type === 'batchNorm' ? this.#moments(layer, rows, value, kept) : undefined;
      const pass = { layer, rows, input: value, mask, moments, kept, body };
      passes.push({ ...pass, output: this.#forwardLayer(pass) });
      if (MAKES_A_MAP.has(spec.type)) way.map = layer.output;
    }
    return passes;
  }

  /** The gradient by the input of layers; those by their parameters are added to `parameters`. */
  #backwardLayers(
    passes: readonly Pass[],
    cotangent: Float64Array,
    parameters: Map<string, Float64Array>,
  ): Float64Array {
    return passes.reduceRight(
      (gradient, pass) => this.#backwardLayer(pass, gradient, parameters),
      cotangent,
    );
  }

  #forwardLayer({
    layer: { name, spec, input: shape },
    rows,
    input,
    mask,
    moments,
    body,
  }: Omit<Pass, 'output'>): Float64Array {
    switch (spec.type) {
      case 'conv2d':
        return conv2dForward(spec, shape, rows, input, this.#weight(name), this.#bias(name));
      case 'dense':
        return denseForward(rows, input, this.#weight(name), this.#bias(name));
      case 'maxPool2d':
        return maxPool2dForward(shape, rows, input);
      case 'batchNorm':
        return batchNormForward(
          ...([spec, shape, input, moments!, this.#weight(name), this.#bias(name)] as const),
        );
      case 'dropout':
        return masked(input, mask);
      case 'flatten':
        return input;
      case 'globalAveragePool2d':
        return mapMeansForward(shape, input);
      case 'softArgmax2d':
        return softArgmax2dForward(spec, shape, input);
      case 'residual':
        return sum(input, outputOf(body, input));
      default:
        return activationForward(spec, input);
    }
  }

  /** The gradient by the layer's input; those by its parameters are added to `parameters`. */
  #backwardLayer(
    { layer: { name, spec, input: shape }, rows, input, mask, moments, kept, body }: Pass,
    cotangent: Float64Array,
    parameters: Map<string, Float64Array>,
  ): Float64Array {
    switch (spec.type) {
      case 'conv2d':
      case 'dense': {
        const weight = this.#weight(name);
        const gradients =
          spec.type === 'conv2d'
            ? conv2dBackward(spec, shape, input, weight, cotangent)
            : denseBackward(rows, input, weight, cotangent);
        parameters.set(`${name}.weight`, gradients.weight);
        parameters.set(`${name}.bias`, gradients.bias);
        return gradients.input;
      }
      case 'batchNorm': {
        const weight = this.#weight(name);
        const gradients = batchNormBackward(
          ...([spec, shape, input, moments!, weight, cotangent, kept] as const),
        );
        parameters.set(`${name}.weight`, gradients.weight);
        parameters.set(`${name}.bias`, gradients.bias);
        return gradients.input;
      }
      case 'maxPool2d':
        return maxPool2dBackward(shape, rows, input, cotangent);
      case 'dropout':
        return masked(cotangent, mask);
      case 'flatten':
        return cotangent;
      case 'globalAveragePool2d':
        return mapMeansBackward(shape, cotangent);
      case 'softArgmax2d':
        return softArgmax2dBackward(spec, shape, input, cotangent);
      case 'residual':
        return sum(cotangent, this.#backwardLayers(body, cotangent, parameters));
      default:
        return activationBackward(spec, input, cotangent);
    }
  }

  /** Those that were kept; else the batch's, and a share of them is kept. */
  #moments(
    { name, spec, input: shape }: LayerInfo,
    rows: number,
    input: Float64Array,
    kept: boolean,
  ): Moments {
    const mean = this.parameters.get(`${name}.mean`)!;
    const variance = this.parameters.get(`${name}.variance`)!;
    if (kept) return { mean: mean.slice(), variance: variance.slice() };
    const moments = batchMoments(shape, rows, input);
    const { momentum } = spec as BatchNormSpec;
    const count = input.length / mean.length;
    mean.forEach((value, c) => {
      const unbiased = (moments.variance[c]! * count) / Math.max(1, count - 1);
      mean[c] = value * momentum + moments.mean[c]! * (1 - momentum);
      variance[c] = variance[c]! * momentum + unbiased * (1 - momentum);
    });
    return moments;
  }

  #weight(layer: string): Float64Array {
    return this.parameters.get(`${layer}.weight`)!;
  }

  #bias(layer: string): Float64Array {
    return this.parameters.get(`${layer}.bias`)!;
  }
}

const outputOf = (passes: readonly Pass[], input: Float64Array): Float64Array =>
  passes.at(-1)?.output ?? input;

const sum = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]!);

const masked = (values: Float64Array, mask: Float64Array | undefined): Float64Array =>
  mask ? values.map((value, i) => value * mask[i]!) : values;
