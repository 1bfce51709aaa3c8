import { Op } from '../kernels/opcodes.ts';
import { alignUp, roundUpTo4 } from '../layout.ts';
import { Float, type Instruction } from './arena.ts';
import type { Convolution } from './convolution.ts';
import { type Planning, partOf } from './planning.ts';
import { suitsWinograd, winogradInstructions } from './winograd.ts';

/** Images that share a partial gradient: fixed, so that sums do not depend on the number of threads. */
const GROUP_SIZE = 8;
/** Bytes of the inputs, gradients and codes of one strip on the way back: they should stay in the first cache. */
const STRIP_BYTES = 48 * 1024;

/**
 * The way back: gradients of the input, if it is wanted, and of the weights, if they learn, and their
 * update.
 *
 * @param scale what a dropout behind the convolution multiplies a gradient by
 */
export function backwardInstructions(
  planning: Planning,
  convolution: Convolution,
  scale: number,
): Instruction[] {
  const { info, input, filters, kernel, run, paddedRun, block, weightFloats } = convolution;
  const learning = planning.learns(info);
  const ofInput = input.gradients !== undefined;
  const apart = ofInput && dense(convolution);
  const partialBytes = (weightFloats + roundUpTo4(filters)) * 4;
  const groups = Math.ceil(planning.options.batch / GROUP_SIZE);
  const partials = learning ? planning.arena.reserve(partialBytes * groups) : 0;
  const instructions = apart ? denseInputGradient(planning, convolution, scale) : [];
  const listed = ofInput && !apart;
  if (learning || listed) {
    const options = { partials, partialBytes, scale, ofInput: listed };
    instructions.push(gradients(planning, convolution, options));
  }
  if (!learning) return instructions;
  const [weight, bias] = info.parameters;
  return [
    ...instructions,
    planning.instruction(Op.ReduceGradient, `${info.name} reduce`, [
      ...[partials, partialBytes, GROUP_SIZE, block.gradient, filters, kernel, run, paddedRun],
    ]),
    planning.update(info, weight!, partOf(block, 0, weightFloats)),
    planning.update(info, bias!, partOf(block, weightFloats, block.floats - weightFloats)),
  ];
}

/** Gradients by lists of the live outputs. */
function gradients(
  planning: Planning,
  convolution: Convolution,
  options: {
    /** Where partial gradients of the weights go, or 0, and the bytes of one. */
    readonly partials: number;
    readonly partialBytes: number;
    readonly scale: number;
    readonly ofInput: boolean;
  },
): Instruction {
  const { info, input, output, pool, filters, kernel, stride, height, width } = convolution;
  const { run, paddedRun, block, codes, multiplyAdds } = convolution;
  const { partials, partialBytes, scale, ofInput } = options;
  const bytesARow = input.values.rowBytes * stride * (pool ? 2 : 1) + 5 * width * filters;
  const stripHeight = Math.max(1, Math.min(height, Math.floor(STRIP_BYTES / bytesARow)));
  // Places of the vectors left in a row of the kernel, ends of four lists, then the lists.
  const weightScratch = alignUp(
    8 * (kernel * ((paddedRun / 4) % 8) + 3) + 16 + 4 * 8 * (stripHeight * width + 1),
  );
  planning.needScratch(weightScratch + (ofInput ? inputGradientScratch(convolution) : 0));
  const inputRecord = ofInput ? input.gradients!.record : 0;
  return planning.instruction(
    Op.ConvolutionBackward,
    `${info.name} backward`,
    [
      ...[input.values.record, output.gradients!.record, inputRecord, codes],
      ...[block.address, partials, partialBytes, kernel, stride, run, paddedRun, Number(pool)],
      ...[GROUP_SIZE, stripHeight, weightScratch, new Float(scale)],
    ],
    multiplyAdds * (Number(partials > 0) + Number(ofInput)),
  );
}

/** Whether most outputs may be live, and Winograd's method gets the gradient of the input from all of them. */
const dense = (convolution: Convolution): boolean => {
  const { input, pool, kernel, height, filters } = convolution;
  const same = kernel === 3 && input.values.height === height;
  return same && !pool && suitsWinograd(convolution, filters);
};

/** The gradient of the input as a convolution of the output's with the filters turned. */
function denseInputGradient(
  planning: Planning,
  convolution: Convolution,
  scale: number,
): Instruction[] {
  const { info, input, output, codes, block, filters, height, width } = convolution;
  const { kernel, paddedRun, channels, multiplyAdds } = convolution;
  const live = planning.arena.maps({ channels: filters, height, width, padding: 1 }, planning.rows);
  const values = filters * height * width;
  return [
    planning.passing(
      Op.LiveGradient,
      `${info.name} live gradient`,
      [output.gradients!.record, codes, live.record, new Float(scale)],
      { read: values, written: values },
    ),
    ...winogradInstructions(planning, {
      labels: [`${info.name} turned pack`, `${info.name} input gradient`],
      ...{ input: live, output: input.gradients!, codes: 0, weights: block.address },
      // Zeros.
      biases: planning.arena.reserve(Math.ceil(channels / 8) * 32),
      ...{ kernel, paddedRun, relu: false, pool: false, turned: true, multiplyAdds },
    }),
  ];
}

/** Bytes that `assembly/convolution-input-gradient.ts` divides into table, indices, starts, list and slots. */
function inputGradientScratch({ filters, kernel, channels, width }: Convolution): number {
  const slices = Math.floor(channels / 32) + Math.floor((channels % 32) / 4) + (channels % 4);
  const slots = kernel * slices * filters * kernel;
  return 4096 + 2 * (filters + 8) + 4 * (2 * width + 1) + 8 * filters * width + 64 + 128 * slots;
}
