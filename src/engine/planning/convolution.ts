import type { Conv2dSpec } from '../../nn/layers.ts';
import { type LayerInfo, sizeOf } from '../../nn/network.ts';
import { convolutionPlace, roundUpTo4 } from '../layout.ts';
import { backwardInstructions } from './convolution-backward.ts';
import { forwardInstructions } from './convolution-forward.ts';
import { dropoutOf, passDropout } from './dropout.ts';
import {
  type LayerPlace,
  type ParameterBlock,
  type Planned,
  type Planning,
  partOf,
  type Signal,
} from './planning.ts';

/** A convolution that is being planned, with what is fused to it. */
export interface Convolution {
  readonly info: LayerInfo;
  readonly input: Signal;
  readonly output: Signal;
  readonly relu: boolean;
  readonly pool: boolean;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  /** Of the input. */
  readonly channels: number;
  /** Of the output, behind the pooling. */
  readonly height: number;
  readonly width: number;
  /** Floats of a row of a filter, kernel * channels, and with its padding. */
  readonly run: number;
  readonly paddedRun: number;
  /** Weights, and behind them biases. */
  readonly block: ParameterBlock;
  /** Floats of all weights. */
  readonly weightFloats: number;
  /** One byte an output: which position won its window, or that it has no gradient. */
  readonly codes: number;
  /** Of one row done the direct way. */
  readonly multiplyAdds: number;
}

/**
 * Plans `conv2d [+ relu] [+ maxPool2d] [+ dropout]` as one operation, but for drawing the dropout's mask.
 * The codes say what it silenced, so on the way back nothing of it is left but its factor.
 */
export function planConvolution(planning: Planning, place: LayerPlace): Planned {
  const { info, next, input } = place;
  const relu = next[0]?.spec.type === 'relu';
  const pool = next[Number(relu)]?.spec.type === 'maxPool2d';
  const computed = Number(relu) + Number(pool);
  const dropout = dropoutOf(planning, next[computed]);
  const fused = computed + Number(dropout !== undefined);
  const gradients = planning.learns(info) || input.gradients !== undefined;
  const output = planning.signalAfter(place, 'nothing', gradients, fused);
  const [channels] = input.map;
  const [, height, width] = output.map;
  const { filters, kernel, stride = 1 } = info.spec as Conv2dSpec;
  const run = kernel * channels;
  const paddedRun = roundUpTo4(run);
  const weightFloats = filters * kernel * paddedRun;

  // Weights and biases stand behind one another, so one update moves both.
  const biasFloats = Math.ceil(filters / 8) * 8;
  const block = planning.parameterBlock(info, weightFloats + biasFloats);
  const [weight, bias] = info.parameters;
  planning.addParameter(weight!, convolutionPlace(weight!), partOf(block, 0, weightFloats));
  planning.addParameter(bias!, (i) => i, partOf(block, weightFloats, biasFloats));

  const codes = planning.arena.reserve(planning.rows * filters * height * width);
  const convolution: Convolution = {
    ...{ info, input, output, relu, pool, filters, kernel, stride, channels, height, width },
    ...{ run, paddedRun, block, weightFloats, codes },
    multiplyAdds: sizeOf(info.output) * kernel * run,
  };
  const names = [info, ...next.slice(0, computed)].map(({ name }) => name);
  planning.addForward(...forwardInstructions(planning, convolution, names.join(' + ')));
  if (dropout) {
    const { values } = output;
    planning.forward.push(...passDropout(planning, dropout, 'forward', values, values, codes));
  }
  if (output.gradients) {
    planning.backward.push(backwardInstructions(planning, convolution, dropout?.scale ?? 1));
  }
  return { output, fused };
}
