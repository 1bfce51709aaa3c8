import { frozenPrefix, type LearningByLayer, learns } from '../../nn/learning.ts';
import type { LossSpec } from '../../nn/loss.ts';
import { type LayerInfo, type LayerSpec, layerInfos, type NetworkSpec } from '../../nn/network.ts';
import { type RuleSpec, stateTensors } from '../../nn/rule.ts';
import { Op, Rule } from '../kernels/opcodes.ts';
import { asMap, type ParameterLayout, roundUpTo4 } from '../layout.ts';
import { Arena, Float, type Instruction, type MapBuffer } from './arena.ts';
import type { InputOptions } from './input.ts';

export interface PlanOptions extends InputOptions {
  /** Rows of the largest batch. */
  readonly batch: number;
  readonly loss: LossSpec;
  readonly rule: RuleSpec;
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
}

/** Values of a place in the network, and their gradients on the way back. */
export interface Signal {
  readonly values: MapBuffer;
  readonly gradients: MapBuffer | undefined;
  /** Channels, height and width; stays what it was when a flatten makes a vector of it. */
  readonly map: readonly [channels: number, height: number, width: number];
  /** What the layer that made the values needs of them on its way back. */
  readonly needed: 'nothing' | 'signs' | 'values';
}

/** Parameters that one update moves. */
export interface ParameterBlock {
  readonly floats: number;
  readonly address: number;
  readonly gradient: number;
  readonly states: readonly number[];
}

/** A layer that is being planned. */
export interface LayerPlace {
  readonly index: number;
  readonly info: LayerInfo;
  readonly input: Signal;
}

/** What a layer's planner gives back: the signal behind it and how many layers were fused. */
export interface Planned {
  readonly output: Signal;
  readonly layers: number;
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
  readonly layers: readonly LayerInfo[];
  /** Rows of a buffer: the batch, rounded up to whole tiles. */
  readonly rows: number;
  readonly parameters: PlannedParameter[] = [];
  readonly forward: Instruction[] = [];
  readonly infer: Instruction[] = [];
  /** One list for each operation on the way forward; they are carried out last to first. */
  readonly backward: Instruction[][] = [];
  /** Bytes that every thread needs for itself. */
  scratchBytes = 64;
  /** Number of the next dropout layer. */
  dropoutLayers: number;
  private readonly learning: LearningByLayer;
  /** Layers of the frozen prefix. */
  private readonly prefix: number;
  /** The kernels' records of the update rule, by factor on the learning rate. */
  private readonly rules = new Map<number, number>();

  constructor(
    network: NetworkSpec,
    base: number,
    readonly options: PlanOptions,
  ) {
    this.arena = new Arena(base);
    this.layers = layerInfos(network);
    this.rows = roundUpTo4(options.batch);
    this.dropoutLayers = options.firstDropout ?? 0;
    this.learning = options.layers ?? new Map();
    this.prefix = frozenPrefix(this.layers, this.learning);
  }

  learns(info: LayerInfo): boolean {
    return learns(info, this.learning);
  }

  /** Whether the layer at an index belongs to the frozen prefix. */
  inFrozenPrefix(index: number): boolean {
    return index < this.prefix;
  }

  /** The kernels' record of the update rule for a layer that learns. */
  ruleOf({ name }: LayerInfo): number {
    const rate = this.learning.get(name)?.rate ?? 1;
    const record = this.rules.get(rate) ?? this.ruleRecord(this.options.rule, rate);
    this.rules.set(rate, record);
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

  /** Adds to the way forward, in training and without. */
  addForward(...instructions: readonly Instruction[]): void {
    this.forward.push(...instructions);
    this.infer.push(...instructions);
  }

  needScratch(bytes: number): void {
    this.scratchBytes = Math.max(this.scratchBytes, bytes);
  }

  typeAt(index: number): LayerSpec['type'] | undefined {
    return this.layers[index]?.spec.type;
  }

  /** The signal before the first layer. */
  inputSignal(input: readonly number[]): Signal {
    const gradients = this.options.keepGradients ?? false;
    return this.signal(asMap(input), 'nothing', this.paddingBefore(0), gradients);
  }

  /** A new signal behind the layer at an index. */
  signalAfter(index: number, needed: Signal['needed'], gradients: boolean): Signal {
    const map = asMap(this.layers[index]!.output);
    return this.signal(map, needed, this.paddingBefore(index + 1), gradients);
  }

  /** The same memory again, where it may be overwritten and fits what follows; else a new signal. */
  inPlaceOrAfter(
    { input, index }: LayerPlace,
    mayOverwrite: boolean,
    needed: Signal['needed'],
  ): Signal {
    const padding = this.paddingBefore(index + 1);
    if (mayOverwrite && input.values.padding === padding) return { ...input, needed };
    return this.signal(input.map, needed, padding, input.gradients !== undefined);
  }

  /** Memory for parameters of a layer; a frozen one has neither gradient nor state. */
  parameterBlock(info: LayerInfo, floats: number, gradient = true): ParameterBlock {
    const reserve = (): number => this.arena.reserve(floats * 4);
    const learning = this.learns(info);
    return {
      floats,
      address: reserve(),
      gradient: learning && gradient ? reserve() : 0,
      states: Array.from({ length: learning ? stateTensors(this.options.rule) : 0 }, reserve),
    };
  }

  /** A parameter that fills a block, or a stretch of it, `offset` and `floats` in floats. */
  addParameter(
    info: PlannedParameter['info'],
    place: ParameterLayout['place'],
    block: ParameterBlock,
    offset = 0,
    floats = block.floats,
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

  /** Moves a block of a layer that learns by its gradient. */
  update(info: LayerInfo, block: ParameterBlock, part = ''): Instruction {
    const { address, gradient, states, floats } = block;
    return this.instruction(Op.Update, `${info.name}${part} update`, [
      ...[address, gradient, states[0] ?? 0, states[1] ?? 0, floats, this.ruleOf(info)],
    ]);
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

  /** Zeros that the layer at an index wants around its input. */
  private paddingBefore(index: number): number {
    const spec = this.layers[index]?.spec;
    return spec?.type === 'conv2d' && spec.padding === 'same' ? (spec.kernel - 1) / 2 : 0;
  }

  private ruleRecord(rule: RuleSpec, rate: number): number {
    const decay1 = rule.type === 'rmsprop' ? rule.rho : rule.type === 'adam' ? rule.beta1 : 0;
    const decay2 = rule.type === 'adam' ? rule.beta2 : 0;
    const epsilon = 'epsilon' in rule ? rule.epsilon : 0;
    const floats = [rate, decay1, decay2, epsilon].map((value) => new Float(value));
    return this.arena.record(RULES[rule.type], ...floats);
  }
}
