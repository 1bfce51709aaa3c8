import { Op } from '../kernels/opcodes.ts';
import type { Instruction } from './arena.ts';
import type { Convolution } from './convolution.ts';
import type { Planning } from './planning.ts';
import { suitsWinograd, winogradInstructions } from './winograd.ts';

/** Output rows of one item of the direct method. */
const DIRECT_ROWS = 8;

/** The way forward: Winograd's method where it saves multiplications, else the direct one. */
export function forwardInstructions(
  planning: Planning,
  convolution: Convolution,
  name: string,
): Instruction[] {
  const { info, input, output, codes, block, kernel, paddedRun, relu, pool } = convolution;
  if (!suitsWinograd(convolution, convolution.channels)) {
    return direct(planning, convolution, name);
  }
  return winogradInstructions(planning, {
    labels: [`${info.name} pack`, `${name} forward`],
    ...{ input: input.values, output: output.values, codes },
    ...{ weights: block.address, biases: biases(convolution) },
    ...{ kernel, paddedRun, relu, pool, turned: false, multiplyAdds: convolution.multiplyAdds },
  });
}

function direct(planning: Planning, convolution: Convolution, name: string): Instruction[] {
  const { info, input, output, codes, block } = convolution;
  const { filters, kernel, stride, run, paddedRun, relu, pool } = convolution;
  const packed = planning.arena.reserve(Math.ceil(filters / 8) * kernel * run * 32);
  return [
    planning.instruction(Op.PackConvolution, `${info.name} pack`, [
      ...[block.address, packed, filters, kernel, run, paddedRun],
    ]),
    planning.instruction(
      Op.ConvolutionForward,
      `${name} forward`,
      [
        ...[input.values.record, output.values.record, codes, packed, biases(convolution)],
        ...[kernel, stride, Number(relu), Number(pool), DIRECT_ROWS],
      ],
      convolution.multiplyAdds,
    ),
  ];
}

const biases = ({ block, weightFloats }: Convolution): number => block.address + weightFloats * 4;
