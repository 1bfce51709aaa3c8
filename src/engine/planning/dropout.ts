import type { LayerInfo } from '../../nn/network.ts';
import { Op } from '../kernels/opcodes.ts';
import { Float, type Instruction, type MapBuffer } from './arena.ts';
import type { LayerPlace, Planned, Planning } from './planning.ts';

/** A dropout layer of a plan. */
export interface PlannedDropout {
  readonly name: string;
  /** Number among the network's dropout layers. */
  readonly layer: number;
  /** Zero in the frozen prefix, where dropout lets everything pass. */
  readonly rate: number;
  /** Factor of what is kept. */
  readonly scale: number;
}

/** A layer as a dropout, if it is one; it is taken into account by this. */
export function dropoutOf(
  planning: Planning,
  info: LayerInfo | undefined,
): PlannedDropout | undefined {
  if (info?.spec.type !== 'dropout') return undefined;
  const rate = planning.inFrozenPrefix(info) ? 0 : info.spec.rate;
  return { name: info.name, layer: planning.dropoutLayers++, rate, scale: 1 / (1 - rate) };
}

/**
 * Values, or their gradients, pass through a dropout.
 *
 * @param codes of the convolution that made the values, which learn what was silenced
 */
export function passDropout(
  planning: Planning,
  { name, layer, rate, scale }: PlannedDropout,
  way: 'forward' | 'backward' | 'copy',
  from: MapBuffer,
  to: MapBuffer,
  codes = 0,
): Instruction[] {
  if (rate === 0 && from === to) return [];
  // A rate that rounds to 1 keeps one value in 65,536.
  const threshold = Math.min(Math.round(rate * 65536), 65535);
  // A tile of sixteen values that is not whole.
  planning.needScratch(64);
  const words = [from.record, to.record, codes, layer, threshold, new Float(scale)];
  return [planning.instruction(Op.Dropout, `${name} ${way}`, words)];
}

/** Plans a dropout that is not fused with the layer before it; outside training it lets everything pass. */
export function planDropout(planning: Planning, place: LayerPlace): Planned {
  const { info, input } = place;
  // Dropout changes no sign of what it keeps, and what it silences has no gradient anyway.
  const output = planning.inPlaceOrAfter(place, input.needed !== 'values', input.needed);
  const dropout = dropoutOf(planning, info)!;
  const open = { ...dropout, rate: 0, scale: 1 };
  planning.forward.push(...passDropout(planning, dropout, 'forward', input.values, output.values));
  planning.infer.push(...passDropout(planning, open, 'copy', input.values, output.values));
  if (input.gradients) {
    planning.backward.push(
      passDropout(planning, dropout, 'backward', output.gradients!, input.gradients),
    );
  }
  return { output };
}
