import { type LayerInfo, sizeOf } from '../../nn/network.ts';
import { Op } from '../kernels/opcodes.ts';
import type { Instruction } from './arena.ts';
import { planBatchNorm } from './batch-norm.ts';
import { planConvolution } from './convolution.ts';
import { planDense } from './dense.ts';
import { planDropout } from './dropout.ts';
import { planActivation, planMaxPool } from './elementwise.ts';
import { planMapMeans, planSoftArgmax } from './map-vectors.ts';
import {
  type LayerPlace,
  type Planned,
  type Planning,
  paddingBefore,
  type Signal,
} from './planning.ts';

/**
 * A leaky ReLU never changes which of some values is the largest, so behind a pooling it comes to the
 * same values with a quarter of the work, and the convolution before both is fused with the pooling.
 */
function pooledFirst(layers: readonly LayerInfo[]): LayerInfo[] {
  const ordered = [...layers];
  for (let i = 0; i + 1 < ordered.length; i++) {
    const [leaky, pool] = [ordered[i]!, ordered[i + 1]!];
    if (leaky.spec.type !== 'leakyRelu' || pool.spec.type !== 'maxPool2d') continue;
    ordered.splice(i, 2, pool, { ...leaky, input: pool.output, output: pool.output });
  }
  return ordered;
}

/**
 * Plans layers that stand behind one another.
 *
 * @param paddingBehind zeros that are wanted around what the last one puts out
 * @returns the signal behind the last one
 */
export function planLayers(
  planning: Planning,
  given: readonly LayerInfo[],
  input: Signal,
  paddingBehind: number,
): Signal {
  const layers = pooledFirst(given);
  let signal = input;
  for (let index = 0; index < layers.length; ) {
    const info = layers[index]!;
    const next = layers.slice(index + 1);
    const { output, fused = 0 } = planLayer(planning, { info, next, input: signal, paddingBehind });
    const names = layers.slice(index, index + 1 + fused).map(({ name }) => name);
    planning.layerOutputs.push({ name: names.join(' + '), values: output.values });
    signal = output;
    index += 1 + fused;
  }
  return signal;
}

/** Plans a layer and those that are fused with it. */
function planLayer(planning: Planning, place: LayerPlace): Planned {
  switch (place.info.spec.type) {
    case 'conv2d':
      return planConvolution(planning, place);
    case 'dense':
      return planDense(planning, place);
    case 'maxPool2d':
      return planMaxPool(planning, place);
    case 'batchNorm':
      return planBatchNorm(planning, place);
    case 'dropout':
      return planDropout(planning, place);
    case 'flatten':
      // The same memory, seen as a vector.
      return { output: place.input };
    case 'globalAveragePool2d':
      return planMapMeans(planning, place);
    case 'softArgmax2d':
      return planSoftArgmax(planning, place);
    case 'residual':
      return planResidual(planning, place);
    default:
      return planActivation(planning, place);
  }
}

/**
 * Plans a residual block. Its input is added to the body's output where that stands, if nothing needs
 * that as it is; the gradient then passes to the body and, when that is done, to the input.
 */
function planResidual(planning: Planning, place: LayerPlace): Planned {
  const { info, next, input } = place;
  const last: Instruction[] = [];
  planning.backward.push(last);
  // Nothing in the body may overwrite its input, which is still to be added.
  const kept = { ...input, needed: 'values' } as const;
  const padding = paddingBefore(next[0], place.paddingBehind);
  const body = planLayers(planning, info.body, kept, padding);
  // A dropout would silence the gradient where it stands.
  const end = info.body.findLast(({ spec }) => spec.type !== 'flatten')?.spec.type;
  const mayOverwrite = body.needed === 'nothing' && end !== 'dropout';
  const output = planning.inPlaceOrAfter({ ...place, input: body }, mayOverwrite, 'nothing');
  const size = sizeOf(info.output);
  const add = (label: string, first: number, second: number, sum: number): Instruction =>
    planning.passing(Op.Add, `${info.name} ${label}`, [first, second, sum], {
      read: first ? 2 * size : size,
      written: size,
    });
  planning.addForward(
    add('forward', body.values.record, input.values.record, output.values.record),
  );
  if (output.gradients && output.gradients !== body.gradients) {
    planning.backward.push([add('copy', 0, output.gradients.record, body.gradients!.record)]);
  }
  if (input.gradients) {
    const { record } = input.gradients;
    last.push(add('backward', record, output.gradients!.record, record));
  }
  return { output };
}
