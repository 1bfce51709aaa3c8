import type { LossSpec } from '../nn/loss.ts';
import { type NetworkSpec, networkOutput, type Shape, sizeOf } from '../nn/network.ts';
import { Loss, Op } from './kernels/opcodes.ts';
import type { Arena, Instruction, MapBuffer } from './planning/arena.ts';
import { planBatchNorm } from './planning/batch-norm.ts';
import { planConvolution } from './planning/convolution.ts';
import { planDense } from './planning/dense.ts';
import { planDropout } from './planning/dropout.ts';
import { planActivation, planMaxPool } from './planning/elementwise.ts';
import { planInput } from './planning/input.ts';
import {
  type LayerPlace,
  type Planned,
  type PlannedParameter,
  Planning,
  type PlanOptions,
} from './planning/planning.ts';

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
  /** Address of the batch's targets, [row][target]. */
  readonly targets: number;
  /** Points among a row's targets that move with its picture. */
  readonly keypoints: number;
  /** What a training step does, in order: the input, the way forward, the loss, the way back with the updates. */
  readonly gather: readonly Instruction[];
  readonly forward: readonly Instruction[];
  /** The way forward without dropout. */
  readonly infer: readonly Instruction[];
  readonly loss: readonly Instruction[];
  /** The value of the loss alone. */
  readonly measure: readonly Instruction[];
  readonly backward: readonly Instruction[];
  readonly scratch: number;
  /** Of each thread. */
  readonly scratchBytes: number;
  readonly arena: Arena;
}

const LOSSES: Record<LossSpec['type'], Loss> = {
  meanSquaredError: Loss.MeanSquaredError,
  maskedMeanSquaredError: Loss.MaskedMeanSquaredError,
  softmaxCrossEntropy: Loss.SoftmaxCrossEntropy,
};

/**
 * Compiles a network for the kernels.
 *
 * Fused are `conv2d [+ relu] [+ maxPool2d] [+ dropout]` and `dense [+ relu [+ dropout]]`; a flatten costs
 * nothing; other activations and dropouts work in place wherever nothing needs what they overwrite.
 *
 * @param base address from which the plan's memory will be reserved
 */
export function planNetwork(network: NetworkSpec, base: number, options: PlanOptions): Plan {
  const planning = new Planning(network, base, options);
  const input = planning.inputSignal(network.input);
  let signal = input;
  for (let index = 0; index < planning.layers.length; ) {
    const { output, layers } = planLayer(planning, {
      index,
      info: planning.layers[index]!,
      input: signal,
    });
    signal = output;
    index += layers;
  }
  const { arena, rows } = planning;
  const output = signal.values;
  const outputGradient = signal.gradients ?? arena.maps(output, rows);
  const outputShape = networkOutput(network);
  const outputs = sizeOf(outputShape);
  const { gather, targets, targetsPerRow, keypoints } = planInput(planning, input.values, outputs);
  const lossInto = (gradient: number): Instruction =>
    planning.instruction(Op.Loss, 'loss', [
      ...[LOSSES[options.loss.type], output.data, outputs, targets, targetsPerRow],
      ...[output.imageBytes / 4, gradient],
    ]);
  const scratchBytes = Math.ceil(planning.scratchBytes / 4096) * 4096;
  return {
    parameters: planning.parameters,
    input: input.values,
    inputGradient: input.gradients,
    output,
    outputGradient,
    outputShape,
    dropoutLayers: planning.dropoutLayers,
    targets,
    keypoints,
    gather: [gather],
    forward: planning.forward,
    infer: planning.infer,
    loss: [lossInto(outputGradient.data)],
    measure: [lossInto(0)],
    backward: planning.backward.reverse().flat(),
    scratch: arena.reserve(scratchBytes * options.threads),
    scratchBytes,
    arena,
  };
}

/** Plans a layer and those that are fused with it. */
function planLayer(planning: Planning, place: LayerPlace): Planned {
  switch (place.info.spec.type) {
    case 'conv2d':
      return planConvolution(planning, place);
    case 'dense':
      return planDense(planning, place);
    case 'maxPool2d':
      return planMaxPool(planning, place);
    case 'batchNorm':
      return planBatchNorm(planning, place);
    case 'dropout':
      return planDropout(planning, place);
    case 'flatten':
      // The same memory, seen as a vector.
      return { output: place.input, layers: 1 };
    default:
      return planActivation(planning, place);
  }
}
