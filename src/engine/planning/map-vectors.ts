import type { SoftArgmax2dSpec } from '../../nn/layers.ts';
import { sizeOf } from '../../nn/network.ts';
import { Op } from '../kernels/opcodes.ts';
import { roundUpTo4 } from '../layout.ts';
import { Float } from './arena.ts';
import type { LayerPlace, Planned, Planning } from './planning.ts';

/** Plans a global average pooling. */
export function planMapMeans(planning: Planning, place: LayerPlace): Planned {
  const { info, input } = place;
  const output = planning.signalAfter(place, 'nothing', input.gradients !== undefined);
  const { record } = output.values;
  const [before, after] = [sizeOf(info.input), sizeOf(info.output)];
  planning.addForward(
    planning.passing(Op.MapMeans, `${info.name} forward`, [input.values.record, record], {
      read: before,
      written: after,
    }),
  );
  if (input.gradients) {
    const gradients = [input.gradients.record, output.gradients!.record];
    planning.backward.push([
      planning.passing(Op.MapMeansBackward, `${info.name} backward`, gradients, {
        read: after,
        written: before,
      }),
    ]);
  }
  return { output };
}

/** Plans a soft-argmax. */
export function planSoftArgmax(planning: Planning, place: LayerPlace): Planned {
  const { info, input } = place;
  const { beta } = info.spec as SoftArgmax2dSpec;
  const { arena, rows } = planning;
  // On the way back the mean places are needed.
  const output = planning.signalAfter(place, 'values', input.gradients !== undefined);
  const [channels, height, width] = input.map;
  const floats = roundUpTo4(channels);
  const words = [
    ...[input.values.record, output.values.record],
    ...[input.gradients?.record ?? 0, output.gradients?.record ?? 0],
    ...[arena.reserve(4 * rows * height * width * floats), arena.reserve(4 * rows * floats)],
    new Float(beta),
  ];
  // A map and the shares of its places, which the way back reads again.
  const size = sizeOf(info.input);
  planning.addForward(
    planning.passing(Op.SoftArgmax, `${info.name} forward`, words, { read: size, written: size }),
  );
  if (input.gradients) {
    planning.backward.push([
      planning.passing(Op.SoftArgmaxBackward, `${info.name} backward`, words, {
        read: size,
        written: size,
      }),
    ]);
  }
  return { output };
}
