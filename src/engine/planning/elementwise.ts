import type { ActivationSpec, LeakyReluSpec } from '../../nn/layers.ts';
import { sizeOf } from '../../nn/network.ts';
import { Activation, Op } from '../kernels/opcodes.ts';
import { Float } from './arena.ts';
import type { LayerPlace, Planned, Planning, Signal } from './planning.ts';

const ACTIVATIONS: Record<(ActivationSpec | LeakyReluSpec)['type'], Activation> = {
  relu: Activation.Relu,
  leakyRelu: Activation.LeakyRelu,
  sigmoid: Activation.Sigmoid,
  tanh: Activation.Tanh,
  silu: Activation.Silu,
};

/** What the way back needs of an activation's output. */
const NEEDED: Record<(ActivationSpec | LeakyReluSpec)['type'], Signal['needed']> = {
  relu: 'signs',
  leakyRelu: 'signs',
  sigmoid: 'values',
  tanh: 'values',
  silu: 'nothing',
};

/** Plans a max-pooling that does not directly follow a convolution. */
export function planMaxPool(planning: Planning, place: LayerPlace): Planned {
  const { info, input } = place;
  const output = planning.signalAfter(place, 'nothing', input.gradients !== undefined);
  const codes = planning.arena.reserve(planning.rows * sizeOf(output.map));
  const [before, after] = [sizeOf(info.input), sizeOf(info.output)];
  planning.addForward(
    planning.passing(
      Op.MaxPoolForward,
      `${info.name} forward`,
      [input.values.record, output.values.record, codes],
      { read: before, written: after },
    ),
  );
  if (input.gradients) {
    planning.backward.push([
      planning.passing(
        Op.MaxPoolBackward,
        `${info.name} backward`,
        [input.gradients.record, output.gradients!.record, codes],
        { read: after, written: before },
      ),
    ]);
  }
  return { output };
}

/** Plans an activation that is not fused with the layer before it. */
export function planActivation(planning: Planning, place: LayerPlace): Planned {
  const { info, input } = place;
  const spec = info.spec as ActivationSpec | LeakyReluSpec;
  const slope = spec.type === 'leakyRelu' ? spec.slope : 0;
  // The way back of SiLU needs what it took, that of the others what they gave.
  const keepsInput = spec.type === 'silu' && input.gradients !== undefined;
  const output = planning.inPlaceOrAfter(
    place,
    input.needed === 'nothing' && !keepsInput,
    NEEDED[spec.type],
  );
  const words = [
    ...[input.values.record, output.values.record],
    ...[input.gradients?.record ?? 0, output.gradients?.record ?? 0],
    ...[ACTIVATIONS[spec.type], new Float(slope)],
  ];
  const size = sizeOf(info.input);
  planning.addForward(
    planning.passing(Op.ActivationForward, `${info.name} forward`, words, {
      read: size,
      written: size,
    }),
  );
  if (input.gradients) {
    planning.backward.push([
      planning.passing(Op.ActivationBackward, `${info.name} backward`, words, {
        read: 2 * size,
        written: size,
      }),
    ]);
  }
  return { output };
}
