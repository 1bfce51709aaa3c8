import type { BatchNormSpec } from '../../nn/layers.ts';
import { sizeOf } from '../../nn/network.ts';
import { Op } from '../kernels/opcodes.ts';
import { mapPlace, roundUpTo4 } from '../layout.ts';
import { Float, type Instruction } from './arena.ts';
import { type LayerPlace, type Planned, type Planning, partOf } from './planning.ts';

/**
 * Plans a batch normalisation: with the moments of the batch while it learns, with those that were kept
 * where it is frozen and outside training.
 */
export function planBatchNorm(planning: Planning, place: LayerPlace): Planned {
  const { info, input } = place;
  const { momentum, epsilon } = info.spec as BatchNormSpec;
  const learning = planning.learns(info);
  const output = planning.signalLike(place, 'nothing', learning || input.gradients !== undefined);
  const isMap = info.input.length === 3;
  const channels = isMap ? info.input[0]! : sizeOf(info.input);
  const [height, width] = isMap ? [info.input[1]!, info.input[2]!] : [1, 1];
  // A vector may be a map that was made flat.
  const placeOf = isMap ? (channel: number) => channel : mapPlace(input.map);
  const floats = roundUpTo4(channels);
  const { arena, options } = planning;
  const learned = planning.parameterBlock(info, 2 * floats);
  const kept = planning.keptBlock(info, 2 * floats);
  const places = [
    [learned, 0],
    [learned, floats],
    [kept, 0],
    [kept, floats],
  ] as const;
  info.parameters.forEach((parameter, i) => {
    const [block, offset] = places[i]!;
    planning.addParameter(parameter, placeOf, partOf(block, offset, floats));
  });
  const behind = (address: number): number => address && address + 4 * floats;
  const record = arena.record(
    ...[input.values.record, output.values.record],
    ...[input.gradients?.record ?? 0, output.gradients?.record ?? 0],
    ...[height, width, channels, arena.reserve(16 * channels * options.batch)],
    ...[learned.address, behind(learned.address), kept.address, behind(kept.address)],
    ...[arena.reserve(16 * floats), arena.reserve(8 * floats)],
    ...[learned.gradient, behind(learned.gradient), new Float(momentum), new Float(epsilon)],
  );
  const bytes = 4 * sizeOf(info.input);
  /** @param read how many maps it reads; `written` likewise */
  const operation = (op: Op, what: string, read = 0, written = 0): Instruction => ({
    ...{ op, address: record, label: `${info.name} ${what}`, multiplyAdds: 0 },
    ...(read > 0 && { traffic: { read: read * bytes, written: written * bytes } }),
  });
  const keptMoments = operation(Op.KeptMoments, 'moments');
  const normalise = operation(Op.Normalise, 'forward', 1, 1);
  planning.infer.push(keptMoments, normalise);
  if (!learning) {
    planning.forward.push(keptMoments, normalise);
  } else {
    planning.forward.push(
      operation(Op.BatchSums, 'sums', 1),
      operation(Op.BatchMoments, 'moments'),
      normalise,
    );
  }
  if (output.gradients) {
    planning.backward.push([
      ...(learning
        ? [
            operation(Op.BatchGradientSums, 'gradient sums', 2),
            operation(Op.BatchGradients, 'gradients'),
          ]
        : [operation(Op.KeptGradients, 'gradients')]),
      ...(input.gradients ? [operation(Op.NormaliseBackward, 'backward', 2, 1)] : []),
      ...(learning ? [planning.update(info, info.parameters[0]!, learned)] : []),
      ...(kept.average
        ? [
            planning.instruction(Op.Average, `${info.name} average`, [
              ...[kept.address, kept.average, kept.floats],
            ]),
          ]
        : []),
    ]);
  }
  return { output };
}
