import { Op } from '../kernels/opcodes.ts';
import { roundUpTo4 } from '../layout.ts';
import type { Instruction, MapBuffer } from './arena.ts';
import type { Planning } from './planning.ts';

/** Bytes of the transformed inputs of one strip: they should stay in the second cache. */
const TILES_BYTES = 112 * 1024;

/** Of a tile with 3 x 3 kernels. */
export const TILE_COMPONENTS = 16;

/** What Winograd's method computes: a convolution, or by turned filters the gradient of one's input. */
export interface WinogradConvolution {
  /** Names of the packing of the weights and of the convolution. */
  readonly labels: readonly [pack: string, convolution: string];
  readonly input: MapBuffer;
  readonly output: MapBuffer;
  /** Addresses; no codes are 0. */
  readonly codes: number;
  readonly weights: number;
  readonly biases: number;
  readonly kernel: number;
  /** Floats from a row of a filter to the next. */
  readonly paddedRun: number;
  readonly relu: boolean;
  readonly pool: boolean;
  readonly turned: boolean;
  /** Of one row done the direct way. */
  readonly multiplyAdds: number;
}

/**
 * Whether the method can be used: small kernels, and tiles of 2 x 2 that are pooling windows or fill the output.
 *
 * @param channels of the input
 */
export function suitsWinograd(
  {
    kernel,
    stride,
    pool,
    height,
    width,
  }: {
    readonly kernel: number;
    readonly stride: number;
    readonly pool: boolean;
    readonly height: number;
    readonly width: number;
  },
  channels: number,
): boolean {
  const whole = pool || (height % 2 === 0 && width % 2 === 0);
  return (kernel === 2 || kernel === 3) && stride === 1 && whole && channels % 4 === 0;
}

export function winogradInstructions(
  planning: Planning,
  convolution: WinogradConvolution,
): Instruction[] {
  const { labels, input, output, codes, weights, biases } = convolution;
  const { kernel, paddedRun, relu, pool, turned, multiplyAdds } = convolution;
  const { channels } = input;
  const filters = output.channels;
  const tiles = (length: number): number => (pool ? length : length / 2);
  const [height, width] = [tiles(output.height), tiles(output.width)];
  const components = (kernel + 1) ** 2;
  const packed = planning.arena.reserve(Math.ceil(filters / 8) * components * channels * 32);
  const tileBytes = components * channels * 4;
  const strips = Math.ceil((height * width * tileBytes) / TILES_BYTES);
  const stripHeight = Math.ceil(height / strips);
  // Transformed inputs, then the sums of four tiles by eight filters.
  planning.needScratch(roundUpTo4(stripHeight * width) * tileBytes + components * 128);
  return [
    planning.instruction(Op.PackWinograd, labels[0], [
      ...[weights, packed, filters, kernel, channels, paddedRun, Number(turned)],
    ]),
    planning.instruction(
      Op.WinogradForward,
      labels[1],
      [
        ...[input.record, output.record, codes, packed, biases],
        ...[kernel, Number(relu), Number(pool), stripHeight],
      ],
      multiplyAdds,
    ),
  ];
}
