import { Op } from '../kernels/opcodes.ts';
import { alignUp, roundUpTo4 } from '../layout.ts';
import { Float, type Instruction } from './arena.ts';
import type { Convolution } from './convolution.ts';
import { type Planning, partOf } from './planning.ts';
import { suitsWinogradBackward, winogradGradients } from './winograd-backward.ts';

/** Images that share a partial gradient: fixed, so that sums do not depend on the number of threads. */
const GROUP_SIZE = 8;
/** Bytes of the inputs, gradients and codes of one strip on the way back: they should stay in the first cache. */
const STRIP_BYTES = 48 * 1024;

/**
 * The way back: gradients of the input, if it is wanted, and of the weights, if they learn, and their update.
 *
 * @param scale what a dropout behind the convolution multiplies a gradient by
 */
export function backwardInstructions(
  planning: Planning,
  convolution: Convolution,
  scale: number,
): Instruction[] {
  const { info, block, weightFloats } = convolution;
  const gradients = suitsWinogradBackward(convolution)
    ? winogradGradients(planning, convolution, { scale, groupSize: GROUP_SIZE })
    : listedGradients(planning, convolution, scale);
  if (!planning.learns(info)) return gradients;
  const [weight, bias] = info.parameters;
  return [
    ...gradients,
    planning.update(info, weight!, partOf(block, 0, weightFloats)),
    planning.update(info, bias!, partOf(block, weightFloats, block.floats - weightFloats)),
  ];
}

/** By lists of the live outputs. */
function listedGradients(
  planning: Planning,
  convolution: Convolution,
  scale: number,
): Instruction[] {
  const { info, input, output, pool, filters, kernel, stride, height, width } = convolution;
  const { run, paddedRun, block, weightFloats, codes, multiplyAdds } = convolution;
  const learning = planning.learns(info);
  const bytesARow = input.values.rowBytes * stride * (pool ? 2 : 1) + 5 * width * filters;
  const stripHeight = Math.max(1, Math.min(height, Math.floor(STRIP_BYTES / bytesARow)));
  // Places of the vectors left in a row of the kernel, ends of four lists, then the lists.
  const weightScratch = alignUp(
    8 * (kernel * ((paddedRun / 4) % 8) + 3) + 16 + 4 * 8 * (stripHeight * width + 1),
  );
  planning.needScratch(weightScratch + (input.gradients ? inputGradientScratch(convolution) : 0));
  const partialBytes = (weightFloats + roundUpTo4(filters)) * 4;
  const groups = Math.ceil(planning.options.batch / GROUP_SIZE);
  const partials = learning ? planning.arena.reserve(partialBytes * groups) : 0;
  const gradients = planning.instruction(
    Op.ConvolutionBackward,
    `${info.name} backward`,
    [
      ...[input.values.record, output.gradients!.record, input.gradients?.record ?? 0, codes],
      ...[block.address, partials, partialBytes, kernel, stride, run, paddedRun, Number(pool)],
      ...[GROUP_SIZE, stripHeight, weightScratch, new Float(scale)],
    ],
    multiplyAdds * (Number(learning) + Number(input.gradients !== undefined)),
  );
  if (!learning) return [gradients];
  const reduce = planning.instruction(Op.ReduceGradient, `${info.name} reduce`, [
    ...[partials, partialBytes, GROUP_SIZE, block.gradient, filters, kernel, run, paddedRun],
  ]);
  return [gradients, reduce];
}

/** Bytes that `assembly/convolution-input-gradient.ts` divides into table, indices, starts, list and slots. */
function inputGradientScratch({ filters, kernel, channels, width }: Convolution): number {
  const slices = Math.floor(channels / 32) + Math.floor((channels % 32) / 4) + (channels % 4);
  const slots = kernel * slices * filters * kernel;
  return 4096 + 2 * (filters + 8) + 4 * (2 * width + 1) + 8 * filters * width + 64 + 128 * slots;
}
