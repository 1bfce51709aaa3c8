import type { Fill, FillMode, OutsidePoints } from '../../data/augmentation.ts';
import type { Standardisation } from '../../data/scaling.ts';
import { targetsPerRow } from '../../nn/loss.ts';
import { GATHER_SCRATCH } from '../kernels/augmentation-constants.ts';
import * as kernels from '../kernels/opcodes.ts';
import { Float, type Instruction, type MapBuffer } from './arena.ts';
import type { Planning } from './planning.ts';

/** What happens to a row before the network sees it. */
export interface InputOptions {
  /** Per keypoint the one that takes its name in a mirror (`mirrorPartners` of the schema). */
  readonly mirrorPartners?: Uint32Array | undefined;
  /** What stands beyond the edge of a picture that is transformed; default its nearest pixels. */
  readonly fill?: Fill | undefined;
  /** What becomes of keypoints that leave the picture with a transform; default they are kept. */
  readonly outsidePoints?: OutsidePoints | undefined;
  /** Centring and scaling of the pictures, default none. */
  readonly standardisation?: Standardisation | undefined;
}

/** The operation that fetches a batch, and what it makes of the targets. */
export interface PlannedInput {
  readonly gather: Instruction;
  /** Address of the batch's targets, [row][target]. */
  readonly targets: number;
  readonly targetsPerRow: number;
  /** How many points among them move with the picture. */
  readonly keypoints: number;
}

const FILL_MODES: Record<FillMode, kernels.FillMode> = {
  nearest: kernels.FillMode.Nearest,
  constant: kernels.FillMode.Constant,
  reflect: kernels.FillMode.Reflect,
  wrap: kernels.FillMode.Wrap,
};

/**
 * Plans how a batch is fetched.
 *
 * @param outputs of the network for one row: where they are compared with as many targets, and their
 *   number is even, these are x and y of keypoints
 */
export function planInput(planning: Planning, input: MapBuffer, outputs: number): PlannedInput {
  const { arena, options, rows } = planning;
  const { loss, mirrorPartners, fill, outsidePoints, standardisation } = options;
  const count = targetsPerRow(loss, outputs);
  const keypoints = count === outputs && outputs % 2 === 0 ? outputs / 2 : 0;
  if (mirrorPartners && mirrorPartners.length !== keypoints) {
    throw new Error(`mirror partners of ${mirrorPartners.length} points, there are ${keypoints}`);
  }
  planning.scratchBytes = Math.max(planning.scratchBytes, GATHER_SCRATCH);
  const targets = arena.reserve(4 * count * rows);
  const words = [
    ...[input.record, targets, count, keypoints],
    mirrorPartners ? arena.record(...mirrorPartners) : 0,
    Number(outsidePoints === 'missing'),
    arena.record(FILL_MODES[fill?.mode ?? 'nearest'], new Float(fill?.value ?? 0)),
    standardisation ? arena.record(...standardisationWords(standardisation, input.channels)) : 0,
  ];
  const values = input.height * input.width * input.channels;
  // Pictures lie there as bytes.
  const gather = planning.passing(kernels.Op.Gather, 'input', words, {
    read: values / 4,
    written: values,
  });
  return { gather, targets, targetsPerRow: count, keypoints };
}

function standardisationWords(
  { samplewiseCenter, samplewiseDeviation, mean, deviation }: Standardisation,
  channels: number,
): (number | Float)[] {
  if (mean.length !== channels || deviation.length !== channels) {
    throw new Error(`a standardisation of ${mean.length} channels, the input has ${channels}`);
  }
  return [
    ...[Number(samplewiseCenter), Number(samplewiseDeviation)],
    ...mean.flatMap((value, channel) => [new Float(value), new Float(deviation[channel]!)]),
  ];
}
