import { type ActivationSpec, type DropoutSpec, sizeOf } from '../../nn/network.ts';
import { Activation, Op } from '../kernels/opcodes.ts';
import { Float, type Instruction, type MapBuffer } from './arena.ts';
import type { LayerPlace, Planned, Planning } from './planning.ts';

const ACTIVATIONS: Record<ActivationSpec['type'], Activation> = {
  relu: Activation.Relu,
  sigmoid: Activation.Sigmoid,
  tanh: Activation.Tanh,
};

/** Plans a max-pooling that does not directly follow a convolution. */
export function planMaxPool(planning: Planning, { index, info, input }: LayerPlace): Planned {
  const output = planning.signalAfter(index, 'nothing', input.gradients !== undefined);
  const codes = planning.arena.reserve(planning.rows * sizeOf(output.map));
  planning.addForward(
    planning.instruction(Op.MaxPoolForward, `${info.name} forward`, [
      ...[input.values.record, output.values.record, codes],
    ]),
  );
  if (input.gradients) {
    planning.backward.push([
      planning.instruction(Op.MaxPoolBackward, `${info.name} backward`, [
        ...[input.gradients.record, output.gradients!.record, codes],
      ]),
    ]);
  }
  return { output, layers: 1 };
}

/** Plans an activation that is not fused with the layer before it. */
export function planActivation(planning: Planning, place: LayerPlace): Planned {
  const { info, input } = place;
  const { type } = info.spec as ActivationSpec;
  const needed = type === 'relu' ? 'signs' : 'values';
  const output = planning.inPlaceOrAfter(place, input.needed === 'nothing', needed);
  const words = [
    ...[input.values.record, output.values.record],
    ...[input.gradients?.record ?? 0, output.gradients?.record ?? 0, ACTIVATIONS[type]],
  ];
  planning.addForward(planning.instruction(Op.ActivationForward, `${info.name} forward`, words));
  if (input.gradients) {
    planning.backward.push([
      planning.instruction(Op.ActivationBackward, `${info.name} backward`, words),
    ]);
  }
  return { output, layers: 1 };
}

/** Plans a dropout; outside training, and in the frozen prefix, it lets everything pass. */
export function planDropout(planning: Planning, place: LayerPlace): Planned {
  const { index, info, input } = place;
  const rate = planning.inFrozenPrefix(index) ? 0 : (info.spec as DropoutSpec).rate;
  // Dropout changes no sign of what it keeps, and what it silences has no gradient anyway.
  const output = planning.inPlaceOrAfter(place, input.needed !== 'values', input.needed);
  const layer = planning.dropoutLayers++;
  const draw = (from: MapBuffer, to: MapBuffer, way: string, share: number): Instruction[] => {
    if (share === 0 && from === to) return [];
    const words = [from.record, to.record, layer, new Float(share)];
    return [planning.instruction(Op.Dropout, `${info.name} ${way}`, words)];
  };
  planning.forward.push(...draw(input.values, output.values, 'forward', rate));
  planning.infer.push(...draw(input.values, output.values, 'copy', 0));
  if (input.gradients) {
    planning.backward.push(draw(output.gradients!, input.gradients, 'backward', rate));
  }
  return { output, layers: 1 };
}
