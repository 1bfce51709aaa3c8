import type { RowTransform } from '../data/row-transform.ts';
import { dense, flatten } from '../nn/layers.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import { network, sizeOf } from '../nn/network.ts';
import { sgd } from '../nn/rule.ts';
import { CompiledNetwork, type CompileOptions } from './compiled-network.ts';
import type { Engine } from './engine.ts';

/** What a network sees of a batch. */
export interface Seen {
  /** Of shape (rows, channels, height, width), white = 1. */
  readonly inputs: Float32Array;
  /** Of shape (rows, targets). */
  readonly targets: Float32Array;
}

/**
 * What a network sees of some rows, for tests and figures.
 *
 * @param shape of a row: channels, height, width
 * @param inputs of shape (rows, channels, height, width): bytes, or floats that are taken as they are
 * @param targets of shape (rows, targets), as the network learns them
 * @param transforms one for each row, or none
 * @param outputs of the network; default as many as targets of a row
 * @internal
 */
export async function seenRows(
  engine: Engine,
  shape: readonly [number, number, number],
  inputs: Uint8Array | Float32Array,
  targets: Float32Array,
  transforms: readonly RowTransform[] | undefined,
  { outputs, ...options }: Partial<CompileOptions> & { readonly outputs?: number } = {},
): Promise<Seen> {
  const start = engine.nextAddress;
  const rows = inputs.length / sizeOf(shape);
  const loss = options.loss ?? maskedMeanSquaredError();
  const net = network(shape, [flatten(), dense(outputs ?? targets.length / rows)]);
  const compiled = await CompiledNetwork.create(engine, net, {
    ...{ batch: rows, loss, rule: sgd(), seed: 0 },
    ...options,
  });
  try {
    const data = await compiled.load(inputs, targets);
    const order = Uint32Array.from({ length: rows }, (_, row) => row);
    await compiled.train(data, [{ order, transforms, learningRate: 0, momentum: 0 }]);
    return {
      inputs: await compiled.readMaps(compiled.plan.input, rows),
      targets: await engine.readFloats(compiled.plan.targets, targets.length),
    };
  } finally {
    engine.release(start);
  }
}
