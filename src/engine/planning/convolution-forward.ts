import { Op } from '../kernels/opcodes.ts';
import { roundUpTo4 } from '../layout.ts';
import type { Instruction } from './arena.ts';
import type { Convolution } from './convolution.ts';
import type { Planning } from './planning.ts';

/** Bytes of the transformed inputs of one strip of Winograd's method: they should stay in the second cache. */
const TILES_BYTES = 112 * 1024;
/** Output rows of one item of the direct method. */
const DIRECT_ROWS = 8;

/**
 * The way forward: Winograd's method where it saves multiplications and its tiles of 2 x 2 fill the map, else the
 * direct one.
 */
export function forwardInstructions(
  planning: Planning,
  convolution: Convolution,
  name: string,
): Instruction[] {
  const { kernel, stride, channels, pool, height, width } = convolution;
  const small = kernel === 2 || kernel === 3;
  const whole = pool || (height % 2 === 0 && width % 2 === 0);
  return small && stride === 1 && whole && channels % 4 === 0
    ? winograd(planning, convolution, name)
    : direct(planning, convolution, name);
}

function direct(planning: Planning, convolution: Convolution, name: string): Instruction[] {
  const { info, filters, kernel, stride, run, paddedRun, block, relu, pool } = convolution;
  const packed = planning.arena.reserve(Math.ceil(filters / 8) * kernel * run * 32);
  return [
    planning.instruction(Op.PackConvolution, `${info.name} pack`, [
      ...[block.address, packed, filters, kernel, run, paddedRun],
    ]),
    planning.instruction(
      Op.ConvolutionForward,
      `${name} forward`,
      [
        ...[...maps(convolution), packed, biases(convolution)],
        ...[kernel, stride, Number(relu), Number(pool), DIRECT_ROWS],
      ],
      convolution.multiplyAdds,
    ),
  ];
}

function winograd(planning: Planning, convolution: Convolution, name: string): Instruction[] {
  const { info, filters, kernel, channels, pool, paddedRun, block, relu } = convolution;
  const tiles = (length: number): number => (pool ? length : length / 2);
  const [height, width] = [tiles(convolution.height), tiles(convolution.width)];
  const components = (kernel + 1) ** 2;
  const packed = planning.arena.reserve(Math.ceil(filters / 8) * components * channels * 32);
  const tileBytes = components * channels * 4;
  const strips = Math.ceil((height * width * tileBytes) / TILES_BYTES);
  const stripHeight = Math.ceil(height / strips);
  // Transformed inputs, then the sums of four tiles by eight filters.
  planning.needScratch(roundUpTo4(stripHeight * width) * tileBytes + components * 128);
  return [
    planning.instruction(Op.PackWinograd, `${info.name} pack`, [
      ...[block.address, packed, filters, kernel, channels, paddedRun],
    ]),
    planning.instruction(
      Op.WinogradForward,
      `${name} forward`,
      [
        ...[...maps(convolution), packed, biases(convolution)],
        ...[kernel, Number(relu), Number(pool), stripHeight],
      ],
      convolution.multiplyAdds,
    ),
  ];
}

const maps = ({ input, output, codes }: Convolution): number[] => [
  input.values.record,
  output.values.record,
  codes,
];

const biases = ({ block, weightFloats }: Convolution): number => block.address + weightFloats * 4;
