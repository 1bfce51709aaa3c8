import { type ActivationSpec, sizeOf } from '../../nn/network.ts';
import { Activation, Op } from '../kernels/opcodes.ts';
import type { LayerPlace, Planned, Planning } from './planning.ts';

const ACTIVATIONS: Record<ActivationSpec['type'], Activation> = {
  relu: Activation.Relu,
  sigmoid: Activation.Sigmoid,
  tanh: Activation.Tanh,
};

/** Plans a max-pooling that does not directly follow a convolution. */
export function planMaxPool(planning: Planning, place: LayerPlace): Planned {
  const { info, input } = place;
  const output = planning.signalAfter(place, 'nothing', input.gradients !== undefined);
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
  return { output };
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
  return { output };
}
