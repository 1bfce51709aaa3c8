import type { CompiledNetwork } from './compiled-network.ts';

/** Where numbers first are infinite or no numbers at all. */
export interface NotFinite {
  /** Its name, or those of several that are one operation: `conv1 + relu1 + pool1`. */
  readonly layer: string;
  /** Its weights already, or only what it made of its input. */
  readonly what: 'weights' | 'output';
}

/**
 * Finds the layer at which a network came to numbers that are not finite, after a batch whose loss was none.
 *
 * An update moves the layers from the output to the input, so of several whose weights are not finite, the
 * one nearest to the output was the first. Where all weights are finite, it is the first layer on the way
 * forward whose output is not.
 *
 * @returns undefined where everything is finite
 * @example
 * const losses = await compiled.train(data, steps);
 * if (!Number.isFinite(losses.at(-1)!.sum)) console.log(await notFinite(compiled));
 */
export async function notFinite(compiled: CompiledNetwork): Promise<NotFinite | undefined> {
  const weights = await notFiniteWeights(compiled);
  if (weights) return { layer: weights, what: 'weights' };
  const { engine, plan } = compiled;
  for (const { name, values } of plan.layerOutputs) {
    const floats = (plan.rows * values.imageBytes) / 4;
    if (hasNotFinite(await engine.readFloats(values.origin, floats))) {
      return { layer: name, what: 'output' };
    }
  }
  return undefined;
}

/** The layer nearest to the output that has weights or biases that are not finite, if any. */
export async function notFiniteWeights({
  engine,
  plan,
}: CompiledNetwork): Promise<string | undefined> {
  for (const { info, address, floats } of [...plan.parameters].reverse()) {
    const [layer, part] = info.name.split(/\.(?=[^.]*$)/);
    // The moments of batch normalisations follow what passes, on the way forward.
    if (part !== 'weight' && part !== 'bias') continue;
    if (hasNotFinite(await engine.readFloats(address, floats))) return layer;
  }
  return undefined;
}

const hasNotFinite = (values: Float32Array): boolean =>
  values.some((value) => !Number.isFinite(value));
