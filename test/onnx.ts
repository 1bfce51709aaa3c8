import { env, InferenceSession, Tensor } from 'onnxruntime-web';

env.wasm.numThreads = 1;

/** A tensor that goes out. */
export interface Found {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/**
 * Runs an ONNX file with onnxruntime-web, once for each input.
 *
 * @param inputs each a value for the file's only input, with its whole shape
 * @returns the file's only output for each
 */
export async function runOnnx(
  file: Uint8Array,
  inputs: readonly (readonly [values: Float32Array, shape: readonly number[]])[],
): Promise<Found[]> {
  const session = await InferenceSession.create(file);
  try {
    const found: Found[] = [];
    for (const [values, shape] of inputs) {
      const feeds = { [session.inputNames[0]!]: new Tensor('float32', values, shape) };
      const { dims, data } = (await session.run(feeds))[session.outputNames[0]!]!;
      found.push({ dims, data: data as Float32Array });
    }
    return found;
  } finally {
    await session.release();
  }
}

/** The largest difference between numbers at the same places; infinite where the lengths differ. */
export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
    : Number.POSITIVE_INFINITY;
