import { Op } from '../kernels/opcodes.ts';
import { Float, type Instruction, type MapBuffer } from './arena.ts';
import type { Convolution } from './convolution.ts';
import type { Planning } from './planning.ts';
import { suitsWinograd, TILE_COMPONENTS, winogradInstructions } from './winograd.ts';

/** Bytes of the transformed inputs and gradients of one strip: they should stay in the second cache. */
const STRIP_BYTES = 448 * 1024;

/**
 * Whether both gradients come by Winograd's method. It takes all outputs, so it is for convolutions that are not
 * pooled: there few are silenced.
 */
export function suitsWinogradBackward(convolution: Convolution): boolean {
  const { input, pool, kernel, height, filters, channels } = convolution;
  const same = kernel === 3 && input.values.height === height;
  return same && !pool && channels % 4 === 0 && suitsWinograd(convolution, filters);
}

/**
 * Gradients of the input, if it is wanted, and of the weights, if they learn.
 *
 * @param options `scale`: what a dropout behind the convolution multiplies a gradient by; `groupSize`: pictures that
 *   share a partial gradient
 */
export function winogradGradients(
  planning: Planning,
  convolution: Convolution,
  { scale, groupSize }: { readonly scale: number; readonly groupSize: number },
): Instruction[] {
  const { info, input, output, codes, filters, height, width } = convolution;
  const live = planning.arena.maps({ channels: filters, height, width, padding: 1 }, planning.rows);
  const values = filters * height * width;
  return [
    planning.passing(
      Op.LiveGradient,
      `${info.name} live gradient`,
      [output.gradients!.record, codes, live.record, new Float(scale)],
      { read: values, written: values },
    ),
    ...(input.gradients ? inputGradient(planning, convolution, live, input.gradients) : []),
    ...(planning.learns(info) ? weightGradient(planning, convolution, live, groupSize) : []),
  ];
}

/** A convolution of the output's gradient with the filters turned. */
function inputGradient(
  planning: Planning,
  convolution: Convolution,
  live: MapBuffer,
  gradients: MapBuffer,
): Instruction[] {
  const { info, block, kernel, paddedRun, channels, multiplyAdds } = convolution;
  return winogradInstructions(planning, {
    labels: [`${info.name} turned pack`, `${info.name} input gradient`],
    ...{ input: live, output: gradients, codes: 0, weights: block.address },
    // Zeros.
    biases: planning.arena.reserve(Math.ceil(channels / 8) * 32),
    ...{ kernel, paddedRun, relu: false, pool: false, turned: true, multiplyAdds },
  });
}

function weightGradient(
  planning: Planning,
  convolution: Convolution,
  live: MapBuffer,
  groupSize: number,
): Instruction[] {
  const { info, input, block, filters, channels, height, width, multiplyAdds } = convolution;
  const partialBytes = (TILE_COMPONENTS * filters * channels + filters) * 4;
  const groups = Math.ceil(planning.options.batch / groupSize);
  const partials = planning.arena.reserve(partialBytes * groups);
  const rowBytes = (width / 2) * TILE_COMPONENTS * (filters + channels) * 4;
  const stripHeight = Math.max(1, Math.min(height / 2, Math.floor(STRIP_BYTES / rowBytes)));
  const quads = Math.ceil((stripHeight * width) / 2 / 4);
  planning.needScratch(quads * 4 * TILE_COMPONENTS * (filters + channels) * 4);
  return [
    planning.instruction(
      Op.WinogradWeightGradient,
      `${info.name} weight gradient`,
      [input.values.record, live.record, partials, partialBytes, groupSize, stripHeight],
      multiplyAdds,
    ),
    planning.instruction(Op.ReduceWinograd, `${info.name} reduce`, [
      ...[partials, partialBytes, groupSize, block.gradient, filters, channels],
    ]),
  ];
}
