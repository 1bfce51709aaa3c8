/**
 * onnxruntime-web in a process of its own, so that its threads and its end are not ours. Called with an
 * ONNX file, a file of pictures (float32) with their shape, and a number of threads, it says its version,
 * and then answers "run" with the milliseconds of a prediction, "outputs" with what it predicts.
 */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { ONNX_INPUT, ONNX_OUTPUT } from '../src/model/onnx/onnx-file.ts';

/** What the process is to do. */
export interface OnnxJob {
  readonly model: string;
  readonly pictures: string;
  /** Of one picture. */
  readonly shape: readonly number[];
  readonly threads: number;
}

const job: OnnxJob = JSON.parse(process.argv[2]!);
const { env, InferenceSession, Tensor } = await import('onnxruntime-web');
env.wasm.numThreads = job.threads;
const session = await InferenceSession.create(await readFile(job.model), {
  executionProviders: ['wasm'],
});
const { buffer } = new Uint8Array(await readFile(job.pictures));
const pictures = new Float32Array(buffer);
const size = job.shape.reduce((product, length) => product * length, 1);

const predict = async (): Promise<Float32Array> => {
  const tensor = new Tensor('float32', pictures, [pictures.length / size, ...job.shape]);
  const found = await session.run({ [ONNX_INPUT]: tensor });
  return found[ONNX_OUTPUT]!.data as Float32Array;
};

console.log(env.versions.web);
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const outputs = await predict();
  const milliseconds = performance.now() - start;
  console.log(line === 'outputs' ? JSON.stringify([...outputs]) : milliseconds);
}
// Its threads would keep the process.
process.exit();
