import { InputError } from '../errors.ts';
import { targetsPerRow } from '../nn/loss.ts';
import { type NetworkSpec, type ParameterInfo, sizeOf } from '../nn/network.ts';
import { stateTensors } from '../nn/rule.ts';
import { type Engine, MEMORY_LIMIT } from './engine.ts';
import { Op } from './kernels/opcodes.ts';
import { fromMemory, mapPlace, toMemory } from './layout.ts';
import { mapsFromMemory, mapsToMemory } from './map-values.ts';
import { type Plan, planNetwork } from './plan.ts';
import type { Instruction, MapBuffer } from './planning/arena.ts';
import type { PlannedParameter, PlanOptions } from './planning/planning.ts';
import {
  decodeLosses,
  encodeSteps,
  type LoadedData,
  type LossSum,
  type Seen,
  STEP_BYTES,
  type TrainingStep,
} from './step-table.ts';
import { TRANSFORM_BYTES } from './transform-table.ts';

/** Tensors by the name of their parameter, in canonical order. */
export type Tensors = Map<string, Float32Array<ArrayBuffer>>;

/** All parameters as they stand in the engine's memory. */
export type Snapshot = ReadonlyMap<string, Float32Array>;

/** Steps that are handed to the engine in one go. */
export const MAX_STEPS = 64;
/** Bytes behind loaded values, which kernels may read and do not use. */
const LOAD_MARGIN = 64;

type ProgramName = 'see' | 'train' | 'evaluate' | 'predict' | 'predictAgain';

/** What depends on the parameters alone, so that the next prediction finds it there. */
const PACKING: ReadonlySet<Op> = new Set([Op.PackConvolution, Op.PackWinograd]);

/**
 * A network bound to an engine: it learns from batches, it measures, it predicts.
 *
 * @example
 * const compiled = await CompiledNetwork.create(engine, net, { batch: 128, loss, rule, seed: 0 });
 * await compiled.setParameters(initialise(net, { seed: 0 }));
 * const data = await compiled.load(images, targets);
 * await compiled.train(data, [{ order, learningRate: 0.01, momentum: 0.9 }]);
 */
export class CompiledNetwork {
  /** @internal */
  readonly plan: Plan;
  /**
   * Updates made so far, which Adam and the dropout masks depend on. Set it, with `setParameters` and
   * `setRuleStates`, to go on where another network stopped: with the same bits.
   */
  stepsDone = 0;
  /** Whether the weights of convolutions stand packed in the memory as they are now. */
  private isPacked = false;
  /** Addresses of the programs that `runInstructions` has written. */
  private readonly extraPrograms = new Map<string, number>();

  private constructor(
    readonly engine: Engine,
    readonly network: NetworkSpec,
    private readonly options: CompileOptions,
    plan: Plan,
    private readonly memory: Memory,
  ) {
    this.plan = plan;
  }

  /**
   * Compiles a network and reserves the engine's memory for it; the parameters are zero.
   *
   * @param options `batch`: rows of the largest batch; `loss`; `rule`; `averaging`; `seed` of the dropout masks;
   *   `layers`: which are frozen or learn at another rate; `standardisation`, `mirrorPartners`, `fill`:
   *   what happens to the pictures
   */
  static async create(
    engine: Engine,
    network: NetworkSpec,
    options: CompileOptions,
  ): Promise<CompiledNetwork> {
    const plan = planNetwork(network, engine.nextAddress, { ...options, threads: engine.threads });
    const { arena, output } = plan;
    const program = (instructions: readonly Instruction[]): number =>
      writeProgram(plan, instructions);
    const outputs = arena.reserve(output.imageBytes * options.batch * MAX_STEPS);
    const store: Instruction = {
      op: Op.StoreOutput,
      label: 'store output',
      multiplyAdds: 0,
      address: arena.record(output.data, output.imageBytes, outputs),
    };
    const memory: Memory = {
      see: program(plan.gather),
      train: program([...plan.gather, ...plan.forward, ...plan.loss, ...plan.backward]),
      evaluate: program([...plan.gather, ...plan.infer, ...plan.measure]),
      predict: program([...plan.gather, ...plan.infer, store]),
      predictAgain: program([
        ...plan.gather,
        ...plan.infer.filter(({ op }) => !PACKING.has(op)),
        store,
      ]),
      steps: arena.reserve(STEP_BYTES * MAX_STEPS),
      order: arena.reserve(4 * options.batch * MAX_STEPS),
      dropoutKeys: arena.reserve(4 * (plan.dropoutLayers + 1) * MAX_STEPS),
      transforms: arena.reserve(TRANSFORM_BYTES * options.batch * MAX_STEPS),
      outputs,
    };
    await engine.reserve(arena.end - engine.nextAddress);
    for (const { address, words } of arena.records) await engine.write(address, words);
    return new CompiledNetwork(engine, network, options, plan, memory);
  }

  /**
   * Sets all parameters; their averages, if any, begin there.
   *
   * @param values by name (`conv1.weight`), in the shapes of `Parameters`
   * @throws Error for a parameter that is missing or has another size
   */
  async setParameters(values: ReadonlyMap<string, ArrayLike<number>>): Promise<void> {
    this.isPacked = false;
    for (const parameter of this.plan.parameters) {
      const tensor = expectTensor(values, parameter.info);
      const memory = toMemory(parameter, tensor);
      await this.engine.write(parameter.address, memory);
      if (parameter.average) await this.engine.write(parameter.average, memory);
    }
  }

  /** All parameters as they are trained, by name. */
  async parameters(): Promise<Tensors> {
    return this.parametersOf(await this.copy(({ address }) => address));
  }

  /** All parameters as `evaluate` and `predict` use them: their averages, where those are kept. */
  async averages(): Promise<Tensors> {
    return this.parametersOf(await this.snapshot());
  }

  /**
   * Sets the averages of the parameters, where they are kept.
   *
   * @param values as `averages` gives them
   * @throws Error for a parameter that is missing or has another size
   */
  async setAverages(values: ReadonlyMap<string, ArrayLike<number>>): Promise<void> {
    this.isPacked = false;
    for (const parameter of this.plan.parameters.filter(({ average }) => average)) {
      const tensor = expectTensor(values, parameter.info);
      await this.engine.write(parameter.average, toMemory(parameter, tensor));
    }
  }

  /**
   * A copy of all parameters as `averages` has them, quickly; `parametersOf` makes canonical tensors of it.
   *
   * @internal
   */
  snapshot(): Promise<Snapshot> {
    return this.copy(({ address, average }) => average || address);
  }

  /**
   * The parameters of a snapshot.
   *
   * @internal
   */
  parametersOf(snapshot: Snapshot): Tensors {
    const tensors: Tensors = new Map();
    for (const parameter of this.plan.parameters) {
      const { name, shape } = parameter.info;
      const memory = snapshot.get(name);
      if (memory) tensors.set(name, fromMemory(parameter, memory, sizeOf(shape)));
    }
    return tensors;
  }

  /** Gradients of the last step; only of a network compiled with `keepGradients`. Frozen layers have none. */
  async gradients(): Promise<Tensors> {
    return this.parametersOf(await this.copy(({ gradient }) => gradient));
  }

  /** The rule's state, one map for each tensor that it keeps of a parameter. Frozen layers have none. */
  ruleStates(): Promise<Tensors[]> {
    return Promise.all(
      Array.from({ length: stateTensors(this.options.rule) }, async (_, i) =>
        this.parametersOf(await this.copy(({ states }) => states[i])),
      ),
    );
  }

  /**
   * Sets the rule's state.
   *
   * @param states as `ruleStates` gives them. Parameters that they leave out begin anew, with zeros, as
   *   those of a layer do that was frozen until now; those of a layer that is frozen from now on are not
   *   needed.
   * @throws Error where there are more or fewer maps than the rule keeps, or a tensor has another size
   */
  async setRuleStates(states: readonly ReadonlyMap<string, ArrayLike<number>>[]): Promise<void> {
    const { type } = this.options.rule;
    const count = stateTensors(this.options.rule);
    if (states.length !== count) {
      throw new Error(`${states.length} state tensors a parameter, ${type} keeps ${count}`);
    }
    for (const parameter of this.plan.parameters) {
      for (const [i, address] of parameter.states.entries()) {
        const values = states[i]!;
        const tensor = values.has(parameter.info.name) ? expectTensor(values, parameter.info) : [];
        await this.engine.write(address, toMemory(parameter, tensor));
      }
    }
  }

  /**
   * Copies data into the engine's memory.
   *
   * @param inputs of shape (rows, channels, height, width): bytes, of which 0 … 255 becomes [0, 1], or
   *   floats that are taken as they are
   * @param targets of shape (rows, outputs), or (rows) for classes
   * @throws InputError where there are more rows than the engine has room for
   * @throws Error where the values do not make whole rows or a class is none of the outputs
   */
  async load(inputs: Uint8Array | Float32Array, targets?: Float32Array): Promise<LoadedData> {
    const { loss } = this.options;
    const rows = inputs.length / sizeOf(this.network.input);
    const outputs = sizeOf(this.plan.outputShape);
    const expected = rows * targetsPerRow(loss, outputs);
    if (!Number.isInteger(rows) || (targets && targets.length !== expected)) {
      throw new Error(
        `load: ${inputs.length} input values and ${targets?.length} targets do not make whole rows`,
      );
    }
    if (loss.type === 'softmaxCrossEntropy') {
      const wrong = targets?.find(
        (value) => !(Number.isInteger(value) && value >= 0 && value < outputs),
      );
      if (wrong !== undefined) throw new RangeError(`load: class ${wrong} of ${outputs}`);
    }
    this.requireRoom(rows, inputs.byteLength + (targets?.byteLength ?? 0));
    const place = async (values: Uint8Array | Float32Array): Promise<number> => {
      const address = await this.engine.reserve(values.byteLength + LOAD_MARGIN);
      await this.engine.write(address, values);
      return address;
    };
    return {
      rows,
      inputs: await place(inputs),
      inputsAreBytes: inputs instanceof Uint8Array,
      targets: targets ? await place(targets) : 0,
    };
  }

  /**
   * A batch as `train` would see it: with its transforms, standardised where the network has it so.
   *
   * @internal
   */
  async see(data: LoadedData, step: TrainingStep): Promise<Seen> {
    requireTargets(data);
    const { engine, memory, plan, options } = this;
    const rows = step.order.length;
    const targets = rows * targetsPerRow(options.loss, sizeOf(plan.outputShape));
    await this.writeSteps(data, [step]);
    await engine.run(memory.see, memory.steps, 1);
    return {
      inputs: await this.readMaps(plan.input, rows),
      targets: await engine.readFloats(plan.targets, targets),
    };
  }

  /**
   * Trains on some batches in turn.
   *
   * @param steps 1 to `MAX_STEPS`; the last one may have fewer rows than the others, none more than `batch`
   * @returns the loss of every batch before its update. One that is no finite number is the last: nothing
   *   is learnt from its batch and from those behind it, and `notFinite` tells where it came from.
   * @throws RangeError for another number of steps or rows, for a row that the data do not have, and for
   *   a transform that cannot be carried out
   */
  async train(data: LoadedData, steps: readonly TrainingStep[]): Promise<LossSum[]> {
    requireTargets(data);
    this.isPacked = false;
    await this.writeSteps(data, steps);
    await this.engine.run(this.memory.train, this.memory.steps, steps.length);
    const losses = await this.readLosses(steps.length);
    const end = losses.findIndex(({ sum }) => !Number.isFinite(sum));
    this.stepsDone += end < 0 ? steps.length : end;
    return end < 0 ? losses : losses.slice(0, end + 1);
  }

  /**
   * The loss over rows of the data, without dropout, with the averages of the parameters where they are kept.
   *
   * @param order numbers of the rows, from 0
   */
  async evaluate(data: LoadedData, order: Uint32Array): Promise<LossSum> {
    requireTargets(data);
    let [sum, count, squares] = [0, 0, 0];
    await this.withAverages(() =>
      this.forEachPortion(data, order, 'evaluate', async (steps) => {
        for (const loss of await this.readLosses(steps)) {
          sum += loss.sum;
          count += loss.count;
          squares += loss.squares;
        }
      }),
    );
    return { sum, count, squares };
  }

  /**
   * The network's output, without dropout, with the averages of the parameters where they are kept.
   *
   * @param order numbers of the rows, from 0
   * @returns values of shape (order.length, outputs)
   */
  async predict(data: LoadedData, order: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    const { outputShape, output } = this.plan;
    const outputs = sizeOf(outputShape);
    const place = mapPlace(outputShape);
    const stride = output.imageBytes / 4;
    const result = new Float32Array(order.length * outputs);
    const program = this.isPacked ? 'predictAgain' : 'predict';
    await this.withAverages(() =>
      this.forEachPortion(data, order, program, async (_, first, rows) => {
        const values = await this.engine.readFloats(this.memory.outputs, rows * stride);
        for (let row = 0; row < rows; row++) {
          for (let i = 0; i < outputs; i++) {
            result[(first + row) * outputs + i] = values[row * stride + place(i)]!;
          }
        }
      }),
    );
    this.isPacked = order.length > 0;
    return result;
  }

  /**
   * Runs single instructions on the first step of the last table; for benchmarks, probes and tests.
   *
   * @internal
   */
  async runInstructions(instructions: readonly Instruction[]): Promise<void> {
    const key = instructions.map(({ op, address }) => `${op} ${address}`).join();
    let program = this.extraPrograms.get(key);
    if (program === undefined) {
      const words = programWords(this.plan, instructions);
      program = await this.engine.reserve(words.byteLength);
      await this.engine.write(program, words);
      this.extraPrograms.set(key, program);
    }
    await this.engine.run(program, this.memory.steps, 1);
  }

  /**
   * Reads a buffer of the plan in canonical order, (rows, channels, height, width).
   *
   * @internal
   */
  async readMaps(buffer: MapBuffer, rows: number): Promise<Float32Array> {
    const memory = await this.engine.readFloats(buffer.origin, (rows * buffer.imageBytes) / 4);
    return mapsFromMemory(buffer, rows, memory);
  }

  /**
   * The inverse of `readMaps`; padding becomes zero.
   *
   * @internal
   */
  async writeMaps(buffer: MapBuffer, rows: number, values: ArrayLike<number>): Promise<void> {
    await this.engine.write(buffer.origin, mapsToMemory(buffer, rows, values));
  }

  /** Does something while the averages of the parameters, where they are kept, stand in their place. */
  private async withAverages(work: () => Promise<void>): Promise<void> {
    const { engine, plan } = this;
    const averaged = plan.parameters.filter(({ average }) => average);
    const trained = await this.copy(({ address, average }) => average && address);
    for (const { address, average, floats } of averaged) {
      await engine.write(address, await engine.readFloats(average, floats));
    }
    await work();
    for (const { info, address } of averaged) await engine.write(address, trained.get(info.name)!);
  }

  /** Copies a tensor of each parameter that has it: its address, or 0 or undefined. */
  private async copy(
    address: (parameter: PlannedParameter) => number | undefined,
  ): Promise<Snapshot> {
    const copy = new Map<string, Float32Array>();
    for (const parameter of this.plan.parameters) {
      const start = address(parameter);
      if (!start) continue;
      copy.set(parameter.info.name, await this.engine.readFloats(start, parameter.floats));
    }
    return copy;
  }

  /** @throws InputError where rows that take so many bytes do not fit beside what is there already */
  private requireRoom(rows: number, bytes: number): void {
    const room = MEMORY_LIMIT - this.engine.nextAddress - 4 * LOAD_MARGIN;
    if (bytes <= room) return;
    const gibibytes = (size: number): string => `${(size / 2 ** 30).toFixed(2)} GiB`;
    const most = Math.floor((rows * room) / bytes);
    throw new InputError(
      `${rows} rows take ${gibibytes(bytes)} of the engine's memory, which has ${gibibytes(MEMORY_LIMIT)} at most and ${gibibytes(room)} left beside the network`,
      `Take ${most} rows at most, or make the pictures smaller; a smaller batch or network leaves a little more room.`,
    );
  }

  /** Runs a program over all rows in portions of full batches. */
  private async forEachPortion(
    data: LoadedData,
    order: Uint32Array,
    name: Exclude<ProgramName, 'see' | 'train'>,
    use: (steps: number, first: number, rows: number) => Promise<void>,
  ): Promise<void> {
    const { batch } = this.options;
    for (let first = 0; first < order.length; first += batch * MAX_STEPS) {
      const portion = order.subarray(first, first + batch * MAX_STEPS);
      const steps: TrainingStep[] = [];
      for (let i = 0; i < portion.length; i += batch) {
        steps.push({ order: portion.subarray(i, i + batch), learningRate: 0, momentum: 0 });
      }
      await this.writeSteps(data, steps);
      await this.engine.run(this.memory[name], this.memory.steps, steps.length);
      await use(steps.length, first, portion.length);
    }
  }

  private async writeSteps(data: LoadedData, steps: readonly TrainingStep[]): Promise<void> {
    // Without a step the threads would not meet at a barrier, and one of them could miss the next job.
    if (steps.length < 1 || steps.length > MAX_STEPS) {
      throw new RangeError(`${steps.length} steps, expected 1 to ${MAX_STEPS}`);
    }
    const { engine, memory, options, plan } = this;
    const tables = encodeSteps(steps, data, memory, {
      ...options,
      dropoutLayers: plan.dropoutLayers,
      keypoints: plan.keypoints,
      firstStep: this.stepsDone,
    });
    await engine.write(memory.steps, tables.steps);
    await engine.write(memory.order, tables.order);
    await engine.write(memory.dropoutKeys, tables.dropoutKeys);
    await engine.write(memory.transforms, tables.transforms);
  }

  private async readLosses(steps: number): Promise<LossSum[]> {
    return decodeLosses(await this.engine.read(this.memory.steps, STEP_BYTES * steps));
  }
}

/** How a network learns and what happens to its pictures. */
export interface CompileOptions extends Omit<PlanOptions, 'threads'> {
  /** Seed of the dropout masks, a whole number in [0, 2^32). */
  readonly seed: number;
}

/** @throws RangeError for data that were loaded without targets */
function requireTargets({ targets }: LoadedData): void {
  if (targets === 0)
    throw new RangeError('the data were loaded without targets, a loss needs them');
}

/** Addresses of programs and of what the host writes for them. */
type Memory = Readonly<
  Record<ProgramName | 'steps' | 'order' | 'dropoutKeys' | 'transforms' | 'outputs', number>
>;

function programWords(plan: Plan, instructions: readonly Instruction[]): Int32Array {
  const pairs = instructions.flatMap(({ op, address }) => [op, address]);
  return Int32Array.from([plan.scratch, plan.scratchBytes, ...pairs, 0]);
}

const writeProgram = (plan: Plan, instructions: readonly Instruction[]): number =>
  plan.arena.record(...programWords(plan, instructions));

function expectTensor(
  values: ReadonlyMap<string, ArrayLike<number>>,
  { name, shape }: ParameterInfo,
): ArrayLike<number> {
  const tensor = values.get(name);
  if (tensor?.length !== sizeOf(shape)) {
    throw new Error(`parameter ${name}: ${tensor?.length} values, expected ${shape.join(' x ')}`);
  }
  return tensor;
}
