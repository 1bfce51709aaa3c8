import type { LossSpec } from '../nn/loss.ts';
import { layerTree, type NetworkSpec, networkOutput, type Shape, sizeOf } from '../nn/network.ts';
import { Loss, Op } from './kernels/opcodes.ts';
import { type Arena, Float, type Instruction, type MapBuffer } from './planning/arena.ts';
import { planInput } from './planning/input.ts';
import { planLayers } from './planning/layers.ts';
import { type PlannedParameter, Planning, type PlanOptions } from './planning/planning.ts';

/**
 * A network compiled for one batch size: fused operations, bound to memory. Plain data; running it is
 * the `CompiledNetwork`'s business.
 */
export interface Plan {
  readonly parameters: readonly PlannedParameter[];
  readonly input: MapBuffer;
  readonly inputGradient: MapBuffer | undefined;
  readonly output: MapBuffer;
  /** Rows of every map: the batch, rounded up to whole tiles. */
  readonly rows: number;
  /** What every layer gives on, or several that are one operation. */
  readonly layerOutputs: readonly { readonly name: string; readonly values: MapBuffer }[];
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
  smoothL1Loss: Loss.SmoothL1,
  wingLoss: Loss.Wing,
  softmaxCrossEntropy: Loss.SoftmaxCrossEntropy,
};

/** Width and curvature of the losses that have them. */
function lossShape(loss: LossSpec): [width: Float, curvature: Float] {
  if (loss.type === 'smoothL1Loss') return [new Float(loss.beta), new Float(0)];
  if (loss.type === 'wingLoss') return [new Float(loss.width), new Float(loss.curvature)];
  return [new Float(0), new Float(0)];
}

/**
 * Compiles a network for the kernels.
 *
 * Fused are `conv2d [+ relu] [+ maxPool2d] [+ dropout]` and `dense [+ relu [+ dropout]]`; a flatten costs
 * nothing; other activations and dropouts work in place wherever nothing needs what they overwrite.
 *
 * @param base address from which the plan's memory will be reserved
 */
export function planNetwork(network: NetworkSpec, base: number, options: PlanOptions): Plan {
  const planning = new Planning(layerTree(network), base, options);
  const input = planning.inputSignal(network.input);
  const signal = planLayers(planning, planning.layers, input, 0);
  const { arena, rows } = planning;
  const output = signal.values;
  const outputGradient = signal.gradients ?? arena.maps(output, rows);
  const outputShape = networkOutput(network);
  const outputs = sizeOf(outputShape);
  const { gather, targets, targetsPerRow, keypoints } = planInput(planning, input.values, outputs);
  const lossInto = (gradient: number): Instruction =>
    planning.instruction(Op.Loss, 'loss', [
      ...[LOSSES[options.loss.type], output.data, outputs, targets, targetsPerRow],
      ...[output.imageBytes / 4, gradient, ...lossShape(options.loss)],
    ]);
  const scratchBytes = Math.ceil(planning.scratchBytes / 4096) * 4096;
  return {
    parameters: planning.parameters,
    input: input.values,
    inputGradient: input.gradients,
    output,
    rows,
    layerOutputs: planning.layerOutputs,
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
