import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Build } from '../src/engine/build.ts';
import { encodeOnnx } from '../src/model/onnx/onnx-file.ts';
import { bytesOf } from '../src/model/safetensors.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { compare, type OwnResult, type Peer, type PeerOptions } from './comparison.ts';
import { startOnnxRuntime } from './onnxruntime.ts';
import type { PeerProcess } from './peer-process.ts';
import { stopwatch } from './statistics.ts';
import { type Subject, type Subjects, withSubjects } from './subject.ts';
import { startTorch, TORCH_LAYOUTS, torchContestants } from './torch.ts';
import type { Outcome } from './turns.ts';

export interface PredictionOptions extends PeerOptions {
  /** Pictures that are handed over at once. */
  readonly rows: number;
  readonly threads: number;
  readonly builds: readonly Build[];
}

/** Speed of a recipe's network on pictures, and of the same network elsewhere. */
export interface PredictionResult {
  readonly part: 'prediction';
  readonly recipe: string;
  readonly rows: number;
  readonly threads: number;
  /** Floating-point operations, the direct method. */
  readonly operations: number;
  /** Bytes of weights and biases, which have to be read at least once. */
  readonly parameterBytes: number;
  readonly ours: readonly OwnResult[];
  readonly peers: readonly Outcome[];
}

/** The largest difference between what two programs with the same weights may find. */
const SAME = 1e-4;

/**
 * Times predictions from pictures in memory to outputs, ours and others' in turn. All have the same
 * weights and see the same pictures; one that finds something else does not take part.
 */
export async function benchPrediction(
  recipe: Recipe,
  options: PredictionOptions,
): Promise<PredictionResult> {
  const { rows, threads, builds } = options;
  const folder = await mkdtemp(join(tmpdir(), 'fiducial-bench-'));
  const measure = async (subjects: Subjects): Promise<PredictionResult> => {
    const [subject] = subjects;
    const files = await writeFiles(folder, subject);
    const peers = peersOf(subject, files, await subject.predict(), options);
    const outcome = await compare(
      subjects.map((own, i) => ({
        build: builds[i]!,
        run: () => stopwatch(() => own.predict()),
      })),
      peers,
      options,
    );
    return {
      part: 'prediction',
      ...{ recipe: recipe.name, rows, threads },
      operations: subject.forwardOperations * rows,
      parameterBytes:
        4 * [...subject.parameters.values()].reduce((sum, { length }) => sum + length, 0),
      ...outcome,
    };
  };
  try {
    // A model that predicts has one set of weights: no averages that would take their place and give it back.
    return await withSubjects({ ...recipe, averaging: null }, { rows, threads, builds }, measure);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What the others read. */
interface Files {
  readonly model: string;
  readonly weights: string;
  readonly pictures: string;
}

async function writeFiles(folder: string, subject: Subject): Promise<Files> {
  const { network, parameters, images } = subject;
  const files = {
    model: join(folder, 'network.onnx'),
    weights: join(folder, 'weights.f32'),
    pictures: join(folder, 'pictures.f32'),
  };
  await writeFile(files.model, encodeOnnx(network, parameters));
  await writeFile(files.weights, Buffer.concat([...parameters.values()].map(bytesOf)));
  await writeFile(files.pictures, bytesOf(Float32Array.from(images, (byte) => byte / 255)));
  return files;
}

function peersOf(
  { network }: Subject,
  { model, weights, pictures }: Files,
  expected: Float32Array,
  { threads, patience }: PredictionOptions,
): Peer[] {
  return [
    {
      name: 'onnxruntime-web',
      start: async () => {
        const job = { model, pictures, shape: network.input, threads };
        const { process, version } = await startOnnxRuntime(job, patience);
        await requireSame(process, 'outputs', expected);
        return {
          contestants: [
            { name: `onnxruntime-web ${version}`, run: () => process.askNumber('run') },
          ],
          close: () => process.close(),
        };
      },
    },
    {
      name: 'PyTorch',
      start: async () => {
        const job = { task: 'predict', weights, pictures } as const;
        const torch = await startTorch(network, job, { threads, patience });
        for (const layout of TORCH_LAYOUTS) {
          await requireSame(torch.process, `${layout} outputs`, expected);
        }
        return torchContestants(torch);
      },
    },
  ];
}

/** Ends a peer that finds something else than we do: it would be timed on another network. */
async function requireSame(
  peer: PeerProcess,
  question: string,
  expected: Float32Array,
): Promise<void> {
  const found = await peer.askJson(question);
  if (!(Array.isArray(found) && found.length === expected.length)) {
    return peer.fail(`it did not give ${expected.length} outputs`);
  }
  const differences = found.map((value, i) => Math.abs(value - expected[i]!));
  if (differences.every((difference) => difference <= SAME)) return;
  await peer.fail(`its outputs differ from ours by up to ${Math.max(...differences)}`);
}
