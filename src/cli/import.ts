import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { counted } from '../counted.ts';
import type { Channels } from '../data/image-format.ts';
import type { KeypointSchema } from '../data/schema.ts';
import { InputError } from '../errors.ts';
import type { WeightMap } from '../model/weights/weight-map.ts';
import type { Recipe } from '../train/recipe.ts';
import {
  addCardOptions,
  type CardFlags,
  channelsOption,
  examples,
  fileName,
  forceOption,
  pointsOption,
  wholeNumber,
} from './options.ts';
import { refuseToReplace } from './output.ts';

interface ImportFlags extends CardFlags {
  readonly recipe: string;
  readonly schema?: string;
  readonly points?: string;
  readonly side: number;
  readonly channels: Channels;
  readonly map?: string;
  readonly out: string;
  readonly force: boolean;
}

/** `fiducial import`: weights that another framework trained become a model. */
export function setUp(command: Command): void {
  command
    .argument('<weights>', 'a safetensors file of PyTorch, Keras or another framework')
    .requiredOption('--recipe <name>', 'the recipe with the same layers, or a recipe.json')
    .addOption(
      new Option(
        '--schema <file>',
        'a table, run or model with the same points and pictures',
      ).conflicts(['side', 'channels']),
    )
    .addOption(pointsOption('in the order of the outputs (default: those of --schema)'))
    .option('--side <pixels>', 'width and height of the pictures', wholeNumber(1, 1024), 96)
    .addOption(channelsOption('of the pictures'))
    .option('--map <file>', 'JSON: which tensor is which parameter, and how it lies')
    .requiredOption('--out <file>', 'the model', fileName('.safetensors'))
    .addOption(forceOption());
  addCardOptions(command)
    .addHelpText(
      'after',
      '\nPoints and pictures are those of --schema; without it, --points, --side and --channels say what they\n' +
        'are. Tensors need no map where they have our names (conv1.weight) and lie as in PyTorch.\n' +
        'docs/models.md tells about maps.\n' +
        examples(
          'fiducial import torch.safetensors --recipe net2 --schema training.zip --out net2.safetensors',
          'fiducial import keras.safetensors --recipe net2 --schema runs/net2 --map map.json --out net2.safetensors',
          'fiducial import w.safetensors --recipe net1 --points left_eye,right_eye --side 64 --out net1.safetensors',
        ),
    )
    .action(async (file: string, flags: ImportFlags) => {
      await refuseToReplace(flags.out, flags.force);
      await importModel(file, flags);
    });
}

async function importModel(file: string, flags: ImportFlags): Promise<void> {
  const [
    { chooseRecipe },
    { networkFor },
    { importWeights },
    { readBytes },
    { writeModel },
    { standardScaling },
    { requireChannels },
    { crc32 },
    { sizeOf, parameterInfos },
    { cardWith },
  ] = await Promise.all([
    import('./recipe-options.ts'),
    import('../train/recipe.ts'),
    import('../model/weights/import-weights.ts'),
    import('../node/read-file.ts'),
    import('../node/run-folder.ts'),
    import('../data/scaling.ts'),
    import('../data/scaling-schema.ts'),
    import('../crc32.ts'),
    import('../nn/network.ts'),
    import('../model/card.ts'),
  ]);
  const { points } = flags;
  const recipe = await chooseRecipe(flags.recipe, { ...(points && { points }), set: [] });
  const schema = await schemaFor(recipe, flags);
  const network = networkFor(recipe, schema);
  const map = await readMap(flags.map);
  const scaling = { ...standardScaling(schema.side), ...map.scaling };
  requireChannels(scaling, schema, `${flags.map}, scaling`);
  const bytes = await readBytes(file);
  await writeModel(flags.out, {
    network,
    schema,
    scaling,
    // Nothing of ours has trained it, and this one gives the same bits everywhere.
    engine: 'plain',
    training: {
      recipe: recipe.name,
      importedFrom: basename(file),
      importedCrc32: crc32(bytes),
    },
    card: cardWith(undefined, flags),
    parameters: importWeights(bytes, file, network, map),
  });
  const values = parameterInfos(network).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  process.stdout.write(
    `${flags.out}: ${recipe.name} for ${counted(schema.points.length, 'keypoint')}, ${counted(values, 'parameter')}\n`,
  );
}

/** What the model finds, and in what. */
async function schemaFor(recipe: Recipe, flags: ImportFlags): Promise<KeypointSchema> {
  const [{ keypointSchema }, { narrowPoints }] = await Promise.all([
    import('../data/schema.ts'),
    import('../data/select.ts'),
  ]);
  const { points } = recipe;
  if (flags.schema === undefined && points === 'all') {
    throw new InputError(
      'nothing says which points the network finds',
      'Give a table or a model that has them (--schema), or their names (--points, --side).',
    );
  }
  const whole =
    flags.schema === undefined
      ? keypointSchema(points as readonly string[], flags.side, flags.channels)
      : await readSchema(flags.schema);
  if (points === 'all') return whole;
  const nothing = { rows: 0, images: new Uint8Array(), labels: new Float32Array(), columns: {} };
  return narrowPoints({ schema: whole, ...nothing }, points).schema;
}

async function readSchema(path: string): Promise<KeypointSchema> {
  if (/\.(csv|gz|zip)$/i.test(path)) {
    const { readTable } = await import('../node/read-table.ts');
    return (await readTable(path)).schema;
  }
  const { readModel } = await import('../node/run-folder.ts');
  return (await readModel(path)).schema;
}

async function readMap(path: string | undefined): Promise<WeightMap> {
  const [{ weightMapSchema }, { readText }, { parseJson }] = await Promise.all([
    import('../model/weights/weight-map.ts'),
    import('../node/read-file.ts'),
    import('../json.ts'),
  ]);
  return path === undefined
    ? weightMapSchema.parse({})
    : parseJson(weightMapSchema, await readText(path), path);
}
