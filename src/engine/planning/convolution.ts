import { type Conv2dSpec, sizeOf } from '../../nn/network.ts';
import { Op } from '../kernels/opcodes.ts';
import { alignUp, convolutionPlace, roundUpTo4 } from '../layout.ts';
import { Float } from './arena.ts';
import { dropoutAt, passDropout } from './dropout.ts';
import type { LayerPlace, Planned, Planning } from './planning.ts';

/** Images that share a partial gradient: fixed, so that sums do not depend on the number of threads. */
const GROUP_SIZE = 8;
/** Bytes of the inputs, gradients and codes of one strip on the way back: they should stay in the first cache. */
const STRIP_BYTES = 32 * 1024;

/**
 * Plans `conv2d [+ relu] [+ maxPool2d] [+ dropout]` as one operation, but for drawing the dropout's mask.
 * The codes say what it silenced, so on the way back nothing of it is left but its factor.
 */
export function planConvolution(planning: Planning, { index, info, input }: LayerPlace): Planned {
  const relu = planning.typeAt(index + 1) === 'relu';
  const pool = planning.typeAt(index + 1 + Number(relu)) === 'maxPool2d';
  const computed = 1 + Number(relu) + Number(pool);
  const dropout = dropoutAt(planning, index + computed);
  const layers = computed + Number(dropout !== undefined);
  const learning = planning.learns(info);
  const output = planning.signalAfter(
    index + layers - 1,
    'nothing',
    learning || input.gradients !== undefined,
  );
  const [channels] = input.map;
  const [, height, width] = output.map;
  const { filters, kernel } = info.spec as Conv2dSpec;
  const run = kernel * channels;
  const paddedRun = roundUpTo4(run);
  const weightFloats = filters * kernel * paddedRun;

  // Weights and biases stand behind one another, so one update moves both.
  const biasFloats = Math.ceil(filters / 8) * 8;
  const block = planning.parameterBlock(info, weightFloats + biasFloats);
  const [weight, bias] = info.parameters;
  planning.addParameter(weight!, convolutionPlace(weight!), block, 0, weightFloats);
  planning.addParameter(bias!, (i) => i, block, weightFloats, biasFloats);

  const codes = planning.arena.reserve(planning.rows * filters * height * width);
  const packed = planning.arena.reserve(Math.ceil(filters / 8) * kernel * run * 32);
  const multiplyAdds = sizeOf(info.output) * kernel * run;
  const names = planning.layers.slice(index, index + computed).map(({ name }) => name);
  planning.addForward(
    planning.instruction(Op.PackConvolution, `${info.name} pack`, [
      ...[block.address, packed, filters, kernel, run, paddedRun],
    ]),
    planning.instruction(
      Op.ConvolutionForward,
      `${names.join(' + ')} forward`,
      [
        ...[input.values.record, output.values.record, codes, packed],
        ...[block.address + weightFloats * 4, kernel, Number(relu), Number(pool)],
      ],
      multiplyAdds,
    ),
  );
  if (dropout) {
    const { values } = output;
    planning.forward.push(...passDropout(planning, dropout, 'forward', values, values, codes));
  }
  if (!output.gradients) return { output, layers };

  const bytesARow = input.values.rowBytes * (pool ? 2 : 1) + 5 * width * filters;
  const stripHeight = Math.max(1, Math.min(height, Math.floor(STRIP_BYTES / bytesARow)));
  // Places of the vectors left in a row of the kernel, ends of four lists, then the lists.
  const weightScratch = alignUp(
    8 * (kernel * ((paddedRun / 4) % 8) + 3) + 16 + 4 * 8 * (stripHeight * width + 1),
  );
  const inputScratch = input.gradients
    ? inputGradientScratch({ filters, kernel, channels, width })
    : 0;
  planning.needScratch(weightScratch + inputScratch);
  const partialBytes = (weightFloats + roundUpTo4(filters)) * 4;
  const groups = Math.ceil(planning.options.batch / GROUP_SIZE);
  const partials = learning ? planning.arena.reserve(partialBytes * groups) : 0;
  const backward = [
    planning.instruction(
      Op.ConvolutionBackward,
      `${info.name} backward`,
      [
        ...[input.values.record, output.gradients.record, input.gradients?.record ?? 0, codes],
        ...[block.address, partials, partialBytes, kernel, run, paddedRun, Number(pool)],
        ...[GROUP_SIZE, stripHeight, weightScratch, new Float(dropout?.scale ?? 1)],
      ],
      multiplyAdds * (Number(learning) + Number(input.gradients !== undefined)),
    ),
  ];
  if (learning) {
    backward.push(
      planning.instruction(Op.ReduceGradient, `${info.name} reduce`, [
        ...[partials, partialBytes, GROUP_SIZE, block.gradient, filters, kernel, run, paddedRun],
      ]),
      planning.update(info, block),
    );
  }
  planning.backward.push(backward);
  return { output, layers };
}

interface InputGradientShape {
  readonly filters: number;
  readonly kernel: number;
  readonly channels: number;
  /** Of the output. */
  readonly width: number;
}

/** Bytes that `assembly/convolution-input-gradient.ts` divides into table, indices, starts, list and slots. */
function inputGradientScratch({ filters, kernel, channels, width }: InputGradientShape): number {
  const slices = Math.floor(channels / 32) + Math.floor((channels % 32) / 4) + (channels % 4);
  const slots = kernel * slices * filters * kernel;
  return 4096 + 2 * (filters + 8) + 4 * (2 * width + 1) + 8 * filters * width + 64 + 128 * slots;
}
