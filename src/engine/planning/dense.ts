import { sizeOf } from '../../nn/network.ts';
import { CHUNK, GROUP, STRIP } from '../kernels/dense-constants.ts';
import { Op } from '../kernels/opcodes.ts';
import { densePlace, roundUpTo4, stripFloats } from '../layout.ts';
import { Float } from './arena.ts';
import { dropoutOf, passDropout } from './dropout.ts';
import type { LayerPlace, Planned, Planning } from './planning.ts';

/**
 * Plans `dense [+ relu [+ dropout]]` as one operation, but for drawing the dropout's mask; the weights move
 * as soon as their gradient is known. What ReLU or dropout silenced is 0 and so has no gradient: on the
 * way back nothing is left of the dropout but its factor.
 */
export function planDense(planning: Planning, place: LayerPlace): Planned {
  const { info, next, input } = place;
  const relu = next[0]?.spec.type === 'relu';
  const dropout = relu ? dropoutOf(planning, next[1]) : undefined;
  const fused = Number(relu) + Number(dropout !== undefined);
  const learning = planning.learns(info);
  const wantsInput = input.gradients !== undefined;
  const needed = relu ? 'signs' : 'nothing';
  const output = planning.signalAfter(place, needed, learning || wantsInput, fused);
  const inputs = input.values.imageBytes / 4;
  const outputs = output.values.imageBytes / 4;
  const strips = Math.ceil(inputs / STRIP);
  const inputStrip = stripFloats(planning.rows);
  const weightStrip = stripFloats(outputs);
  const keep = planning.options.keepGradients ?? false;
  const weights = planning.parameterBlock(info, strips * weightStrip, keep);
  const biases = planning.parameterBlock(info, outputs);
  const [weight, bias] = info.parameters;
  planning.addParameter(weight!, densePlace(weight!, input.map), weights);
  planning.addParameter(bias!, (i) => i, biases);

  const packed = planning.arena.reserve(strips * inputStrip * 4);
  const matrices = [packed, inputStrip * 4, weights.address, weightStrip * 4];
  const multiplyAdds = sizeOf(weight!.shape);
  const panel = Math.max(4, roundUpTo4(Math.ceil(outputs / planning.options.threads)));
  // Ends of lists, lists of the rows of a strip, a tile of weights, sums.
  planning.needScratch(
    planning.rows * (4 + 8 * (STRIP + 1)) + 4 * STRIP * STRIP + 4 * planning.rows * (panel + 48),
  );
  const name = relu ? `${info.name} + ${next[0]!.name}` : info.name;
  planning.addForward(
    planning.instruction(Op.PackStrips, `${info.name} pack`, [
      ...[input.values.data, packed, inputStrip * 4, inputs],
    ]),
    planning.instruction(
      Op.DenseForward,
      `${name} forward`,
      [...matrices, strips, biases.address, output.values.data, outputs, Number(relu), panel],
      multiplyAdds,
    ),
  );
  if (dropout) {
    const { values } = output;
    planning.forward.push(...passDropout(planning, dropout, 'forward', values, values));
  }
  if (!output.gradients) return { output, fused };

  const byRows = wantsInput ? planning.arena.reserve(planning.rows * listBytes(outputs)) : 0;
  const byOutputs = learning ? planning.arena.reserve(outputs * listBytes(planning.rows)) : 0;
  planning.needScratch(STRIP * Math.max(planning.rows, GROUP) * 4);
  planning.backward.push([
    planning.instruction(Op.ListGradient, `${info.name} list`, [
      ...[output.gradients.data, relu ? output.values.data : 0],
      ...[byRows, byOutputs, biases.gradient, outputs, new Float(dropout?.scale ?? 1)],
    ]),
    planning.instruction(
      Op.DenseBackward,
      `${info.name} backward`,
      [
        ...[...matrices, byRows, byOutputs, input.gradients?.data ?? 0, weights.gradient],
        ...[inputs, outputs, learning ? planning.ruleOf(info, weight!) : 0],
        ...[weights.states[0] ?? 0, weights.states[1] ?? 0, weights.average],
      ],
      multiplyAdds * (Number(learning) + Number(wantsInput)),
    ),
    ...(learning && keep ? [planning.update(info, weight!, weights)] : []),
    ...(learning ? [planning.update(info, bias!, biases)] : []),
  ]);
  return { output, fused };
}

/** Bytes of the lists of a line of `places` gradients, each with a head (`gradient-lists.ts`). */
const listBytes = (places: number): number => 8 * (places + 2 * Math.ceil(places / CHUNK));
