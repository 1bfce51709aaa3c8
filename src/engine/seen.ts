import type { RowTransform } from '../data/row-transform.ts';
import { dense, flatten } from '../nn/layers.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import { network, sizeOf } from '../nn/network.ts';
import { sgd } from '../nn/rule.ts';
import { CompiledNetwork, type CompileOptions } from './compiled-network.ts';
import type { Engine } from './engine.ts';
import type { Seen } from './step-table.ts';

/** What becomes of pictures and labels on their way into a network. */
export type ViewerOptions = Partial<CompileOptions> & {
  /** Rows of the largest batch. */
  readonly batch: number;
  /** Targets of a row. */
  readonly outputs: number;
};

/**
 * A network of no use but to see what another one would: `see` tells.
 *
 * @param shape of a row: channels, height, width
 * @internal
 */
export const viewer = (
  engine: Engine,
  shape: readonly [number, number, number],
  { outputs, ...options }: ViewerOptions,
): Promise<CompiledNetwork> =>
  CompiledNetwork.create(engine, network(shape, [flatten(), dense(outputs)]), {
    ...{ loss: maskedMeanSquaredError(), rule: sgd(), seed: 0 },
    ...options,
  });

/**
 * What a network sees of some rows, for tests and figures.
 *
 * @param shape of a row: channels, height, width
 * @param inputs of shape (rows, channels, height, width): bytes, or floats that are taken as they are
 * @param targets of shape (rows, targets), as the network learns them
 * @param transforms one for each row, or none
 * @internal
 */
export async function seenRows(
  engine: Engine,
  shape: readonly [number, number, number],
  inputs: Uint8Array | Float32Array,
  targets: Float32Array,
  transforms: readonly RowTransform[] | undefined,
  options: Partial<ViewerOptions> = {},
): Promise<Seen> {
  const start = engine.nextAddress;
  const rows = inputs.length / sizeOf(shape);
  const outputs = targets.length / rows;
  const compiled = await viewer(engine, shape, { batch: rows, outputs, ...options });
  try {
    const data = await compiled.load(inputs, targets);
    const order = Uint32Array.from({ length: rows }, (_, row) => row);
    return await compiled.see(data, { order, transforms, learningRate: 0, momentum: 0 });
  } finally {
    engine.release(start);
  }
}

/** What is seen as bytes; what is darker than black or brighter than white is cut off. */
export function asBytes(inputs: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8ClampedArray(inputs.length);
  for (let i = 0; i < inputs.length; i++) bytes[i] = 255 * inputs[i]!;
  return new Uint8Array(bytes.buffer);
}
