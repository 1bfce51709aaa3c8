import type { RowTransform } from '../data/row-transform.ts';
import { type AveragingSpec, averageKept } from '../nn/averaging.ts';
import { adamRate, type RuleSpec, type StepSettings } from '../nn/rule.ts';
import { streamKey } from '../random.ts';
import { encodeTransforms, mirrors, TRANSFORM_BYTES } from './transform-table.ts';

/** Inputs and targets that stand in the engine's memory, ready for any choice of rows. */
export interface LoadedData {
  readonly rows: number;
  readonly inputs: number;
  readonly inputsAreBytes: boolean;
  /** Zero where there are none. */
  readonly targets: number;
}

/** One batch of a training run. */
export interface TrainingStep extends StepSettings {
  /** Numbers of the rows in the loaded data. */
  readonly order: Uint32Array;
  /** Where the picture of each row goes, with its keypoints; default: it stays as it is. */
  readonly transforms?: readonly RowTransform[] | undefined;
}

/** What a network sees of a batch. */
export interface Seen {
  /** Of shape (rows, channels, height, width); white = 1 where nothing is standardised. */
  readonly inputs: Float32Array;
  /** Of shape (rows, targets). */
  readonly targets: Float32Array;
}

/** A loss as a sum over values or rows and their number: the loss is their ratio. */
export interface LossSum {
  readonly sum: number;
  readonly count: number;
  /** Sum of the squared errors of the same labels, whatever the loss; 0 where a class is learnt. */
  readonly squares: number;
}

/** Size of a record of the kernels' `Step`. */
export const STEP_BYTES = 72;

/** Where the kernels find the parts of the table. */
export interface StepAddresses {
  readonly order: number;
  readonly dropoutKeys: number;
  readonly transforms: number;
}

export interface StepContext {
  /** Rows of the largest batch. */
  readonly batch: number;
  readonly rule: RuleSpec;
  readonly averaging?: AveragingSpec | undefined;
  /** Seed of the dropout masks. */
  readonly seed: number;
  readonly dropoutLayers: number;
  /** Points of a row that move with its picture. */
  readonly keypoints: number;
  readonly mirrorPartners?: Uint32Array | undefined;
  /** Number of the first step, from 0. */
  readonly firstStep: number;
}

/**
 * The table of steps as the kernels read it (`assembly/step.ts`), with the row numbers, the keys of the
 * dropout masks and the transforms that it points to.
 *
 * @returns `transforms` is empty where there are none
 * @throws RangeError where a batch is empty or larger than the network was compiled for, or names a row
 *   that the data do not have: the kernels would go beyond their buffers; where a transform cannot be
 *   carried out, or mirrors keypoints of which nobody said what they are called in a mirror
 */
export function encodeSteps(
  steps: readonly TrainingStep[],
  data: LoadedData,
  addresses: StepAddresses,
  {
    batch,
    rule,
    averaging,
    seed,
    dropoutLayers,
    keypoints,
    mirrorPartners,
    firstStep,
  }: StepContext,
): { steps: DataView; order: Uint32Array; dropoutKeys: Uint32Array; transforms: Float64Array } {
  const table = new DataView(new ArrayBuffer(STEP_BYTES * steps.length));
  const order = new Uint32Array(batch * steps.length);
  const keysAStep = dropoutLayers + 1;
  const keys = new Uint32Array(keysAStep * steps.length);
  const transformWords = (batch * TRANSFORM_BYTES) / 8;
  const transforms = new Float64Array(
    steps.some((step) => step.transforms) ? transformWords * steps.length : 0,
  );
  let outputRow = 0;
  steps.forEach((step, i) => {
    requireRows(step.order, batch, data.rows);
    const number = firstStep + i;
    const at = i * STEP_BYTES;
    const rate =
      rule.type === 'adam' ? adamRate(rule, step.learningRate, number + 1) : step.learningRate;
    table.setInt32(at, step.order.length, true);
    table.setUint32(at + 4, addresses.order + i * batch * 4, true);
    table.setUint32(at + 8, data.inputs, true);
    table.setInt32(at + 12, Number(data.inputsAreBytes), true);
    table.setUint32(at + 16, data.targets, true);
    table.setInt32(at + 20, outputRow, true);
    table.setFloat32(at + 24, rate, true);
    table.setFloat32(at + 28, step.momentum, true);
    table.setUint32(at + 32, addresses.dropoutKeys + i * keysAStep * 4, true);
    const decay = rule.type === 'adam' ? (rule.weightDecay ?? 0) : 0;
    table.setFloat32(at + 56, step.learningRate * decay, true);
    table.setFloat32(at + 60, averaging ? 1 - averageKept(averaging, number) : 0, true);
    if (step.transforms) {
      if (keypoints > 0 && !mirrorPartners && step.transforms.some(mirrors)) {
        throw new RangeError('a transform mirrors, but the network has no mirror partners');
      }
      if (!data.inputsAreBytes && step.transforms.some(({ tone }) => tone)) {
        throw new RangeError('a transform changes tones, which only pictures in bytes have');
      }
      table.setUint32(at + 36, addresses.transforms + i * batch * TRANSFORM_BYTES, true);
      transforms.set(encodeTransforms(step.transforms, step.order.length), i * transformWords);
    }
    order.set(step.order, i * batch);
    keys[i * keysAStep] = seed;
    for (let layer = 0; layer < dropoutLayers; layer++) {
      keys[i * keysAStep + 1 + layer] = streamKey(`dropout/${layer}/${number}`);
    }
    outputRow += step.order.length;
  });
  return { steps: table, order, dropoutKeys: keys, transforms };
}

function requireRows(order: Uint32Array, batch: number, rows: number): void {
  if (order.length < 1 || order.length > batch) {
    throw new RangeError(`a batch of ${order.length} rows, expected 1 to ${batch}`);
  }
  const wrong = order.find((row) => row >= rows);
  if (wrong !== undefined) throw new RangeError(`row ${wrong} of data that have ${rows}`);
}

/** The losses that the kernels wrote into a table of steps. */
export function decodeLosses(bytes: Uint8Array<ArrayBuffer>): LossSum[] {
  const table = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / STEP_BYTES }, (_, i) => ({
    sum: table.getFloat64(i * STEP_BYTES + 40, true),
    count: table.getFloat64(i * STEP_BYTES + 48, true),
    squares: table.getFloat64(i * STEP_BYTES + 64, true),
  }));
}
