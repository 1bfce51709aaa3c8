import { type Command, Option } from 'commander';
import { counted } from '../counted.ts';
import { InputError } from '../errors.ts';
import type { Model } from '../model/model-file.ts';
import { addCardOptions, type CardFlags, examples, fileName, forceOption } from './options.ts';
import { refuseToReplace, shellLine } from './output.ts';

interface ExportFlags extends CardFlags {
  readonly onnx?: string;
  readonly safetensors?: string;
  readonly output: 'pixels' | 'scaled';
  readonly float16: boolean;
  readonly force: boolean;
}

/** `fiducial export`: a model as a file that others read. */
export function setUp(command: Command): void {
  command
    .argument('<model>', 'the folder of a run or of several nets, or a model file')
    .option('--onnx <file>', 'for ONNX runtimes, complete from bytes to pixels', fileName('.onnx'))
    .option(
      '--safetensors <file>',
      'for fiducial, and for whoever wants the weights',
      fileName('.safetensors'),
    )
    .addOption(
      new Option('--output <unit>', 'what coordinates in the ONNX file count')
        .choices(['pixels', 'scaled'])
        .default('pixels', 'pixels of the picture; scaled: from -1 to 1'),
    )
    .option('--float16', 'round the weights to 16 bits: half the size', false)
    .addOption(forceOption());
  addCardOptions(command)
    .addHelpText(
      'after',
      '\nThe ONNX file takes "pictures", float32 of shape (rows, channels, side, side), each value from 0 to\n' +
        '255, and gives "keypoints" of shape (rows, points, 2), x before y. docs/models.md has programs that\n' +
        'use it.\n' +
        examples(
          'fiducial export runs/net2 --onnx net2.onnx',
          'fiducial export runs/specialists --onnx faces.onnx --float16',
          'fiducial export runs/net2 --safetensors net2.safetensors --float16',
        ),
    )
    .action(async (path: string, flags: ExportFlags) => {
      const { onnx, safetensors, float16, force } = flags;
      const files = [onnx, safetensors].filter((file) => file !== undefined);
      if (files.length === 0) {
        throw new InputError(
          'nothing says in which format the model is wanted',
          `For example: ${shellLine('export', path, '--onnx', 'model.onnx')}`,
        );
      }
      for (const file of files) await refuseToReplace(file, force);
      const models = await modelsByName(path, flags);
      if (safetensors !== undefined) {
        const { encodeModel } = await import('../model/model-file.ts');
        await write(safetensors, encodeModel(onlyModel(path, models), { float16 }));
      }
      if (onnx !== undefined) await write(onnx, await onnxFile(models, flags));
    });
}

/** The models of a folder of several nets by name, with what is said on their cards; one alone is called ''. */
async function modelsByName(path: string, card: CardFlags): Promise<Map<string, Model>> {
  const [{ readModel }, { trainedRuns }, { cardWith }] = await Promise.all([
    import('../node/run-folder.ts'),
    import('../node/team-folder.ts'),
    import('../model/card.ts'),
  ]);
  const runs = await trainedRuns(path);
  const models = await Promise.all(runs.map((run) => readModel(run.path)));
  return new Map(
    models.map((model, i) => [
      runs.length === 1 ? '' : runs[i]!.name,
      { ...model, card: cardWith(model.card, card) },
    ]),
  );
}

/** The one model that a file of ours can hold. */
function onlyModel(path: string, models: ReadonlyMap<string, Model>): Model {
  const [first, ...others] = models;
  if (others.length === 0) return first![1];
  throw new InputError(
    `${path}: holds ${models.size} nets, and a safetensors file one model`,
    `Export them one by one (${shellLine('export', `${path}/${first![0]}`, '--safetensors', `${first![0]}.safetensors`)}), or all as one ONNX file.`,
  );
}

async function onnxFile(
  models: ReadonlyMap<string, Model>,
  { output, float16 }: ExportFlags,
): Promise<Uint8Array> {
  const [{ exportOnnx }, { joinSchemas }, { VERSION }] = await Promise.all([
    import('../model/onnx/export-onnx.ts'),
    import('../predict/joined.ts'),
    import('../node/version.ts'),
  ]);
  // Refuses models that do not belong together.
  joinSchemas([...models.values()].map(({ schema }) => schema));
  return exportOnnx(models, { output, float16, metadata: { fiducial: VERSION } });
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  const { writeFileAtomically } = await import('../node/write-file.ts');
  await writeFileAtomically(file, bytes);
  process.stdout.write(`${file}: ${counted(bytes.length, 'byte')}\n`);
}
