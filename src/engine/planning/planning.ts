import type { AveragingSpec } from '../../nn/averaging.ts';
import { frozenPrefix, type LearningByLayer, learns } from '../../nn/learning.ts';
import type { LossSpec } from '../../nn/loss.ts';
import { flatLayers, type LayerInfo, type ParameterInfo } from '../../nn/network.ts';
import { decays, type RuleSpec, stateTensors } from '../../nn/rule.ts';
import { Op, Rule } from '../kernels/opcodes.ts';
import { asMap, type ParameterLayout, roundUpTo4 } from '../layout.ts';
import { Arena, Float, type Instruction, type MapBuffer } from './arena.ts';
import type { InputOptions } from './input.ts';

export interface PlanOptions extends InputOptions {
  /** Rows of the largest batch. */
  readonly batch: number;
  readonly loss: LossSpec;
  readonly rule: RuleSpec;
  /** Keep an average of the parameters that learn, with which is measured and predicted; default: none. */
  readonly averaging?: AveragingSpec | undefined;
  /** How many threads will run it; changes how work is cut, never its result. */
  readonly threads: number;
  /** Keep the gradient of the input and of every parameter that learns in memory; default false. */
  readonly keepGradients?: boolean;
  /**
   * How some layers learn, by name; other names are ignored, so that a part of a network takes the same
   * map as the whole. Nothing is computed on the way back below the lowest layer that learns, and
   * dropout in the frozen prefix (`frozenPrefix`) lets everything pass.
   */
  readonly layers?: LearningByLayer | undefined;
  /**
   * Number of the first dropout layer, default 0: a network that is the rear part of another one draws
   * the masks that it would have there.
   */
  readonly firstDropout?: number | undefined;
}

/** A parameter with its gradient and the rule's state, all laid out alike. */
export interface PlannedParameter extends ParameterLayout {
  /** None where the parameter is frozen. */
  readonly states: readonly number[];
  /** Zero where the gradient is applied without being written, and where there is none. */
  readonly gradient: number;
  /** Zero where no average is kept. */
  readonly average: number;
}

/** Values of a place in the network, and their gradients on the way back. */
export interface Signal {
  readonly values: MapBuffer;
  readonly gradients: MapBuffer | undefined;
  /** Channels, height and width; stays what it was when a flatten makes a vector of it. */
  readonly map: readonly [channels: number, height: number, width: number];
  /** What others than the next layer need of them: the one that made them on its way back, or a residual block. */
  readonly needed: 'nothing' | 'signs' | 'values';
}

/** Parameters that one update moves. */
export interface ParameterBlock {
  readonly floats: number;
  readonly address: number;
  readonly gradient: number;
  readonly states: readonly number[];
  /** Zero where no average is kept. */
  readonly average: number;
}

/** A layer that is being planned. */
export interface LayerPlace {
  readonly info: LayerInfo;
  /** The layers behind it, which may be fused with it. */
  readonly next: readonly LayerInfo[];
  readonly input: Signal;
  /** Zeros that are wanted around the output of the last of these layers. */
  readonly paddingBehind: number;
}

/** What a layer's planner gives back. */
export interface Planned {
  /** The signal behind the layer and those that were fused with it. */
  readonly output: Signal;
  /** How many of the layers behind it were; default 0. */
  readonly fused?: number;
}

/** A stretch of a block. */
export function partOf(block: ParameterBlock, offset: number, floats: number): ParameterBlock {
  const shift = (address: number): number => address && address + offset * 4;
  return {
    floats,
    address: shift(block.address),
    gradient: shift(block.gradient),
    states: block.states.map(shift),
    average: shift(block.average),
  };
}

const RULES: Record<RuleSpec['type'], Rule> = {
  sgd: Rule.Sgd,
  momentum: Rule.Momentum,
  nesterov: Rule.Nesterov,
  adagrad: Rule.Adagrad,
  rmsprop: Rule.Rmsprop,
  adam: Rule.Adam,
};

/** A plan in the making: the layers' planners reserve memory here and add their instructions. */
export class Planning {
  readonly arena: Arena;
  /** Rows of a buffer: the batch, rounded up to whole tiles. */
  readonly rows: number;
  readonly parameters: PlannedParameter[] = [];
  readonly layerOutputs: { readonly name: string; readonly values: MapBuffer }[] = [];
  readonly forward: Instruction[] = [];
  readonly infer: Instruction[] = [];
  /** One list for each operation on the way forward; they are carried out last to first. */
  readonly backward: Instruction[][] = [];
  /** Bytes that every thread needs for itself. */
  scratchBytes = 96;
  /** Number of the next dropout layer. */
  dropoutLayers: number;
  private readonly learning: LearningByLayer;
  private readonly frozenPrefix: ReadonlySet<LayerInfo>;
  /** The kernels' records of the update rule, by what is different from layer to layer. */
  private readonly rules = new Map<string, number>();

  constructor(
    readonly layers: readonly LayerInfo[],
    base: number,
    readonly options: PlanOptions,
  ) {
    this.arena = new Arena(base);
    this.rows = roundUpTo4(options.batch);
    this.dropoutLayers = options.firstDropout ?? 0;
    this.learning = options.layers ?? new Map();
    this.frozenPrefix = new Set(flatLayers(layers.slice(0, frozenPrefix(layers, this.learning))));
  }

  learns(info: LayerInfo): boolean {
    return learns(info, this.learning);
  }

  inFrozenPrefix(info: LayerInfo): boolean {
    return this.frozenPrefix.has(info);
  }

  /** The kernels' record of the update rule for a parameter of a layer that learns. */
  ruleOf({ name }: LayerInfo, parameter: ParameterInfo): number {
    const rate = this.learning.get(name)?.rate ?? 1;
    const decay = decays(parameter) ? rate : 0;
    const key = `${rate} ${decay}`;
    const record = this.rules.get(key) ?? this.ruleRecord(this.options.rule, rate, decay);
    this.rules.set(key, record);
    return record;
  }

  instruction(
    op: Op,
    label: string,
    words: readonly (number | Float)[],
    multiplyAdds = 0,
  ): Instruction {
    return { op, address: this.arena.record(...words), label, multiplyAdds };
  }

  /** An operation that takes as long as memory does to pass so many float32 values of a row. */
  passing(
    op: Op,
    label: string,
    words: readonly (number | Float)[],
    values: { readonly read: number; readonly written: number },
  ): Instruction {
    const traffic = { read: 4 * values.read, written: 4 * values.written };
    return { ...this.instruction(op, label, words), traffic };
  }

  /** Adds to the way forward, in training and without. */
  addForward(...instructions: readonly Instruction[]): void {
    this.forward.push(...instructions);
    this.infer.push(...instructions);
  }

  needScratch(bytes: number): void {
    this.scratchBytes = Math.max(this.scratchBytes, bytes);
  }

  /** The signal before the first layer. */
  inputSignal(input: readonly number[]): Signal {
    const gradients = this.options.keepGradients ?? false;
    return this.signal(asMap(input), 'nothing', paddingBefore(this.layers[0]), gradients);
  }

  /** A new signal behind a layer and those that are fused with it. */
  signalAfter(
    { info, next, paddingBehind }: LayerPlace,
    needed: Signal['needed'],
    gradients: boolean,
    fused = 0,
  ): Signal {
    const map = asMap((fused > 0 ? next[fused - 1]! : info).output);
    return this.signal(map, needed, paddingBefore(next[fused], paddingBehind), gradients);
  }

  /** The same memory again, where it may be overwritten and fits what follows; else a new signal. */
  inPlaceOrAfter(place: LayerPlace, mayOverwrite: boolean, needed: Signal['needed']): Signal {
    const { input, next, paddingBehind } = place;
    const padding = paddingBefore(next[0], paddingBehind);
    if (mayOverwrite && input.values.padding === padding) return { ...input, needed };
    return this.signalLike(place, needed, input.gradients !== undefined);
  }

  /** A new signal behind a layer whose values stand in the order of its input, also where that was flattened. */
  signalLike(
    { input, next, paddingBehind }: LayerPlace,
    needed: Signal['needed'],
    gradients: boolean,
  ): Signal {
    return this.signal(input.map, needed, paddingBefore(next[0], paddingBehind), gradients);
  }

  /** Memory for parameters of a layer; a frozen one has no gradient, no state and no average. */
  parameterBlock(info: LayerInfo, floats: number, gradient = true): ParameterBlock {
    const { rule } = this.options;
    const reserve = (): number => this.arena.reserve(floats * 4);
    const learning = this.learns(info);
    return {
      ...this.keptBlock(info, floats),
      gradient: learning && gradient ? reserve() : 0,
      states: Array.from({ length: learning ? stateTensors(rule) : 0 }, reserve),
    };
  }

  /** Memory for parameters that no gradient moves. */
  keptBlock(info: LayerInfo, floats: number): ParameterBlock {
    const reserve = (): number => this.arena.reserve(floats * 4);
    const averaging = this.options.averaging && this.learns(info);
    const average = averaging ? reserve() : 0;
    return { floats, address: reserve(), gradient: 0, states: [], average };
  }

  /** A parameter that fills a block. */
  addParameter(info: ParameterInfo, place: ParameterLayout['place'], block: ParameterBlock): void {
    this.parameters.push({ info, place, ...block });
  }

  /** Moves a block of a layer that learns by its gradient; one parameter tells whether it decays. */
  update(layer: LayerInfo, parameter: ParameterInfo, block: ParameterBlock): Instruction {
    const { address, gradient, states, average, floats } = block;
    return this.instruction(
      Op.Update,
      `${layer.name} ${parameter.name.slice(layer.name.length + 1)} update`,
      [
        ...[address, gradient, states[0] ?? 0, states[1] ?? 0, average, floats],
        this.ruleOf(layer, parameter),
      ],
    );
  }

  private signal(
    map: Signal['map'],
    needed: Signal['needed'],
    padding: number,
    gradients: boolean,
  ): Signal {
    const [channels, height, width] = map;
    const maps = (): MapBuffer => this.arena.maps({ channels, height, width, padding }, this.rows);
    return { values: maps(), gradients: gradients ? maps() : undefined, map, needed };
  }

  private ruleRecord(rule: RuleSpec, rate: number, decay: number): number {
    const decay1 = rule.type === 'rmsprop' ? rule.rho : rule.type === 'adam' ? rule.beta1 : 0;
    const decay2 = rule.type === 'adam' ? rule.beta2 : 0;
    const epsilon = 'epsilon' in rule ? rule.epsilon : 0;
    const { clipValue = Number.POSITIVE_INFINITY } = rule;
    const floats = [rate, decay, decay1, decay2, epsilon, clipValue].map(
      (value) => new Float(value),
    );
    return this.arena.record(RULES[rule.type], ...floats, Number(!!this.options.averaging));
  }
}

/** Zeros that a layer wants around its input; without a layer, what is wanted behind the last one. */
export function paddingBefore(layer: LayerInfo | undefined, behind = 0): number {
  if (!layer) return behind;
  const { spec, body } = layer;
  if (body.length > 0) return paddingBefore(body[0]);
  return spec.type === 'conv2d' && spec.padding === 'same' ? (spec.kernel - 1) / 2 : 0;
}
