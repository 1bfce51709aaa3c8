import type { LossSpec } from '../nn/loss.ts';
import { targetsPerRow } from '../nn/loss.ts';
import type { LayerInfo, LayerSpec, NetworkSpec, Shape } from '../nn/network.ts';
import { layerInfos, networkOutput, sizeOf } from '../nn/network.ts';
import { type RuleSpec, stateTensors } from '../nn/rule.ts';
import { Arena, Float, type Instruction, type MapBuffer } from './arena.ts';
import { Activation, Loss, Op, Rule } from './kernels/opcodes.ts';
import { asMap, convolutionPlace, densePlace, type ParameterLayout, roundUpTo4 } from './layout.ts';

export interface PlanOptions {
  /** Rows of the largest batch. */
  readonly batch: number;
  readonly loss: LossSpec;
  readonly rule: RuleSpec;
  /** How many threads will run it; changes how work is cut, never its result. */
  readonly threads: number;
  /** Keep the gradient of every parameter and of the input in memory, for tests; default false. */
  readonly keepGradients?: boolean;
}

/** A parameter with its gradient and the rule's state, all laid out alike. */
export interface PlannedParameter extends ParameterLayout {
  readonly states: readonly number[];
  /** Zero where the gradient is applied without being written. */
  readonly gradient: number;
}

/**
 * A network compiled for one batch size: fused operations, bound to memory. Plain data; running it is
 * the `CompiledNetwork`'s business.
 */
export interface Plan {
  readonly parameters: readonly PlannedParameter[];
  readonly input: MapBuffer;
  readonly inputGradient: MapBuffer | undefined;
  readonly output: MapBuffer;
  readonly outputGradient: MapBuffer;
  readonly outputShape: Shape;
  readonly dropoutLayers: number;
  /** What a training step does, in order: the input, the way forward, the loss, the way back, the update. */
  readonly gather: readonly Instruction[];
  readonly forward: readonly Instruction[];
  /** The way forward without dropout. */
  readonly infer: readonly Instruction[];
  readonly loss: readonly Instruction[];
  /** The value of the loss alone. */
  readonly measure: readonly Instruction[];
  readonly backward: readonly Instruction[];
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly arena: Arena;
}

/** Images that share a partial gradient: fixed, so that sums do not depend on the number of threads. */
const GROUP_SIZE = 8;
/** Bytes of the lists of one strip in a convolution's way back: they should stay in the second cache. */
const STRIP_BYTES = 96 * 1024;

const LOSSES: Record<LossSpec['type'], Loss> = {
  meanSquaredError: Loss.MeanSquaredError,
  maskedMeanSquaredError: Loss.MaskedMeanSquaredError,
  softmaxCrossEntropy: Loss.SoftmaxCrossEntropy,
};
const RULES: Record<RuleSpec['type'], Rule> = {
  sgd: Rule.Sgd,
  momentum: Rule.Momentum,
  nesterov: Rule.Nesterov,
  adagrad: Rule.Adagrad,
  rmsprop: Rule.Rmsprop,
  adam: Rule.Adam,
};
const ACTIVATIONS = {
  relu: Activation.Relu,
  sigmoid: Activation.Sigmoid,
  tanh: Activation.Tanh,
} as const;

/** Values of a place in the network, and their gradients on the way back. */
interface Signal {
  readonly values: MapBuffer;
  readonly gradients: MapBuffer | undefined;
  /** Channels, height and width; stays what it was when a flatten makes a vector of it. */
  readonly map: readonly [number, number, number];
  /** What the layer that made the values needs of them on its way back. */
  readonly needed: 'nothing' | 'signs' | 'values';
}

/**
 * Compiles a network for the kernels.
 *
 * Fused are `conv2d [+ relu] [+ maxPool2d]` and `dense [+ relu]`; a flatten costs nothing; activations
 * and dropout work in place wherever nothing needs what they overwrite.
 *
 * @param base address from which the plan's memory will be reserved
 */
export function planNetwork(network: NetworkSpec, base: number, options: PlanOptions): Plan {
  return new Planner(network, base, options).plan();
}

class Planner {
  private readonly arena: Arena;
  private readonly layers: readonly LayerInfo[];
  private readonly rows: number;
  private readonly rule: number;
  private readonly parameters: PlannedParameter[] = [];
  private readonly forward: Instruction[] = [];
  private readonly infer: Instruction[] = [];
  /** One list for each operation on the way forward; they are carried out last to first. */
  private readonly backward: Instruction[][] = [];
  private scratchBytes = 64;
  private dropoutLayers = 0;

  constructor(
    private readonly network: NetworkSpec,
    base: number,
    private readonly options: PlanOptions,
  ) {
    this.arena = new Arena(base);
    this.layers = layerInfos(network);
    this.rows = roundUpTo4(options.batch);
    this.rule = this.ruleRecord(options.rule);
  }

  plan(): Plan {
    const { options, arena } = this;
    const input = this.signal(
      asMap(this.network.input),
      'nothing',
      this.paddingBefore(0),
      options.keepGradients,
    );
    let signal = input;
    for (let i = 0; i < this.layers.length; ) {
      const [next, consumed] = this.layer(signal, i);
      signal = next;
      i += consumed;
    }
    const outputShape = networkOutput(this.network);
    const outputs = sizeOf(outputShape);
    const output = signal.values;
    const outputGradient = signal.gradients ?? this.arena.maps(output, this.rows);
    const loss = (gradient: number): Instruction[] => [
      this.instruction(Op.Loss, 'loss', [
        ...[LOSSES[options.loss.type], output.data, outputs, targetsPerRow(options.loss, outputs)],
        ...[output.imageBytes / 4, gradient],
      ]),
    ];
    const threads = options.threads;
    const scratchBytes = Math.ceil(this.scratchBytes / 4096) * 4096;
    return {
      parameters: this.parameters,
      input: input.values,
      inputGradient: input.gradients,
      output,
      outputGradient,
      outputShape,
      dropoutLayers: this.dropoutLayers,
      gather: [this.instruction(Op.Gather, 'input', [input.values.record])],
      forward: this.forward,
      infer: this.infer,
      loss: loss(outputGradient.data),
      measure: loss(0),
      backward: this.backward.reverse().flat(),
      scratch: arena.reserve(scratchBytes * threads),
      scratchBytes,
      arena,
    };
  }

  /** Plans the layer at an index and those fused with it; returns how many that were. */
  private layer(signal: Signal, index: number): [Signal, number] {
    const info = this.layers[index]!;
    const { spec } = info;
    switch (spec.type) {
      case 'conv2d':
        return this.convolution(signal, index, info);
      case 'dense':
        return this.dense(signal, index, info);
      case 'maxPool2d':
        return [this.maxPool(signal, index, info), 1];
      case 'dropout':
        return [this.dropout(signal, index, info, spec.rate), 1];
      case 'flatten':
        return [this.flatten(signal), 1];
      default:
        return [this.activation(signal, index, info, spec.type), 1];
    }
  }

  private convolution(input: Signal, index: number, info: LayerInfo): [Signal, number] {
    const spec = info.spec as Extract<LayerSpec, { type: 'conv2d' }>;
    const relu = this.typeAt(index + 1) === 'relu';
    const pool = this.typeAt(index + 1 + Number(relu)) === 'maxPool2d';
    const consumed = 1 + Number(relu) + Number(pool);
    const output = this.signalAfter(index + consumed - 1, 'nothing', true);
    const [channels] = input.map;
    const { filters, kernel } = spec;
    const run = kernel * channels;
    const paddedRun = roundUpTo4(run);
    const weightFloats = filters * kernel * paddedRun;
    // Weights and biases stand behind one another, so one update moves both.
    const floats = weightFloats + Math.ceil(filters / 8) * 8;
    const block = this.parameterBlock(floats, true);
    const [weight, bias] = info.parameters;
    this.addParameter(weight!, block, 0, weightFloats, convolutionPlace(weight!));
    this.addParameter(bias!, block, weightFloats, floats - weightFloats, (i) => i);

    const [, height, width] = output.map;
    const codes = this.arena.reserve(this.rows * filters * height * width);
    const packed = this.arena.reserve(Math.ceil(filters / 8) * kernel * run * 32);
    const biases = block.address + weightFloats * 4;
    const map = sizeOf(this.layers[index]!.output);
    const multiplyAdds = map * kernel * run;
    const names = this.layers.slice(index, index + consumed).map((layer) => layer.name);
    const pack = this.instruction(Op.PackConvolution, `${info.name} pack`, [
      ...[block.address, packed, filters, kernel, run, paddedRun],
    ]);
    const go = this.instruction(
      Op.ConvolutionForward,
      `${names.join(' + ')} forward`,
      [
        ...[input.values.record, output.values.record, codes, packed, biases, kernel],
        ...[Number(relu), Number(pool)],
      ],
      multiplyAdds,
    );
    this.addForward(pack, go);

    const stripHeight = Math.max(
      1,
      Math.min(height, Math.floor(STRIP_BYTES / (8 * filters * width))),
    );
    const partialBytes = (weightFloats + roundUpTo4(filters)) * 4;
    const groups = Math.ceil(this.options.batch / GROUP_SIZE);
    const partials = this.arena.reserve(partialBytes * groups);
    this.needScratch(filters * 4 + 8 * filters * (roundUpTo4(stripHeight * width) + 4));
    this.backward.push([
      this.instruction(
        Op.ConvolutionBackward,
        `${info.name} backward`,
        [
          ...[input.values.record, output.gradients!.record, input.gradients?.record ?? 0, codes],
          ...[block.address, partials, partialBytes, kernel, run, paddedRun, Number(pool)],
          ...[GROUP_SIZE, stripHeight],
        ],
        multiplyAdds * (input.gradients ? 2 : 1),
      ),
      this.instruction(Op.ReduceGradient, `${info.name} reduce`, [
        ...[partials, partialBytes, GROUP_SIZE, block.gradient, filters, kernel, run, paddedRun],
      ]),
      this.update(info.name, block, 0, floats),
    ]);
    return [output, consumed];
  }

  private dense(input: Signal, index: number, info: LayerInfo): [Signal, number] {
    const relu = this.typeAt(index + 1) === 'relu';
    const consumed = relu ? 2 : 1;
    const output = this.signalAfter(index + consumed - 1, relu ? 'signs' : 'nothing', true);
    const inputs = input.values.imageBytes / 4;
    const outputs = output.values.imageBytes / 4;
    const [weight, bias] = info.parameters;
    const keep = this.options.keepGradients ?? false;
    const weights = this.parameterBlock(outputs * inputs, keep);
    const biases = this.parameterBlock(outputs, true);
    this.addParameter(weight!, weights, 0, outputs * inputs, densePlace(weight!, input.map));
    this.addParameter(bias!, biases, 0, outputs, (i) => i);
    const multiplyAdds = weight!.shape[0]! * weight!.shape[1]!;
    const panel = Math.max(4, roundUpTo4(Math.ceil(outputs / (2 * this.options.threads))));
    const name = relu ? `${info.name} + ${this.layers[index + 1]!.name}` : info.name;
    this.addForward(
      this.instruction(
        Op.DenseForward,
        `${name} forward`,
        [
          ...[input.values.data, output.values.data, weights.address, biases.address],
          ...[inputs, outputs, Number(relu), panel],
        ],
        multiplyAdds,
      ),
    );
    const byRows = this.arena.reserve(this.rows * outputs * 4);
    const byOutputs = this.arena.reserve(this.rows * outputs * 4);
    this.needScratch((8 * Math.max(outputs, this.rows) * 8 + 4 * 64) * 4);
    this.backward.push([
      this.instruction(Op.PackGradient, `${info.name} pack`, [
        ...[output.gradients!.data, relu ? output.values.data : 0],
        ...[byRows, byOutputs, biases.gradient, outputs],
      ]),
      this.instruction(
        Op.DenseBackward,
        `${info.name} backward`,
        [
          ...[input.values.data, input.gradients?.data ?? 0, weights.address, byRows, byOutputs],
          ...[weights.gradient, inputs, outputs, this.rule],
          ...[weights.states[0] ?? 0, weights.states[1] ?? 0],
        ],
        multiplyAdds * (input.gradients ? 2 : 1),
      ),
      ...(keep ? [this.update(info.name, weights, 0, outputs * inputs)] : []),
      this.update(`${info.name} bias`, biases, 0, outputs),
    ]);
    return [output, consumed];
  }

  private maxPool(input: Signal, index: number, info: LayerInfo): Signal {
    const output = this.signalAfter(index, 'nothing', input.gradients !== undefined);
    const codes = this.arena.reserve(this.rows * sizeOf(output.map));
    this.addForward(
      this.instruction(Op.MaxPoolForward, `${info.name} forward`, [
        ...[input.values.record, output.values.record, codes],
      ]),
    );
    if (input.gradients) {
      this.backward.push([
        this.instruction(Op.MaxPoolBackward, `${info.name} backward`, [
          ...[input.gradients.record, output.gradients!.record, codes],
        ]),
      ]);
    }
    return output;
  }

  private activation(
    input: Signal,
    index: number,
    info: LayerInfo,
    type: 'relu' | 'sigmoid' | 'tanh',
  ): Signal {
    const needed = type === 'relu' ? 'signs' : 'values';
    const output = this.inPlaceOrAfter(input, index, input.needed === 'nothing', needed);
    const records = [
      ...[input.values.record, output.values.record],
      ...[input.gradients?.record ?? 0, output.gradients?.record ?? 0, ACTIVATIONS[type]],
    ];
    this.addForward(this.instruction(Op.ActivationForward, `${info.name} forward`, records));
    if (input.gradients) {
      this.backward.push([
        this.instruction(Op.ActivationBackward, `${info.name} backward`, records),
      ]);
    }
    return output;
  }

  private dropout(input: Signal, index: number, info: LayerInfo, rate: number): Signal {
    // Dropout changes no sign of what it keeps, and what it silences has no gradient anyway.
    const output = this.inPlaceOrAfter(input, index, input.needed !== 'values', input.needed);
    const layer = this.dropoutLayers++;
    const draw = (from: MapBuffer, to: MapBuffer, direction: string, share: number): Instruction =>
      this.instruction(Op.Dropout, `${info.name} ${direction}`, [
        ...[from.record, to.record, layer, new Float(share)],
      ]);
    this.forward.push(draw(input.values, output.values, 'forward', rate));
    if (output.values !== input.values) {
      this.infer.push(draw(input.values, output.values, 'copy', 0));
    }
    if (input.gradients) {
      this.backward.push([draw(output.gradients!, input.gradients, 'backward', rate)]);
    }
    return output;
  }

  /** The same memory seen as a vector. */
  private flatten(input: Signal): Signal {
    return input;
  }

  private addForward(...instructions: Instruction[]): void {
    this.forward.push(...instructions);
    this.infer.push(...instructions);
  }

  private typeAt(index: number): LayerSpec['type'] | undefined {
    return this.layers[index]?.spec.type;
  }

  /** The signal behind the layer at an index. */
  private signalAfter(index: number, needed: Signal['needed'], gradients: boolean): Signal {
    return this.signal(
      asMap(this.layers[index]!.output),
      needed,
      this.paddingBefore(index + 1),
      gradients,
    );
  }

  private inPlaceOrAfter(
    input: Signal,
    index: number,
    inPlace: boolean,
    needed: Signal['needed'],
  ): Signal {
    const padding = this.paddingBefore(index + 1);
    if (inPlace && input.values.padding === padding) return { ...input, needed };
    return {
      ...this.signal(input.map, needed, padding, input.gradients !== undefined),
    };
  }

  private signal(
    map: readonly [number, number, number],
    needed: Signal['needed'],
    padding: number,
    gradients = false,
  ): Signal {
    const [channels, height, width] = map;
    const shape = { channels, height, width, padding };
    const values = this.arena.maps(shape, this.rows);
    return {
      values,
      gradients: gradients ? this.arena.maps(shape, this.rows) : undefined,
      map,
      needed,
    };
  }

  /** Zeros that the layer at an index wants around its input. */
  private paddingBefore(index: number): number {
    const spec = this.layers[index]?.spec;
    return spec?.type === 'conv2d' && spec.padding === 'same' ? (spec.kernel - 1) / 2 : 0;
  }

  private parameterBlock(floats: number, gradient: boolean): ParameterBlock {
    const bytes = floats * 4;
    return {
      address: this.arena.reserve(bytes),
      gradient: gradient ? this.arena.reserve(bytes) : 0,
      states: Array.from({ length: stateTensors(this.options.rule) }, () =>
        this.arena.reserve(bytes),
      ),
    };
  }

  private addParameter(
    info: PlannedParameter['info'],
    block: ParameterBlock,
    offset: number,
    floats: number,
    place: ParameterLayout['place'],
  ): void {
    const shift = (address: number): number => address + offset * 4;
    this.parameters.push({
      info,
      floats,
      place,
      address: shift(block.address),
      gradient: block.gradient ? shift(block.gradient) : 0,
      states: block.states.map(shift),
    });
  }

  private update(name: string, block: ParameterBlock, offset: number, floats: number): Instruction {
    const shift = (address = 0): number => address && address + offset * 4;
    return this.instruction(Op.Update, `${name} update`, [
      ...[shift(block.address), shift(block.gradient), shift(block.states[0])],
      ...[shift(block.states[1]), floats, this.rule],
    ]);
  }

  private ruleRecord(rule: RuleSpec): number {
    const decay1 = rule.type === 'rmsprop' ? rule.rho : rule.type === 'adam' ? rule.beta1 : 0;
    const decay2 = rule.type === 'adam' ? rule.beta2 : 0;
    const epsilon = 'epsilon' in rule ? rule.epsilon : 0;
    return this.arena.record(
      RULES[rule.type],
      new Float(decay1),
      new Float(decay2),
      new Float(epsilon),
    );
  }

  private needScratch(bytes: number): void {
    this.scratchBytes = Math.max(this.scratchBytes, bytes);
  }

  private instruction(
    op: Op,
    label: string,
    words: readonly (number | Float)[],
    multiplyAdds = 0,
  ): Instruction {
    return { op, address: this.arena.record(...words), label, multiplyAdds };
  }
}

interface ParameterBlock {
  readonly address: number;
  readonly gradient: number;
  readonly states: readonly number[];
}
